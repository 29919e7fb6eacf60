//! What a reader of bodies takes, as JSON Schema. The reader is not looked at but run: without a body,
//! its members tell their limits instead of checking them. So no limit is written twice.

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
    report.schema.unwrap_or_default()
}

impl Report {
    pub(super) fn is_asked(&self) -> bool {
        self.schema.is_some()
    }

    /// What is told later adds to what was told before.
    pub(super) fn note(&mut self, pointer: &str, told: impl FnOnce() -> Value) {
        let Some(schema) = &mut self.schema else { return };
        if let (Value::Object(known), Value::Object(told)) = (at(schema, pointer), told()) {
            for (word, value) in told {
                known.entry(word).or_insert(value);
            }
        }
    }

    pub(super) fn note_required(&mut self, pointer: &str, name: &str) {
        let Some(schema) = &mut self.schema else { return };
        let Value::Object(known) = at(schema, pointer) else { return };
        if let Value::Array(names) = known.entry("required").or_insert_with(|| json!([])) {
            names.push(name.into());
        }
    }
}

/// The part of `schema` that speaks of the value at `pointer`.
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
