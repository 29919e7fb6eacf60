//! Recognises telephone numbers of any country, typed or pasted.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::http::card::{self, Place, digit};

const CHARS_MAX: usize = 40;
/// The shortest national numbers, as on a small island; with `+`, the rules of E.164 apply.
const DIGITS_MIN: usize = 4;
const INTERNATIONAL_DIGITS_MIN: usize = 2;
/// The limit of E.164.
const DIGITS_MAX: usize = 15;
const EXTENSION_DIGITS_MAX: usize = 7;
const EXTENSIONS: [&str; 7] = ["extension", "ext.", "ext:", "ext=", "ext", "x", "#"];
/// Words that people write before a number, without the punctuation that follows.
const WORDS: [&str; 9] =
    ["telephone", "telefon", "tel", "phone", "mobile", "mobil", "mob", "cell", "handy"];

pub(super) fn detail() -> String {
    format!("must be a phone number of at most {CHARS_MAX} characters, such as +14155550100")
}

pub(super) fn schema() -> Value {
    json!({
        "minLength": 2,
        "maxLength": CHARS_MAX,
        "description": "A phone number as it was typed: E.164, or national with spaces and marks.",
    })
}

/// A card number is not a phone number, even if it is short enough for one.
pub(super) fn is_phone(text: &str) -> bool {
    if text.chars().count() > CHARS_MAX {
        return false;
    }
    let (number, extension) = without_extension(without_word(text.trim_matches(is_blank)));
    let first = number.trim_start_matches(|c| c == '(' || is_blank(c));
    let international = first.strip_prefix(['+', '\u{ff0b}']).or_else(|| first.strip_prefix("00"));
    let national = international.unwrap_or(number);
    let international = international.is_some();
    let digits: Vec<u8> = national.chars().filter_map(digit).collect();
    let digits_min = if international { INTERNATIONAL_DIGITS_MIN } else { DIGITS_MIN };
    number.starts_with(begins)
        && national.chars().all(|c| digit(c).is_some() || is_mark(c))
        && brackets_fit(number)
        && (digits_min..=DIGITS_MAX).contains(&digits.len())
        && !(international && digits.first() == Some(&0))
        && extension.len() <= EXTENSION_DIGITS_MAX
        && !is_card(national, international, extension)
}

/// Checks the number together with its extension, with all separators replaced, so they hide nothing.
fn is_card(national: &str, international: bool, extension: &str) -> bool {
    let plain = |c: char| if digit(c).is_some() { c } else { ' ' };
    let digits: String = national.chars().map(plain).collect();
    let plus = if international { "+" } else { "" };
    card::is_in(&format!("{plus}{} {extension}", digits.trim_start()), Place::Typed)
}

fn begins(c: char) -> bool {
    digit(c).is_some() || matches!(c, '+' | '\u{ff0b}' | '(' | '\u{ff08}')
}

/// A character that may separate the digits of a number.
fn is_mark(c: char) -> bool {
    let is_hyphen =
        matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff0d}');
    let is_dot = matches!(c, '.' | '\u{b7}' | '\u{2022}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}');
    let is_bracket = matches!(c, '(' | ')' | '\u{ff08}' | '\u{ff09}');
    is_blank(c) || is_hyphen || is_dot || is_bracket || c == '/'
}

/// White space and invisible characters: apps put direction marks around a copied number.
fn is_blank(c: char) -> bool {
    let is_space = c.is_whitespace() && (c == '\t' || !c.is_control());
    let is_invisible = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    is_space || is_invisible || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

/// Between two digits, a bracket may open once and close once, and may not be empty.
fn brackets_fit(number: &str) -> bool {
    let fits = |gap: &str| {
        let at_most_one = |bracket| gap.matches(bracket).count() <= 1;
        at_most_one('(') && at_most_one(')') && !gap.contains("()")
    };
    number.split(|c| digit(c).is_some()).all(fits)
}

/// The number in `Tel.: 030 1234`.
fn without_word(text: &str) -> &str {
    let is_word =
        |word: &&str| text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
    let rest = WORDS.iter().find(|word| is_word(word)).and_then(|word| text.get(word.len()..));
    rest.map_or(text, |rest| {
        rest.trim_start_matches('.').trim_start_matches(':').trim_start_matches(is_blank)
    })
}

/// The number in `555-0100, ext. 12`, and the digits of its extension.
fn without_extension(text: &str) -> (&str, &str) {
    let number = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = text.strip_prefix(number).unwrap_or_default();
    let before = number.trim_end_matches(is_blank);
    let lower = before.to_ascii_lowercase();
    let word = EXTENSIONS.into_iter().find(|word| lower.ends_with(word));
    match word.and_then(|word| before.get(..before.len() - word.len())) {
        Some(number) if !extension.is_empty() => {
            (number.trim_end_matches(|c| matches!(c, ',' | ';') || is_blank(c)), extension)
        }
        Some(_) | None => (text, ""),
    }
}
