//! Finds card numbers in request bodies, so that none is ever stored, logged or passed on.
//!
//! Digits are a card number if they have the prefix and length of a brand and pass Luhn. Every tenth number
//! passes Luhn, so the search depends on who writes a value: see decision 18.
//!
//! JSON numbers are not searched: no member accepts one of more than 12 digits.

mod brands;
mod digits;
mod groups;
mod kinds;
#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use self::brands::is_card_number;
use self::groups::{Groups, Part};
use super::json::push_token;
use crate::domain::id::OrderId;

pub use self::digits::digit;

/// Who writes a value, which decides how it is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A person, who may type a number in any way.
    Typed,
    /// A machine, whose own numbers sometimes look like a card's. Only digits grouped as on a card, or read
    /// from its magnetic stripe or chip, count.
    Made,
    /// A URL, which may contain typed text in its encoding.
    Address,
    /// One of our ids; anything else is searched like typed text.
    Order,
    /// A telephone number, checked by its own rule.
    Phone,
}

/// How many bytes of pointers are reported. A body with more findings is refused all the same.
const POINTER_BYTES_MAX: usize = 16 * 1024;

/// The JSON pointers of the strings that contain a card number. If a member's *name* contains one, the
/// pointer is that of its object, since the member's own would repeat the number.
pub fn find(value: &Value, place: impl Fn(&str) -> Place) -> Vec<String> {
    let mut search = Search { place, at: String::new(), found: Vec::new(), pointer_bytes: 0 };
    search.value(value);
    search.found
}

/// Whether a text contains a card number.
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

/// Looks at any groups of digits without letters between them, so separators, neighbouring text, and an expiry
/// or a CVC beside them hide nothing. A run of digits counts as a whole.
fn is_typed_in(text: &str) -> bool {
    holds_a_card_number(text, |part| !part.is_something_else())
}

fn is_made_in(text: &str) -> bool {
    holds_a_card_number(text, |part| {
        part.is_as_on_a_card()
            || goes_on_as_a_track(part.after())
            || (part.is_pasted() && !part.is_something_else())
    })
}

fn holds_a_card_number(text: &str, is_looked_at: impl Fn(&Part<'_>) -> bool) -> bool {
    Groups::of(text).parts().any(|part| is_card_number(part.digits) && is_looked_at(&part))
}

/// Whether the text continues like a card's track: on a magnetic stripe `^` and the name or `=` and the
/// expiry; on a chip `D` instead of `=`, then year, month and a three-digit code.
fn goes_on_as_a_track(after: &str) -> bool {
    let chip = || {
        let digits = after.strip_prefix(['D', 'd'])?.get(..7)?;
        let month: u32 = digits.get(2..4)?.parse().ok()?;
        Some(digits.bytes().all(|byte| byte.is_ascii_digit()) && (1..=12).contains(&month))
    };
    after.starts_with(['^', '=']) || chip().unwrap_or_default()
}

/// A walk that writes each part of a pointer once, so its time is linear in the length of the value.
struct Search<P> {
    place: P,
    at: String,
    found: Vec<String>,
    pointer_bytes: usize,
}

impl<P: Fn(&str) -> Place> Search<P> {
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                if is_in(text, (self.place)(&self.at)) {
                    self.report();
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
                    self.report();
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

    fn report(&mut self) {
        if self.pointer_bytes <= POINTER_BYTES_MAX {
            self.pointer_bytes += self.at.len() + 1;
            self.found.push(self.at.clone());
        }
    }
}
