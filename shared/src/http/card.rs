//! Finds card numbers where none may be, so that none is ever stored, logged or passed on.
//!
//! A card number is a *whole* run of digits, single spaces or hyphens inside, no letter or digit
//! touching it, with the prefix and the length of a brand, that passes Luhn. Digits that go on
//! after one space belong to the run: a number followed by others is then another number.
//!
//! JSON numbers are not looked at: no member takes one of more than 12 digits. Our own ids need no
//! exception: each holds 20 or more letters and digits in a row, and no card number does.

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde_json::Value;

use super::json;

/// The JSON pointers of all strings that hold a card number, but for those that are `exempt`. For
/// a member whose *name* holds one, the pointer is its object's, since its own would repeat it.
pub fn find(value: &Value, exempt: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    search(value, "", &exempt, &mut found);
    found
}

/// Whether a text holds a card number anywhere.
pub fn is_in(text: &str) -> bool {
    let mut run = Run::default();
    let mut before = Class::Other;
    let mut found = false;
    for class in text.chars().map(Class::of).chain([Class::Other]) {
        match class {
            Class::Digit(digit) => run.push(digit, before),
            Class::Separator if run.goes_on_after(before) => {}
            Class::Letter if matches!(before, Class::Digit(_)) => run = Run::default(),
            Class::Separator | Class::Letter | Class::Plus | Class::Other => {
                found |= run.is_card_number();
                run = Run::default();
            }
        }
        before = class;
    }
    found
}

fn search(value: &Value, at: &str, exempt: &dyn Fn(&str) -> bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if is_in(text) && !exempt(at) {
                found.push(at.to_owned());
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                search(item, &json::pointer(at, &index.to_string()), exempt, found);
            }
        }
        Value::Object(members) => {
            if members.keys().any(|name| is_in(name)) {
                found.push(at.to_owned());
            }
            for (name, member) in members.iter().filter(|(name, _)| !is_in(name)) {
                search(member, &json::pointer(at, name), exempt, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[derive(Clone, Copy)]
enum Class {
    Digit(u32),
    Separator,
    Letter,
    Plus,
    Other,
}

impl Class {
    /// A separator is also what pages and word processors make of a space or a hyphen.
    fn of(c: char) -> Self {
        match c {
            ' ' | '-' | '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2010}'..='\u{2013}' => {
                Self::Separator
            }
            '+' => Self::Plus,
            _ => match digit(c) {
                Some(digit) => Self::Digit(digit),
                None if c.is_alphanumeric() => Self::Letter,
                None => Self::Other,
            },
        }
    }
}

/// The digits of ASCII, and those that a shopper's keyboard may write instead: Arabic, Persian,
/// Devanagari, full width.
fn digit(c: char) -> Option<u32> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}'];
    let values = zeros.map(|zero| u32::from(c).checked_sub(u32::from(zero)));
    values.into_iter().flatten().find(|value| *value < 10)
}

/// The run of digits being read.
#[derive(Default)]
struct Run {
    digits: Vec<u32>,
    touched: bool,
    international: bool,
}

impl Run {
    fn push(&mut self, digit: u32, before: Class) {
        if self.digits.is_empty() {
            self.touched = matches!(before, Class::Letter);
            self.international = matches!(before, Class::Plus);
        }
        self.digits.push(digit);
    }

    /// One separator keeps a run together; two in a row end it, and so does one before it.
    fn goes_on_after(&self, before: Class) -> bool {
        !self.digits.is_empty() && matches!(before, Class::Digit(_))
    }

    fn is_card_number(&self) -> bool {
        !self.touched
            && !self.is_phone_number()
            && !is_product_code(&self.digits)
            && has_brand(&self.digits)
            && passes_luhn(&self.digits)
    }

    /// `+` and at most 15 digits: E.164. Nobody writes a card number so, and every tenth number
    /// of a country would pass for one: a German mobile number looks like an old Visa card.
    fn is_phone_number(&self) -> bool {
        self.international && self.digits.len() <= 15
    }
}

/// The prefixes as ranges of the first six digits, and the lengths that go with them. Wider than
/// the brands' own tables where these differ or have moved, but never wide enough to take in
/// numbers that count time (1…) or that shops like to count orders with (1…, 7…, 9…).
const BRANDS: [(RangeInclusive<u32>, &[usize]); 25] = [
    // Visa; 13 digits are found on old cards only.
    (400_000..=499_999, &[13, 16, 19]),
    // Mastercard
    (510_000..=559_999, &[16]),
    (222_100..=272_099, &[16]),
    // American Express
    (340_000..=349_999, &[15]),
    (370_000..=379_999, &[15]),
    // Diners Club
    (300_000..=305_999, &[14, 16, 17, 18, 19]),
    (309_000..=309_999, &[14, 16, 17, 18, 19]),
    (360_000..=369_999, &[14, 16, 17, 18, 19]),
    (380_000..=399_999, &[14, 16, 17, 18, 19]),
    // JCB, and RuPay's 353 and 356
    (352_800..=358_999, &[16, 17, 18, 19]),
    // Discover, and RuPay's 65; Discover's 622126 to 622925 are UnionPay's too
    (601_100..=601_199, &[16, 17, 18, 19]),
    (644_000..=659_999, &[16, 17, 18, 19]),
    // UnionPay, and RuPay's 81
    (620_000..=629_999, &[16, 17, 18, 19]),
    (810_000..=819_999, &[16, 17, 18, 19]),
    // RuPay
    (600_000..=609_999, &[16]),
    (820_000..=829_999, &[16]),
    // Mir
    (220_000..=220_499, &[16, 17, 18, 19]),
    // Maestro, and RuPay's 508. Its cards of fewer than 16 digits are as good as gone, and its
    // prefixes are wide: those lengths count only behind the prefixes known to have had them.
    (500_000..=509_999, &[16, 17, 18, 19]),
    (560_000..=589_999, &[16, 17, 18, 19]),
    (630_000..=639_999, &[16, 17, 18, 19]),
    (670_000..=679_999, &[16, 17, 18, 19]),
    (630_400..=630_499, &[12, 13, 14, 15]),
    (675_900..=676_999, &[12, 13, 14, 15]),
    (501_800..=503_899, &[12, 13, 14, 15]),
    (589_300..=589_399, &[12, 13, 14, 15]),
];

fn has_brand(digits: &[u32]) -> bool {
    let prefix = digits.iter().take(6).fold(0, |prefix, digit| prefix * 10 + digit);
    BRANDS
        .iter()
        .any(|(prefixes, lengths)| prefixes.contains(&prefix) && lengths.contains(&digits.len()))
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weighed = |(index, digit): (usize, &u32)| match index % 2 {
        0 => *digit,
        _ => doubled(*digit),
    };
    digits.iter().rev().enumerate().map(weighed).sum::<u32>() % 10 == 0
}

/// A bar code (GTIN-13) by its check digit. All of Germany's begin with 4 and have 13 digits, and
/// every tenth passes Luhn; a shop may well have its products' codes for ids.
fn is_product_code(digits: &[u32]) -> bool {
    let weighed = |(index, digit): (usize, &u32)| match index % 2 {
        0 => *digit,
        _ => digit * 3,
    };
    digits.len() == 13 && digits.iter().enumerate().map(weighed).sum::<u32>() % 10 == 0
}
