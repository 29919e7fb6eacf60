//! One value of a body, and a reader for every kind of value.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::{FieldError, Fields, Pairs, Report, Text, phone};
use crate::domain::money::Currency;
use crate::http::json::pointer;

/// Stands for any index of an array in a pointer.
pub(super) const ANY_ITEM: &str = "*";

/// The value of one member or item, not yet read. Each reader returns `None` if the value is absent or
/// wrong; a mistake has then been reported.
pub struct Member<'v, 'e> {
    pub(super) value: Option<&'v Value>,
    pub(super) pointer: String,
    pub(super) report: &'e mut Report,
}

impl<'v> Member<'v, '_> {
    /// What the member means, for the API's description. Its limit is described by its reader.
    #[must_use]
    pub fn means(mut self, meaning: &str) -> Self {
        self.note(|| json!({ "description": meaning }));
        self
    }

    pub fn string(mut self, limit: Text) -> Option<String> {
        self.note(|| limit.schema());
        self.parsed(&limit.detail(), |text| limit.admits(text).then(|| text.to_owned()))
    }

    /// A string that `parse` accepts; `detail` describes these strings.
    pub fn parsed<T>(mut self, detail: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.note(|| json!({ "type": "string" }));
        self.read(detail, |value| parse(value.as_str()?))
    }

    /// A telephone number as typed; we never call it.
    pub fn phone(mut self) -> Option<String> {
        self.note(phone::schema);
        self.parsed(&phone::detail(), |text| phone::is_phone(text).then(|| text.to_owned()))
    }

    /// An ISO 4217 code of a currency with a minor unit.
    pub fn currency(mut self) -> Option<Currency> {
        self.note(|| json!({ "$ref": "#/components/schemas/Currency" }));
        self.parsed("must be an ISO 4217 code", |code| Currency::from_code(code).ok())
    }

    /// A URL that `accept` allows, as `accept` rewrites it: at most `bytes_max` bytes before and after.
    pub fn address(
        mut self,
        bytes_max: usize,
        detail: &str,
        accept: impl FnOnce(&str) -> Option<String>,
    ) -> Option<String> {
        self.note(|| json!({ "format": "uri", "maxLength": bytes_max, "description": detail }));
        let short = |text: &str| text.len() <= bytes_max;
        let accept_short = |text: &str| if short(text) { accept(text) } else { None };
        self.parsed(detail, |text| accept_short(text).filter(|address| short(address)))
    }

    /// An integer, written without fraction or exponent. `T` must hold the whole range.
    pub fn integer<T: TryFrom<i64>>(self, range: RangeInclusive<i64>) -> Option<T> {
        let within = range.clone();
        self.integer_if(range, |integer| within.contains(&integer))
    }

    /// An integer of `range`, or 0, for which the caller reports a more helpful mistake.
    pub fn integer_or_zero<T: TryFrom<i64>>(self, range: RangeInclusive<i64>) -> Option<T> {
        let within = range.clone();
        self.integer_if(range, |integer| integer == 0 || within.contains(&integer))
    }

    fn integer_if<T: TryFrom<i64>>(
        mut self,
        range: RangeInclusive<i64>,
        admits: impl Fn(i64) -> bool,
    ) -> Option<T> {
        let (min, max) = (range.start(), range.end());
        self.note(|| json!({ "type": "integer", "minimum": min, "maximum": max }));
        let detail = format!("must be an integer between {min} and {max}");
        self.read(&detail, |value| {
            T::try_from(value.as_i64().filter(|integer| admits(*integer))?).ok()
        })
    }

    /// A decimal number as text, kept as written and never converted to a float.
    pub fn decimal(mut self) -> Option<String> {
        self.note(|| json!({ "pattern": "^[0-9]{1,3}(\\.[0-9]{1,4})?$" }));
        let detail = "must be a decimal number as text, such as \"19\" or \"7.25\": 1 to 3 digits, and \
                      after a point 1 to 4 more";
        self.parsed(detail, |text| {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            let is_number = [(whole, 3), (part, 4)].into_iter().all(|(digits, max)| {
                (1..=max).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
            });
            is_number.then(|| text.to_owned())
        })
    }

    pub fn boolean(mut self) -> Option<bool> {
        self.note(|| json!({ "type": "boolean" }));
        self.read("must be true or false", Value::as_bool)
    }

    /// One of a fixed set of words.
    pub fn word<T: Copy>(mut self, words: &[(&str, T)]) -> Option<T> {
        self.note(|| json!({ "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() }));
        let spelled: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let detail = format!("must be one of {}", spelled.join(", "));
        self.parsed(&detail, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        })
    }

    /// An object, read by `read`; members that it does not ask for are errors.
    pub fn object<T>(self, read: impl FnOnce(&mut Fields<'v, '_>) -> Option<T>) -> Option<T> {
        let Self { value, pointer, report } = self;
        report.note(&pointer, || json!({ "type": "object", "additionalProperties": false }));
        let members = if report.is_asked() {
            None
        } else {
            let checked = Member { value, pointer: pointer.clone(), report: &mut *report };
            Some(checked.read("must be an object", Value::as_object)?)
        };
        let mut fields = Fields { members, known: Vec::new(), pointer, report };
        let object = read(&mut fields);
        fields.refuse_unknown();
        object
    }

    /// An array whose length is within `count`, each item read by `read`.
    pub fn array<T>(
        self,
        count: RangeInclusive<usize>,
        mut read: impl FnMut(Member<'v, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Self { value, pointer: array, report } = self;
        let (min, max) = (*count.start(), *count.end());
        report.note(&array, || json!({ "type": "array", "minItems": min, "maxItems": max }));
        if report.is_asked() {
            read(Member { value: None, pointer: pointer(&array, ANY_ITEM), report });
            return None;
        }
        let detail = format!("must be an array of {min} to {max} items");
        let checked = Member { value, pointer: array.clone(), report: &mut *report };
        let items = checked
            .read(&detail, |value| value.as_array().filter(|items| count.contains(&items.len())))?;
        let read_item = |(index, item): (usize, &'v Value)| {
            let pointer = pointer(&array, &index.to_string());
            read(Member { value: Some(item), pointer, report: &mut *report })
        };
        // Collected in two steps, so that the items after a wrong one are read too.
        let items: Vec<Option<T>> = items.iter().enumerate().map(read_item).collect();
        items.into_iter().collect()
    }

    /// The merchant's own pairs of strings, stored and returned unchanged.
    pub fn pairs(self, limits: Pairs) -> Option<BTreeMap<String, String>> {
        let Self { value, pointer: object, report } = self;
        report.note(&object, || limits.schema());
        let detail = format!("must be an object of at most {} strings", limits.count_max);
        let checked = Member { value, pointer: object.clone(), report: &mut *report };
        let members = checked.read(&detail, |value| {
            value.as_object().filter(|members| members.len() <= limits.count_max)
        })?;
        let mut pairs = BTreeMap::new();
        for (name, value) in members {
            let pointer = pointer(&object, name);
            if !limits.name.admits(name) {
                let detail = format!("its name {}", limits.name.detail());
                report.errors.push(FieldError { pointer: pointer.clone(), detail });
            }
            let value = Member { value: Some(value), pointer, report: &mut *report };
            pairs.extend(value.string(limits.value).map(|value| (name.clone(), value)));
        }
        Some(pairs)
    }

    fn read<T>(self, detail: &str, read: impl FnOnce(&'v Value) -> Option<T>) -> Option<T> {
        let read = read(self.value?);
        if read.is_none() {
            let detail = detail.to_owned();
            self.report.errors.push(FieldError { pointer: self.pointer, detail });
        }
        read
    }

    /// Describes the accepted values, if a description was asked for.
    fn note(&mut self, schema: impl FnOnce() -> Value) {
        self.report.note(&self.pointer, schema);
    }
}

/// Leaves out the value: a body is never logged.
impl fmt::Debug for Member<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Member({:?}, ..)", self.pointer)
    }
}
