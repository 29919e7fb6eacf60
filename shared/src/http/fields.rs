//! Reads the members of a request body and reports all mistakes at once, each with its JSON pointer.

#[cfg(feature = "openapi")]
mod described;
mod limits;
mod member;
mod phone;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use super::json::pointer;
use super::problem::{Kind, Problem};

#[cfg(feature = "openapi")]
pub use described::described;
pub use limits::{Pairs, Text};
pub use member::Member;

/// Amounts in minor units: at least 1, and small enough that no sum of items overflows.
pub const AMOUNTS: RangeInclusive<i64> = 1..=999_999_999_999;
/// Amounts that may be 0: the price of a gift, the shipping of a large order.
pub const PRICES: RangeInclusive<i64> = 0..=999_999_999_999;

/// One mistake in a body. The detail states what is required and never repeats a text that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub pointer: String,
    pub detail: String,
}

impl From<FieldError> for Value {
    fn from(FieldError { pointer, detail }: FieldError) -> Self {
        json!({ "pointer": pointer, "detail": detail })
    }
}

pub fn invalid(errors: Vec<FieldError>) -> Problem {
    let errors: Vec<Value> = errors.into_iter().map(Value::from).collect();
    Problem::new(Kind::InvalidRequest).with("errors", errors)
}

/// One mistake that is found only after reading.
pub fn invalid_member(pointer: &str, detail: &str) -> Problem {
    invalid(vec![FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() }])
}

/// Reads `value`, which must be an object, with `read`. Any mistake makes the result an error, including
/// unknown members.
///
/// The number of errors needs no limit of its own: each takes some bytes of a body whose size is limited, and
/// the items of an array that is too long are not read.
pub fn read<T>(
    value: &Value,
    read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
) -> Result<T, Vec<FieldError>> {
    let mut report = Report::default();
    let body = Member { value: Some(value), pointer: String::new(), report: &mut report };
    let body = body.object(read);
    let mut errors = report.errors;
    match body {
        Some(body) if errors.is_empty() => Ok(body),
        Some(_) => Err(errors),
        None => {
            if errors.is_empty() {
                errors
                    .push(FieldError { pointer: String::new(), detail: "is not valid".to_owned() });
            }
            Err(errors)
        }
    }
}

/// The results of a reading, apart from its value.
#[derive(Default)]
struct Report {
    errors: Vec<FieldError>,
    /// Present if nothing is read: the readers describe what they would accept.
    #[cfg(feature = "openapi")]
    schema: Option<Value>,
}

/// The members of one object. A member that no reader asks for is unknown.
pub struct Fields<'v, 'e> {
    /// `None` if the object is only being described.
    members: Option<&'v Map<String, Value>>,
    known: Vec<&'static str>,
    pointer: String,
    report: &'e mut Report,
}

impl<'v> Fields<'v, '_> {
    /// A member whose absence is an error.
    pub fn required(&mut self, name: &'static str) -> Member<'v, '_> {
        if self.members.is_some_and(|members| !members.contains_key(name)) {
            self.refuse(name, "is required");
        }
        self.report.note_required(&self.pointer, name);
        self.optional_not_null(name)
    }

    /// A member that may be left out or `null`; typed clients write `null` for a value left out.
    pub fn optional(&mut self, name: &'static str) -> Member<'v, '_> {
        let member = self.optional_not_null(name);
        member.report.note_nullable(&member.pointer);
        Member { value: member.value.filter(|value| !value.is_null()), ..member }
    }

    /// A member that may be left out but must not be `null`, for members whose absence has a large effect: a
    /// value that a client failed to fill in must not have it.
    pub fn optional_not_null(&mut self, name: &'static str) -> Member<'v, '_> {
        self.known.push(name);
        Member {
            value: self.members.and_then(|members| members.get(name)),
            pointer: pointer(&self.pointer, name),
            report: self.report,
        }
    }

    pub fn has(&self, name: &str) -> bool {
        let member = self.members.and_then(|members| members.get(name));
        member.is_some_and(|value| !value.is_null())
    }

    pub fn pointer_to(&self, name: &str) -> String {
        pointer(&self.pointer, name)
    }

    /// How many mistakes have been reported in the whole body.
    pub fn mistakes(&self) -> usize {
        self.report.errors.len()
    }

    /// Reports a broken rule between members, for example a sum, at the member `name`.
    pub fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        self.refuse_at(self.pointer_to(name), detail);
    }

    /// Reports a mistake at a pointer that another object returned from `pointer_to`.
    pub fn refuse_at(&mut self, pointer: String, detail: impl Into<String>) {
        self.report.errors.push(FieldError { pointer, detail: detail.into() });
    }

    fn refuse_unknown(&mut self) {
        let (members, known) = (self.members, std::mem::take(&mut self.known));
        let given = members.into_iter().flat_map(Map::keys);
        for name in given.filter(|name| !known.contains(&name.as_str())) {
            self.refuse(name, "unknown field");
        }
    }
}

/// Without the feature, nothing is described.
#[cfg(not(feature = "openapi"))]
#[expect(clippy::unused_self, reason = "the same calls, answered with nothing")]
impl Report {
    fn is_asked(&self) -> bool {
        false
    }

    fn note(&mut self, _: &str, _: impl FnOnce() -> Value) {}

    fn note_required(&mut self, _: &str, _: &str) {}

    fn note_nullable(&mut self, _: &str) {}
}

/// Leaves out the members: a body is never logged.
impl fmt::Debug for Fields<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fields({:?}, ..)", self.pointer)
    }
}
