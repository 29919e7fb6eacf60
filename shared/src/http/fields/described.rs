//! Describes what a body reader accepts, as JSON Schema. The reader is run without a body: its members then
//! report their limits instead of checking them. So no limit is written twice.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value shows `null` for what is not there, and grows where it is written"
)]

use serde_json::{Value, json};

use super::member::ANY_ITEM;
use super::{Fields, Member, Report};

/// The schema of the bodies that `read` reads.
pub fn described<T>(read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>) -> Value {
    let mut report = Report { schema: Some(json!({})), ..Report::default() };
    let body = Member { value: None, pointer: String::new(), report: &mut report };
    body.object(read);
    let mut schema = report.schema.unwrap_or_default();
    admit_null(&mut schema);
    schema
}

const DESCRIPTION: &str = "description";
/// Marks a member that may be `null`.
const NULLABLE: &str = "nullable";

/// Combines the mark for `null`, set by one reader, with the type, set by another.
fn admit_null(schema: &mut Value) {
    let Value::Object(words) = schema else { return };
    if words.remove(NULLABLE).is_some() {
        if let Some(kind) = words.get_mut("type") {
            *kind = json!([kind.take(), "null"]);
        }
        if let Some(Value::Array(known)) = words.get_mut("enum") {
            known.push(Value::Null);
        }
    }
    if let Some(Value::Object(members)) = words.get_mut("properties") {
        members.values_mut().for_each(admit_null);
    }
    if let Some(items) = words.get_mut("items") {
        admit_null(items);
    }
}

impl Report {
    pub(super) fn is_asked(&self) -> bool {
        self.schema.is_some()
    }

    /// Later notes add to earlier ones and never replace them. A description goes on with the next one.
    pub(super) fn note(&mut self, pointer: &str, words: impl FnOnce() -> Value) {
        let Some(schema) = &mut self.schema else { return };
        if let (Value::Object(known), Value::Object(words)) = (at(schema, pointer), words()) {
            for (word, value) in words {
                match (known.get_mut(&word), &value) {
                    (Some(Value::String(meaning)), Value::String(more)) if word == DESCRIPTION => {
                        meaning.push(' ');
                        meaning.push_str(more);
                    }
                    (Some(_), _) => {}
                    (None, _) => {
                        known.insert(word, value);
                    }
                }
            }
        }
    }

    pub(super) fn note_nullable(&mut self, pointer: &str) {
        self.note(pointer, || json!({ NULLABLE: true }));
    }

    pub(super) fn note_required(&mut self, pointer: &str, name: &str) {
        let Some(schema) = &mut self.schema else { return };
        let Value::Object(known) = at(schema, pointer) else { return };
        if let Value::Array(names) = known.entry("required").or_insert_with(|| json!([])) {
            names.push(name.into());
        }
    }
}

/// The part of `schema` that describes the value at `pointer`.
fn at<'s>(schema: &'s mut Value, pointer: &str) -> &'s mut Value {
    let part = pointer.split('/').skip(1).fold(schema, |schema, token| match token {
        ANY_ITEM => &mut schema["items"],
        name => &mut schema["properties"][name],
    });
    if part.is_null() {
        *part = json!({});
    }
    part
}
