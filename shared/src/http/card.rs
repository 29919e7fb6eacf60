//! Finds card numbers where none may be, so that none is ever stored, logged or passed on.
//!
//! Digits are a card's number if they have the prefix and the length of a brand and pass Luhn. Every
//! tenth number passes Luhn, so what is looked at depends on who writes into the place: decision 18.
//!
//! JSON numbers are not looked at: no member takes one of more than 12 digits.

mod brands;
mod digits;
mod groups;
#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use self::brands::is_card_number;
use self::groups::{Groups, Part};
use super::json::push_token;
use crate::domain::id::OrderId;

pub use self::digits::digit;

/// Who writes into a member, and so how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A person, who may have typed a number in any way.
    Typed,
    /// A machine, whose own numbers pass for a card's now and then: only what is written as on a card,
    /// or read from one.
    Made,
    /// An address: what a person typed may be in it, in its encoding.
    Address,
    /// An id of ours; anything else as what a person types.
    Order,
    /// Read with a rule of its own.
    Phone,
}

/// How a card groups its number.
const ON_CARDS: [&[usize]; 8] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[4, 3, 3, 3],
];

/// So many bytes of pointers are told; what is refused in more places than that is refused all the same.
const TOLD_BYTES_MAX: usize = 16 * 1024;

/// The JSON pointers of the strings that hold a card number. For a member whose *name* holds one, the
/// pointer is its object's, since its own would repeat it.
pub fn find(value: &Value, place: impl Fn(&str) -> Place) -> Vec<String> {
    let mut search = Search { place, at: String::new(), found: Vec::new(), told_bytes: 0 };
    search.value(value);
    search.found
}

/// Whether a text holds a card number.
pub fn is_in(text: &str, place: Place) -> bool {
    match place {
        Place::Typed => is_typed_in(text),
        Place::Made => is_made_in(text),
        Place::Address => {
            is_typed_in(text) || is_typed_in(&percent_decode_str(text).decode_utf8_lossy())
        }
        Place::Order => OrderId::parse(text).is_err() && is_typed_in(text),
        Place::Phone => false,
    }
}

/// Any groups that follow each other with no letter between them: an expiry or a CVC beside them, what
/// is between them, and what touches them, hide nothing. A run of digits counts as a whole.
fn is_typed_in(text: &str) -> bool {
    Groups::of(text).parts().any(|part| !part.is_in_a_phone_number() && is_card_number(part.digits))
}

/// No machine separates or writes digits with what is not ASCII; somebody has pasted those.
fn is_made_in(text: &str) -> bool {
    let pasted = |c: char| !c.is_ascii() && (digit(c).is_some() || !c.is_alphanumeric());
    if text.contains(pasted) {
        return is_typed_in(text);
    }
    let as_on_a_card =
        |part: &Part<'_>| ON_CARDS.iter().any(|sizes| part.sizes().eq(sizes.iter().copied()));
    let from_a_track = |part: &Part<'_>| goes_on_as_a_track(part.after(text));
    Groups::of(text)
        .parts()
        .any(|part| (as_on_a_card(&part) || from_a_track(&part)) && is_card_number(part.digits))
}

/// What follows the number on a magnetic stripe: `^` and the name, `=` and the expiry; a chip has `D` for
/// `=`, and then year, month and a code of three digits.
fn goes_on_as_a_track(after: &str) -> bool {
    let chip = || {
        let digits = after.strip_prefix(['D', 'd'])?.get(..7)?;
        let month: u32 = digits.get(2..4)?.parse().ok()?;
        Some(digits.bytes().all(|byte| byte.is_ascii_digit()) && (1..=12).contains(&month))
    };
    after.starts_with(['^', '=']) || chip().unwrap_or_default()
}

/// A walk that writes each part of a pointer once, so that it takes time as the value has length.
struct Search<P> {
    place: P,
    at: String,
    found: Vec<String>,
    told_bytes: usize,
}

impl<P: Fn(&str) -> Place> Search<P> {
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                if is_in(text, (self.place)(&self.at)) {
                    self.tell();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), item);
                }
            }
            Value::Object(members) => {
                let (refused, named): (Vec<_>, Vec<_>) =
                    members.iter().partition(|(name, _)| is_typed_in(name));
                if !refused.is_empty() {
                    self.tell();
                }
                for (name, member) in named {
                    self.below(name, member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn below(&mut self, name: &str, value: &Value) {
        let length = self.at.len();
        push_token(&mut self.at, name);
        self.value(value);
        self.at.truncate(length);
    }

    fn tell(&mut self) {
        if self.told_bytes <= TOLD_BYTES_MAX {
            self.told_bytes += self.at.len() + 1;
            self.found.push(self.at.clone());
        }
    }
}
