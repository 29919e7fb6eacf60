//! A secret's value, read member by member: what cannot be meant is trimmed, and what cannot be used is
//! named, without the value.

use std::fmt;

use serde_json::{Map, Value};

use super::SecretError;

/// What the template and people put where a value belongs.
const PLACEHOLDER: &str = "REPLACE_ME";
/// What an editor, a form or a shell leaves around a value.
const QUOTES: [char; 11] = ['"', '\'', '`', '“', '”', '„', '‟', '‘', '’', '«', '»'];
/// Byte order marks and spaces of no width.
const INVISIBLE: [char; 5] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}'];

/// Which member of a secret cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody has set it yet: it still holds what the template wrote.
    #[error("{0} is still a placeholder")]
    Placeholder(String),
    #[error("{member} {why}")]
    Malformed { member: String, why: &'static str },
}

impl Fault {
    pub(crate) fn malformed(member: impl Into<String>, why: &'static str) -> Self {
        Self::Malformed { member: member.into(), why }
    }

    /// Of the secret of this name.
    pub(crate) fn of(self, secret: &str) -> SecretError {
        SecretError::Unusable { secret: secret.to_owned(), fault: self }
    }

    pub fn is_a_placeholder(&self) -> bool {
        matches!(self, Self::Placeholder(_))
    }
}

/// An object of a secret, with the way that leads to it. Its `Debug` shows the way alone.
#[derive(Clone)]
pub(crate) struct Members<'v> {
    of: &'v Map<String, Value>,
    path: String,
}

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Members({})", self.path)
    }
}

impl<'v> Members<'v> {
    pub(crate) fn of(value: &'v Value, path: &str) -> Result<Self, Fault> {
        let path = path.to_owned();
        match value.as_object() {
            Some(of) => Ok(Self { of, path }),
            None if path.is_empty() => Err(Fault::malformed("its value", "is not a JSON object")),
            None => Err(Fault::malformed(path, "is not an object")),
        }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// `None`: left out, or null.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&'v str>, Fault> {
        match self.of.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::malformed(self.path(name), "is not a string")),
        }
    }

    /// A member that must be set. Only a placeholder shows that nobody has set it yet: a missing member may
    /// be misspelt.
    pub(crate) fn text(&self, name: &str) -> Result<&'v str, Fault> {
        match self.optional(name)? {
            None => Err(Fault::malformed(self.path(name), "is missing")),
            Some("") => Err(Fault::malformed(self.path(name), "is empty")),
            Some(PLACEHOLDER) => Err(Fault::Placeholder(self.path(name))),
            Some(text) => Ok(text),
        }
    }

    /// A member that limits what a key may do. Left out, it limits nothing, so a member with a similar name
    /// is an error.
    pub(crate) fn bound(&self, name: &str, stem: &str) -> Result<Option<&'v Value>, Fault> {
        let meant = |it: &&String| *it != name && it.to_ascii_lowercase().contains(stem);
        match self.of.keys().find(meant) {
            Some(other) => Err(Fault::malformed(self.path(other), "is no member of a key")),
            None => Ok(self.any(name)),
        }
    }

    /// As it is written, of any kind.
    pub(crate) fn any(&self, name: &str) -> Option<&'v Value> {
        self.of.get(name)
    }

    /// Each entry with the way that leads to it; none if the list is left out.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<(String, &'v Value)>, Fault> {
        match self.of.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(list) => entries(list, &self.path(name)),
        }
    }
}

pub(crate) fn entries<'v>(list: &'v Value, path: &str) -> Result<Vec<(String, &'v Value)>, Fault> {
    let what = if path.is_empty() { "its value" } else { path };
    let list = list.as_array().ok_or_else(|| Fault::malformed(what, "is not a list"))?;
    Ok(list.iter().enumerate().map(|(n, entry)| (format!("{path}[{n}]"), entry)).collect())
}

/// The JSON of a secret's text, every string of it trimmed.
pub(crate) fn parse(text: &str) -> Result<Value, Fault> {
    let text = text.trim_matches(is_blank);
    match trimmed(text) {
        "" => return Err(Fault::malformed("its value", "is empty")),
        PLACEHOLDER => return Err(Fault::Placeholder("its value".to_owned())),
        _ => {}
    }
    let mut value = match json(text) {
        // JSON within a string of JSON: what a tool has quoted once too often.
        Some(Value::String(quoted)) => json(quoted.trim_matches(is_blank)),
        None => json(trimmed(text)),
        value => value,
    }
    .ok_or_else(|| Fault::malformed("its value", "is not JSON"))?;
    trim(&mut value);
    Ok(value)
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn trim(value: &mut Value) {
    match value {
        Value::String(text) => *text = trimmed(text).to_owned(),
        Value::Array(list) => list.iter_mut().for_each(trim),
        Value::Object(members) => members.values_mut().for_each(trim),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| is_blank(c) || QUOTES.contains(&c))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || INVISIBLE.contains(&c)
}
