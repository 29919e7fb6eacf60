//! One value of a body, and the readers of every kind of value.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::{FieldError, Fields, Pairs, Text};
use crate::http::json::pointer;

/// The value of one member or item, not yet read. Each reader answers `None` if the value is
/// absent or wrong; what is wrong has then been reported.
pub struct Member<'v, 'e> {
    pub(super) value: Option<&'v Value>,
    pub(super) pointer: String,
    pub(super) errors: &'e mut Vec<FieldError>,
}

impl<'v> Member<'v, '_> {
    pub fn string(self, limit: Text) -> Option<String> {
        self.parsed(&limit.detail(), |text| limit.admits(text).then(|| text.to_owned()))
    }

    /// A string that `parse` understands; `detail` says which ones those are.
    pub fn parsed<T>(self, detail: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.read(detail, |value| parse(value.as_str()?))
    }

    /// A telephone number in E.164: `+`, then 2 to 15 digits of which the first is not 0.
    pub fn phone(self) -> Option<String> {
        self.parsed("must be a phone number in E.164 form, such as +14155550100", |text| {
            let digits = text.strip_prefix('+')?;
            let is_phone = (2..=15).contains(&digits.len())
                && digits.bytes().all(|digit| digit.is_ascii_digit())
                && !digits.starts_with('0');
            is_phone.then(|| text.to_owned())
        })
    }

    /// An integer, written without fraction or exponent. `T` must hold the whole range.
    pub fn integer<T: TryFrom<i64>>(self, range: RangeInclusive<i64>) -> Option<T> {
        let detail = format!("must be an integer between {} and {}", range.start(), range.end());
        self.read(&detail, |value| {
            let integer = value.as_i64().filter(|integer| range.contains(integer))?;
            T::try_from(integer).ok()
        })
    }

    pub fn boolean(self) -> Option<bool> {
        self.read("must be true or false", Value::as_bool)
    }

    /// One of a closed set of words.
    pub fn word<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        let spelled: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let detail = format!("must be one of {}", spelled.join(", "));
        self.parsed(&detail, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        })
    }

    /// An object, read as a whole by `read`; members that it did not ask for are errors.
    pub fn object<T>(self, read: impl FnOnce(&mut Fields<'v, '_>) -> Option<T>) -> Option<T> {
        let Self { value, pointer, errors } = self;
        let checked = Member { value, pointer: pointer.clone(), errors: &mut *errors };
        let members = checked.read("must be an object", Value::as_object)?;
        let mut fields = Fields { members, known: Vec::new(), pointer, errors };
        let object = read(&mut fields);
        fields.refuse_unknown();
        object
    }

    /// An array with a number of items within `count`, each read by `read`.
    pub fn array<T>(
        self,
        count: RangeInclusive<usize>,
        mut read: impl FnMut(Member<'v, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Self { value, pointer: array, errors } = self;
        let detail = format!("must be an array of {} to {} items", count.start(), count.end());
        let checked = Member { value, pointer: array.clone(), errors: &mut *errors };
        let items = checked
            .read(&detail, |value| value.as_array().filter(|items| count.contains(&items.len())))?;
        let read_item = |(index, item): (usize, &'v Value)| {
            let pointer = pointer(&array, &index.to_string());
            read(Member { value: Some(item), pointer, errors: &mut *errors })
        };
        // Collected twice, so that the items after a wrong one are read too.
        let items: Vec<Option<T>> = items.iter().enumerate().map(read_item).collect();
        items.into_iter().collect()
    }

    /// The merchant's own pairs of strings, kept and given back as they are.
    pub fn pairs(self, limits: Pairs) -> Option<BTreeMap<String, String>> {
        let Self { value, pointer: object, errors } = self;
        let detail = format!("must be an object of at most {} strings", limits.count_max);
        let checked = Member { value, pointer: object.clone(), errors: &mut *errors };
        let members = checked.read(&detail, |value| {
            value.as_object().filter(|members| members.len() <= limits.count_max)
        })?;
        let mut pairs = BTreeMap::new();
        for (name, value) in members {
            let pointer = pointer(&object, name);
            if !limits.name.admits(name) {
                let detail = format!("its name {}", limits.name.detail());
                errors.push(FieldError { pointer: pointer.clone(), detail });
            }
            let value = Member { value: Some(value), pointer, errors: &mut *errors };
            pairs.extend(value.string(limits.value).map(|value| (name.clone(), value)));
        }
        Some(pairs)
    }

    fn read<T>(self, detail: &str, read: impl FnOnce(&'v Value) -> Option<T>) -> Option<T> {
        let read = read(self.value?);
        if read.is_none() {
            self.errors.push(FieldError { pointer: self.pointer, detail: detail.to_owned() });
        }
        read
    }
}

/// Without the value: a body is never logged.
impl fmt::Debug for Member<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Member({:?}, ..)", self.pointer)
    }
}
