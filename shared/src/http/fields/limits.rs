//! The limits of strings: their length and their characters.

use serde_json::{Value, json};

/// The strings that a member accepts. Control characters are refused, because these strings end up in logs,
/// on pages and in requests to gateways; `lines` allows the white space of prose.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    min: usize,
    max: usize,
    in_bytes: bool,
    lines: bool,
}

impl Text {
    /// At least one and at most `max` characters.
    pub const fn chars(max: usize) -> Self {
        Self { min: 1, max, in_bytes: false, lines: false }
    }

    /// At least one and at most `max` bytes of UTF-8.
    pub const fn bytes(max: usize) -> Self {
        Self { in_bytes: true, ..Self::chars(max) }
    }

    /// May be empty, and may contain tabs and line breaks.
    #[must_use]
    pub const fn prose(self) -> Self {
        Self { min: 0, lines: true, ..self }
    }

    pub(super) fn admits(self, text: &str) -> bool {
        let length = if self.in_bytes { text.len() } else { text.chars().count() };
        let refuses = |c: char| c.is_control() && !(self.lines && matches!(c, '\t' | '\n' | '\r'));
        (self.min..=self.max).contains(&length) && !text.contains(refuses)
    }

    /// JSON Schema cannot limit bytes. A string never has more characters than bytes, so the limit is given
    /// in characters, and the description states the bytes.
    pub(super) fn schema(self) -> Value {
        let controls = if self.lines {
            r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
        } else {
            r"\u0000-\u001f\u007f-\u009f"
        };
        let mut schema = json!({
            "type": "string",
            "minLength": self.min,
            "maxLength": self.max,
            "pattern": format!("^[^{controls}]*$"),
        });
        if self.in_bytes {
            let limit = format!("{} to {} bytes of UTF-8.", self.min, self.max);
            schema.as_object_mut().map(|it| it.insert("description".to_owned(), limit.into()));
        }
        schema
    }

    pub(super) fn detail(self) -> String {
        let unit = if self.in_bytes { "bytes" } else { "characters" };
        let but = if self.lines { " other than tabs and line breaks" } else { "" };
        let Self { min, max, .. } = self;
        format!("must be a string of {min} to {max} {unit} without control characters{but}")
    }
}

/// The limits of an object of string pairs.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    pub count_max: usize,
    pub name: Text,
    pub value: Text,
}

impl Pairs {
    pub(super) fn schema(self) -> Value {
        json!({
            "type": "object",
            "maxProperties": self.count_max,
            "propertyNames": self.name.schema(),
            "additionalProperties": self.value.schema(),
        })
    }
}
