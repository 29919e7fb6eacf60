//! Secrets Manager, read once per container and secret every five minutes. What a placeholder holds
//! grants nothing; no type here shows what it keeps.

mod keys;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub use self::keys::{Keys, NamedKey};
pub(crate) use self::keys::{named_keys, not_after, usable};
pub use self::value::Fault;
pub(crate) use self::value::{Members, entries, parse};
use crate::domain::time::Timestamp;
use crate::ports::Clock;
use crate::telemetry::{self, Metric};

const FRESH_SECONDS: i64 = 300;
/// A mismatch reloads a secret, but not more often than this: a flood of forgeries stays cheap.
const RELOAD_AFTER_SECONDS: i64 = 30;
/// After a read that failed the store is left alone for so long: every request would else wait for it.
const RETRY_AFTER_SECONDS: i64 = 5;

#[derive(Clone)]
pub struct Secrets {
    client: Client,
    stack: String,
    clock: Arc<dyn Clock>,
    cache: Arc<Mutex<BTreeMap<String, Cached>>>,
}

type Text = Arc<SecretString>;
/// A secret's text, or why there is none.
type Found = Result<Text, Fault>;
type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Default)]
struct Cached {
    /// What the last read that succeeded has found, and when that was.
    read: Option<(Found, Timestamp)>,
    /// It did not match, and may have been rotated.
    doubted: bool,
    failed_at: Option<Timestamp>,
    /// What is wrong with it has been told.
    told: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("stack", &self.stack).finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret {secret} cannot be read now")]
    Unavailable {
        secret: String,
        #[source]
        cause: Cause,
    },
    #[error("the secret {secret} cannot be used")]
    Unusable {
        secret: String,
        #[source]
        fault: Fault,
    },
}

#[derive(Debug, thiserror::Error)]
#[error("the secret store did not answer a moment ago")]
struct Silent;

impl Cached {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let young = |(_, at): &(_, Timestamp)| now.since(*at) < FRESH_SECONDS;
        self.read.as_ref().is_some_and(young) && !self.doubted
    }

    fn has_just_failed(&self, now: Timestamp) -> bool {
        self.failed_at.is_some_and(|at| (0..RETRY_AFTER_SECONDS).contains(&now.since(at)))
    }
}

impl Secrets {
    pub fn new(client: Client, stack: String, clock: Arc<dyn Clock>) -> Self {
        Self { client, stack, clock, cache: Arc::default() }
    }

    /// Reads the secret `<stack>/<name>` through `read`. Members that cannot be used are reported and left
    /// out. A secret that cannot be used is fetched again, as it may have been corrected.
    pub async fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&Value, &mut Vec<Fault>) -> Result<T, Fault>,
    ) -> Result<T, SecretError> {
        match self.read_once(name, &read).await {
            Err(SecretError::Unusable { .. }) if self.doubt(name) => {
                self.read_once(name, &read).await
            }
            read => read,
        }
    }

    async fn read_once<T>(
        &self,
        name: &str,
        read: impl Fn(&Value, &mut Vec<Fault>) -> Result<T, Fault>,
    ) -> Result<T, SecretError> {
        let mut faults = Vec::new();
        let taken = match self.text(name).await {
            Ok(text) => parse(text.expose_secret()).and_then(|value| read(&value, &mut faults)),
            Err(SecretError::Unusable { fault, .. }) => Err(fault),
            Err(error @ SecretError::Unavailable { .. }) => return Err(error),
        };
        if let Err(fault) = &taken
            && !faults.contains(fault)
        {
            faults.push(fault.clone());
        }
        self.tell(name, &faults);
        taken.map_err(|fault| fault.of(name))
    }

    /// What was read last is kept until a read succeeds: a store that is out of reach stops nobody who
    /// has what it would say.
    pub async fn text(&self, name: &str) -> Result<Text, SecretError> {
        let now = self.clock.now();
        let known = self.lock().get(name).cloned().unwrap_or_default();
        if known.is_fresh(now) || known.has_just_failed(now) {
            return answer(name, known.read, Silent.into());
        }
        match Box::pin(self.fetch(name)).await {
            Ok(found) => {
                let read = Some((found, now));
                let fresh = Cached { read: read.clone(), ..Cached::default() };
                self.lock().insert(name.to_owned(), fresh);
                answer(name, read, Silent.into())
            }
            Err(cause) => {
                if known.read.is_some() {
                    tracing::warn!(error = %cause, secret = %name, "a secret is used as it was read before");
                }
                self.lock().entry(name.to_owned()).or_default().failed_at = Some(now);
                answer(name, known.read, cause)
            }
        }
    }

    /// Has a secret that did not match read anew, if it may have been rotated since it was read. `true`
    /// if the caller should try once more.
    pub fn doubt(&self, name: &str) -> bool {
        let now = self.clock.now();
        let mut cache = self.lock();
        let Some(cached) = cache.get_mut(name).filter(|cached| !cached.has_just_failed(now)) else {
            return false;
        };
        let old = |(_, at): &(_, Timestamp)| now.since(*at) > RELOAD_AFTER_SECONDS;
        cached.doubted = cached.doubted || cached.read.as_ref().is_some_and(old);
        cached.doubted
    }

    /// Once for each value that was read: every request would else repeat it.
    fn tell(&self, name: &str, faults: &[Fault]) {
        let malformed: Vec<&Fault> = faults.iter().filter(|it| !it.is_a_placeholder()).collect();
        if malformed.is_empty() {
            return;
        }
        if let Some(cached) = self.lock().get_mut(name)
            && std::mem::replace(&mut cached.told, true)
        {
            return;
        }
        for fault in malformed {
            tracing::error!(error = %fault, secret = %name, "a secret cannot be used");
        }
        telemetry::metric(Metric::SecretUnusable, "");
    }

    async fn fetch(&self, name: &str) -> Result<Found, Cause> {
        let id = format!("{}/{name}", self.stack);
        let unusable = |why| Ok(Err(Fault::malformed("its value", why)));
        match self.client.get_secret_value().secret_id(id).send().await {
            Ok(answer) => match answer.secret_string {
                Some(text) => Ok(Ok(Arc::new(SecretString::from(text)))),
                None => unusable("is binary and not text"),
            },
            Err(error) => match error.into_service_error() {
                error if has_no_version(&error) => {
                    Ok(Err(Fault::Placeholder("its value".to_owned())))
                }
                error if error.is_resource_not_found_exception() => {
                    unusable("is gone: there is no such secret")
                }
                error if error.is_invalid_request_exception() => {
                    unusable("is gone: the secret is marked as deleted")
                }
                error => Err(Box::new(error)),
            },
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Cached>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the secret was created without a value. A secret that has had a value always has a current
/// version, so it is never mistaken for one. Only the message tells it from a secret that does not exist.
fn has_no_version(error: &GetSecretValueError) -> bool {
    let words = error.meta().message().unwrap_or_default();
    error.is_resource_not_found_exception() && words.contains("staging label")
}

fn answer(name: &str, read: Option<(Found, Timestamp)>, cause: Cause) -> Result<Text, SecretError> {
    match read {
        Some((found, _)) => found.map_err(|fault| fault.of(name)),
        None => Err(SecretError::Unavailable { secret: name.to_owned(), cause }),
    }
}
