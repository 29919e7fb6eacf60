//! Lists of keys, several of which may be live at a time, as during a rotation.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::value::{Fault, Members};
use crate::domain::time::Timestamp;

/// One of several keys that are live together during a rotation.
#[derive(Clone)]
pub struct NamedKey {
    pub id: String,
    pub key: SecretString,
    not_after: Option<Timestamp>,
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NamedKey(..)")
    }
}

impl NamedKey {
    fn read(entry: &Value, path: &str) -> Result<Self, Fault> {
        let members = Members::of(entry, path)?;
        let id = members.optional("id")?.unwrap_or("1").to_owned();
        let not_after = not_after(&members)?;
        Ok(Self { id, key: SecretString::from(members.text("key")?), not_after })
    }

    /// Whether it is not past its `not_after`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }
}

/// An unreadable date disables its key, since the key may have expired.
pub(crate) fn not_after(members: &Members<'_>) -> Result<Option<Timestamp>, Fault> {
    let unreadable = || Fault::malformed(members.path("not_after"), "is not a date (RFC 3339)");
    members.bound("not_after", "after")?;
    match members.optional("not_after")? {
        None => Ok(None),
        Some(text) => Timestamp::from_rfc3339(text).map(Some).ok_or_else(unreadable),
    }
}

/// `{"keys":[…]}` or `{"key":"…"}`, and the URL for confirmations.
pub struct Keys {
    keys: Vec<NamedKey>,
    pub url: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// `check` returns what is wrong with a key, if anything.
    pub(crate) fn read(
        value: &Value,
        faults: &mut Vec<Fault>,
        check: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self, Fault> {
        let members = Members::of(value, "")?;
        let mut entries = members.list("keys")?;
        if members.optional("key")?.is_some() {
            entries.push((String::new(), value));
        }
        let keys = named_keys(entries, "keys", faults, check)?;
        Ok(Self { keys, url: members.optional("url")?.map(str::to_owned) })
    }

    /// The live keys in the order of the list, which begins with the newest.
    pub fn live(&self, now: Timestamp) -> Result<Vec<NamedKey>, Fault> {
        let live: Vec<_> = self.keys.iter().filter(|key| key.is_live(now)).cloned().collect();
        if live.is_empty() {
            return Err(Fault::malformed("every key", "is past its not_after"));
        }
        Ok(live)
    }
}

/// The usable keys of a list. A faulty key costs only that key; without any usable key, the list is an error.
pub(crate) fn named_keys(
    entries: Vec<(String, &Value)>,
    path: &str,
    faults: &mut Vec<Fault>,
    check: impl Fn(&str) -> Option<&'static str>,
) -> Result<Vec<NamedKey>, Fault> {
    usable(entries, path, faults, |entry, path| {
        let key = NamedKey::read(entry, path)?;
        match check(key.key.expose_secret()) {
            None => Ok(key),
            Some(why) => Err(Fault::malformed(Members::of(entry, path)?.path("key"), why)),
        }
    })
}

/// The usable entries of a list of any kind.
pub(crate) fn usable<T>(
    entries: Vec<(String, &Value)>,
    path: &str,
    faults: &mut Vec<Fault>,
    read: impl Fn(&Value, &str) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (path, entry) in entries {
        match read(entry, &path) {
            Ok(entry) => good.push(entry),
            Err(fault) => bad.push(fault),
        }
    }
    if good.is_empty() && bad.is_empty() {
        return Err(Fault::malformed(path, "is missing or empty"));
    }
    let worst = bad.iter().find(|fault| !fault.is_a_placeholder()).cloned();
    faults.extend(bad);
    if good.is_empty() {
        return Err(worst.unwrap_or_else(|| Fault::Placeholder(path.to_owned())));
    }
    Ok(good)
}
