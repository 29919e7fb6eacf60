//! Secrets Manager, read at most every five minutes per container and secret. A placeholder grants nothing,
//! and no type here shows its secret.

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
/// The shortest interval between reloads after a mismatch, so that a flood of forgeries stays cheap.
const RELOAD_AFTER_SECONDS: i64 = 30;
/// How long the secret store is left alone after a failed read; otherwise every request would wait for it.
const RETRY_AFTER_SECONDS: i64 = 5;

#[derive(Clone)]
pub struct Secrets {
    client: Client,
    stack: String,
    clock: Arc<dyn Clock>,
    cache: Arc<Mutex<BTreeMap<String, Cached>>>,
}

/// A secret's text, which shows in no `Debug`.
pub type Text = Arc<SecretString>;
/// A secret's text, or why there is none.
type Found = Result<Text, Fault>;
type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Default)]
struct Cached {
    /// The result of the last successful read, and its time.
    read: Option<(Found, Timestamp)>,
    /// A value did not match, so the secret may have been rotated.
    doubted: bool,
    failed_at: Option<Timestamp>,
    /// Its faults have been reported.
    reported: bool,
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

    /// Reads the secret `<stack>/<name>` through `read`. Unusable members are reported and left out. An
    /// unusable secret is fetched again, since it may have been corrected.
    pub async fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&Value, &mut Vec<Fault>) -> Result<T, Fault>,
    ) -> Result<T, SecretError> {
        self.read_with_text(name, read).await.map(|(value, _)| value)
    }

    /// As `read`, and the text that was read.
    pub async fn read_with_text<T>(
        &self,
        name: &str,
        read: impl Fn(&Value, &mut Vec<Fault>) -> Result<T, Fault>,
    ) -> Result<(T, Text), SecretError> {
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
    ) -> Result<(T, Text), SecretError> {
        let mut faults = Vec::new();
        let taken = match self.text(name).await {
            Ok(text) => parse(text.expose_secret())
                .and_then(|value| read(&value, &mut faults))
                .map(|value| (value, text)),
            Err(SecretError::Unusable { fault, .. }) => Err(fault),
            Err(error @ SecretError::Unavailable { .. }) => return Err(error),
        };
        if let Err(fault) = &taken
            && !faults.contains(fault)
        {
            faults.push(fault.clone());
        }
        self.report(name, &faults);
        taken.map_err(|fault| fault.of(name))
    }

    /// The last value is kept until a new read succeeds, so that an unreachable store stops nobody who has
    /// the value already.
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
                    tracing::warn!(error = %cause, secret = %name, "a secret cannot be read now; its last value is used");
                }
                self.lock().entry(name.to_owned()).or_default().failed_at = Some(now);
                answer(name, known.read, cause)
            }
        }
    }

    /// Marks a secret that did not match for another read, if it may have been rotated since the last one.
    /// `true` if the caller should try once more.
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

    /// Reports faults once per value read; otherwise every request would repeat them.
    fn report(&self, name: &str, faults: &[Fault]) {
        let malformed: Vec<&Fault> = faults.iter().filter(|it| !it.is_a_placeholder()).collect();
        if malformed.is_empty() {
            return;
        }
        if let Some(cached) = self.lock().get_mut(name)
            && std::mem::replace(&mut cached.reported, true)
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

/// Whether the secret was created without a value. A secret that ever had a value has a current version,
/// so it is not mistaken for one. Only the message distinguishes this case from a secret that does not exist.
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
