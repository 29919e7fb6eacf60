//! What is a telephone number at all, in whichever country and however it is typed.

use serde_json::{Value, json};

use crate::http::card::{self, Place, digit};

const CHARS_MAX: usize = 40;
/// Of a subscriber on a small island; with `+` it is for E.164 to say.
const DIGITS_MIN: usize = 4;
const INTERNATIONAL_DIGITS_MIN: usize = 2;
/// E.164.
const DIGITS_MAX: usize = 15;
const EXTENSION_DIGITS_MAX: usize = 7;
const EXTENSIONS: [&str; 4] = ["ext.", "ext", "x", "#"];

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

/// A card's number is none, though some have no more digits; with the prefix of a country nobody writes one.
pub(super) fn is_phone(text: &str) -> bool {
    let (number, extension) = without_extension(text);
    let international =
        number.strip_prefix(['+', '\u{ff0b}']).or_else(|| number.strip_prefix("00"));
    let national = international.unwrap_or(number);
    let international = international.is_some();
    let digits: Vec<u8> = national.chars().filter_map(digit).collect();
    let digits_min = if international { INTERNATIONAL_DIGITS_MIN } else { DIGITS_MIN };
    text.chars().count() <= CHARS_MAX
        && number.starts_with(begins)
        && national.chars().all(|c| digit(c).is_some() || is_mark(c))
        && (digits_min..=DIGITS_MAX).contains(&digits.len())
        && !(international && digits.first() == Some(&0))
        && extension.len() <= EXTENSION_DIGITS_MAX
        && (international || !card::is_in(text, Place::Typed))
}

fn begins(c: char) -> bool {
    digit(c).is_some() || matches!(c, '+' | '\u{ff0b}' | '(')
}

/// What stands between the digits of a number.
fn is_mark(c: char) -> bool {
    let is_space = c.is_whitespace() && !c.is_control();
    is_space || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// `555-0100 ext. 12`: the number, and the digits of its extension.
fn without_extension(text: &str) -> (&str, &str) {
    let number = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = text.strip_prefix(number).unwrap_or_default();
    let before = number.trim_end();
    let lower = before.to_ascii_lowercase();
    let word = EXTENSIONS.into_iter().find(|word| lower.ends_with(word));
    match word.and_then(|word| before.get(..before.len() - word.len())) {
        Some(number) if !extension.is_empty() => (number.trim_end(), extension),
        Some(_) | None => (text, ""),
    }
}
