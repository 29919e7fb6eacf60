//! A secret's value, read member by member. Stray characters are trimmed. An unusable member is named,
//! without its value.

use std::fmt;

use serde_json::{Map, Value};

use super::SecretError;

/// The placeholder that the template and people put in place of a value.
const PLACEHOLDER: &str = "REPLACE_ME";
/// Quotes that an editor, a form or a shell may leave around a value.
const QUOTES: [char; 11] = ['"', '\'', '`', '“', '”', '„', '‟', '‘', '’', '«', '»'];
/// Byte order marks and zero-width spaces.
const INVISIBLE: [char; 5] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}'];

/// A member of a secret that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The value has not been set yet: it is still the template's placeholder.
    #[error("{0} is still a placeholder")]
    Placeholder(String),
    #[error("{member} {why}")]
    Malformed { member: String, why: &'static str },
}

impl Fault {
    pub(crate) fn malformed(member: impl Into<String>, why: &'static str) -> Self {
        Self::Malformed { member: member.into(), why }
    }

    /// This fault as an error of the named secret.
    pub(crate) fn of(self, secret: &str) -> SecretError {
        SecretError::Unusable { secret: secret.to_owned(), fault: self }
    }

    pub fn is_a_placeholder(&self) -> bool {
        matches!(self, Self::Placeholder(_))
    }
}

/// An object in a secret, with its path. Its `Debug` shows only the path.
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

    /// `None` if the member is left out or null.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&'v str>, Fault> {
        match self.of.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::malformed(self.path(name), "is not a string")),
        }
    }

    /// A member that must be set. Only a placeholder means that it has not been set yet: a missing member may
    /// be a spelling mistake.
    pub(crate) fn text(&self, name: &str) -> Result<&'v str, Fault> {
        match self.optional(name)? {
            None => Err(Fault::malformed(self.path(name), "is missing")),
            Some("") => Err(Fault::malformed(self.path(name), "is empty")),
            Some(PLACEHOLDER) => Err(Fault::Placeholder(self.path(name))),
            Some(text) => Ok(text),
        }
    }

    /// A member that limits a key. Left out, it limits nothing, so a member with a similar name is an error.
    pub(crate) fn bound(&self, name: &str, stem: &str) -> Result<Option<&'v Value>, Fault> {
        let meant = |it: &&String| *it != name && it.to_ascii_lowercase().contains(stem);
        match self.of.keys().find(meant) {
            Some(other) => Err(Fault::malformed(self.path(other), "is not a field of a key")),
            None => Ok(self.any(name)),
        }
    }

    /// The member as written, of any type.
    pub(crate) fn any(&self, name: &str) -> Option<&'v Value> {
        self.of.get(name)
    }

    /// Each entry of a list with its path; no entries if the list is left out.
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

/// Parses a secret's text as JSON and trims every string in it.
pub(crate) fn parse(text: &str) -> Result<Value, Fault> {
    let text = text.trim_matches(is_blank);
    match trimmed(text) {
        "" => return Err(Fault::malformed("its value", "is empty")),
        PLACEHOLDER => return Err(Fault::Placeholder("its value".to_owned())),
        _ => {}
    }
    let mut value = match json(text) {
        // JSON inside a JSON string, which a tool has quoted once too often.
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
