//! Secrets Manager, read once per container and secret every five minutes. What a placeholder holds
//! grants nothing; no type here shows what it keeps.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::time::Timestamp;
use crate::ports::Clock;

const FRESH_SECONDS: i64 = 300;
/// A mismatch reloads a secret, but not more often than this: a flood of forgeries stays cheap.
const RELOAD_AFTER_SECONDS: i64 = 30;
const PLACEHOLDER: &str = "REPLACE_ME";

#[derive(Clone)]
pub struct Secrets {
    client: Client,
    stack: String,
    clock: Arc<dyn Clock>,
    cache: Arc<Mutex<BTreeMap<String, Cached>>>,
}

#[derive(Clone)]
struct Cached {
    text: Option<Arc<SecretString>>,
    read_at: Timestamp,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("stack", &self.stack).finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret store did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the secret is not set")]
    NotSet,
    #[error("the secret is not of the documented shape")]
    Malformed,
}

/// One of several keys that are live together during a rotation.
#[derive(Clone, Deserialize)]
pub struct NamedKey {
    #[serde(default = "first_id")]
    pub id: String,
    pub key: SecretString,
    #[serde(default)]
    not_after: Option<String>,
}

fn first_id() -> String {
    "1".to_owned()
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NamedKey(..)")
    }
}

impl NamedKey {
    /// Set, and not past its `not_after`. A date that cannot be read counts as past.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let key = self.key.expose_secret();
        !key.is_empty() && key != PLACEHOLDER && is_before(self.not_after.as_deref(), now)
    }
}

pub(crate) fn is_before(not_after: Option<&str>, now: Timestamp) -> bool {
    not_after.is_none_or(|text| Timestamp::from_rfc3339(text).is_some_and(|end| now < end))
}

/// `{"keys":[…]}` or `{"key":"…"}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Keys {
    #[serde(default, rename = "keys")]
    several: Vec<NamedKey>,
    #[serde(default, rename = "key")]
    single: Option<SecretString>,
    #[serde(default)]
    pub url: Option<String>,
}

impl Keys {
    /// The newest first: it signs; all verify.
    pub fn live(&self, now: Timestamp) -> Result<Vec<NamedKey>, SecretError> {
        let single = self.single.iter().map(|key| NamedKey {
            id: first_id(),
            key: key.clone(),
            not_after: None,
        });
        let live: Vec<_> =
            self.several.iter().cloned().chain(single).filter(|key| key.is_live(now)).collect();
        if live.is_empty() { Err(SecretError::NotSet) } else { Ok(live) }
    }
}

impl Secrets {
    pub fn new(client: Client, stack: String, clock: Arc<dyn Clock>) -> Self {
        Self { client, stack, clock, cache: Arc::default() }
    }

    /// The secret `<stack>/<name>`, as its type.
    pub async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, SecretError> {
        let text = self.text(name).await?;
        serde_json::from_str(text.expose_secret()).map_err(|_| SecretError::Malformed)
    }

    pub async fn text(&self, name: &str) -> Result<Arc<SecretString>, SecretError> {
        let now = self.clock.now();
        let known = self.lock().get(name).cloned();
        if let Some(known) = known.filter(|known| now.since(known.read_at) < FRESH_SECONDS) {
            return known.text.ok_or(SecretError::NotSet);
        }
        let text = Box::pin(self.fetch(name)).await?;
        self.lock().insert(name.to_owned(), Cached { text: text.clone(), read_at: now });
        text.ok_or(SecretError::NotSet)
    }

    /// Forgets a secret that did not match, if it may have been rotated since. `true` if the caller
    /// should try once more.
    pub fn forget_if_stale(&self, name: &str) -> bool {
        let now = self.clock.now();
        let mut cache = self.lock();
        let stale = cache.get(name).is_some_and(|c| now.since(c.read_at) > RELOAD_AFTER_SECONDS);
        if stale {
            cache.remove(name);
        }
        stale
    }

    async fn fetch(&self, name: &str) -> Result<Option<Arc<SecretString>>, SecretError> {
        let id = format!("{}/{name}", self.stack);
        let answer = self.client.get_secret_value().secret_id(id).send().await;
        match answer {
            Ok(answer) => Ok(answer.secret_string.map(|text| Arc::new(SecretString::from(text)))),
            Err(error) => match error.into_service_error() {
                gone if gone.is_resource_not_found_exception() => Ok(None),
                error => Err(SecretError::Unavailable(Box::new(error))),
            },
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Cached>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
