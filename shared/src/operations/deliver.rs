//! Posts a confirmation to the merchant, signed (Standard Webhooks). A 2xx means delivered. Anything else is
//! tried again, after a longer wait each time, until the queue moves it to its dead-letter queue.

mod confirmation;
mod pace;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, USER_AGENT};
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;

pub use self::confirmation::{Confirmation, NoConfirmation};
use crate::app::App;
use crate::delivery_url;
use crate::domain::time::Timestamp;
use crate::operations::Unavailable;
use crate::ports::TransportError;
use crate::secrets::{Fault, Keys, NamedKey, SecretError};
use crate::standard_webhooks::{self, SigningKey};

const SECRET: &str = "delivery";
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the runtime may need to notice that the function's time is over.
const MARGIN_SECONDS: i32 = 5;

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("not delivered: {why}")]
    NotDelivered {
        why: &'static str,
        status: Option<u16>,
        /// The wait in the merchant's `Retry-After`.
        asked_seconds: Option<i32>,
    },
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<SecretError> for DeliveryError {
    fn from(error: SecretError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl DeliveryError {
    /// The status that the merchant's server returned.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::NotDelivered { status, .. } => *status,
            Self::Unavailable(_) => None,
        }
    }

    /// The wait until the next try. The merchant's server can lengthen the schedule but not shorten it: one
    /// that always asks for a second would otherwise use up its tries in seconds.
    pub fn wait_seconds(&self, tries: u32) -> i32 {
        let asked = match self {
            Self::NotDelivered { asked_seconds, .. } => *asked_seconds,
            Self::Unavailable(_) => None,
        };
        pace::backoff(tries).max(asked.unwrap_or_default())
    }
}

pub async fn deliver(app: &App, confirmation: &Confirmation) -> Result<(), DeliveryError> {
    let failed = |why, status, asked_seconds| {
        Err(DeliveryError::NotDelivered { why, status, asked_seconds })
    };
    let settings = |value: &Value, faults: &mut Vec<Fault>| Settings::read(app, value, faults);
    let Settings { keys, url } = app.secrets.read(SECRET, settings).await?;
    let Some(url) = url else {
        return failed("no address is configured", None, None);
    };
    let keys = keys.live(app.clock.now()).map_err(|fault| fault.of(SECRET))?;
    let Some(request) = signed(&url, &keys, confirmation, app.clock.outside()) else {
        return failed("the address cannot be used", None, None);
    };
    match app.transport.send(request, TIMEOUT).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => {
            let status = Some(answer.status().as_u16());
            let asked = pace::asked_seconds(answer.headers(), app.clock.now());
            failed("the merchant's server did not accept it", status, asked)
        }
        Err(TransportError::NotSent) => failed("the address cannot be reached", None, None),
        Err(TransportError::Unknown) => failed("no answer came in time", None, None),
        Err(TransportError::Broken) => {
            failed("the answer is not HTTP, is cut off or is too long", None, None)
        }
    }
}

/// The secret `delivery`.
struct Settings {
    keys: Keys,
    /// The URL in the secret, or else the one that the stack was deployed with.
    url: Option<Url>,
}

impl Settings {
    fn read(app: &App, value: &Value, faults: &mut Vec<Fault>) -> Result<Self, Fault> {
        let keys = Keys::read(value, faults, standard_webhooks::wrong_with)?;
        let own = keys.url.as_deref().filter(|url| !url.is_empty());
        let url = match own {
            Some(text) => Some(
                delivery_url::parse(text, app.config.dev_stack)
                    .map_err(|wrong| Fault::malformed("url", wrong.why()))?,
            ),
            None => app.config.delivery_url.clone(),
        };
        Ok(Self { keys, url })
    }
}

/// Sets the message to reappear when the next try would be due, so a process that dies costs no more than a
/// failed try. It never reappears within `left`, while this function may still be at work, so that nobody
/// else starts on it.
pub async fn hold(app: &App, queue_arn: &str, receipt_handle: &str, tries: u32, left: Duration) {
    let left = i32::try_from(left.as_secs().saturating_add(1)).unwrap_or(i32::MAX);
    let seconds = pace::backoff(tries).max(left.saturating_add(MARGIN_SECONDS));
    postpone(app, queue_arn, receipt_handle, seconds).await;
}

/// Sets a failed message to reappear after `wait_seconds`. If this fails, it reappears when its visibility
/// timeout ends, which is only less well timed.
pub async fn postpone(app: &App, queue_arn: &str, receipt_handle: &str, wait_seconds: i32) {
    let wait_seconds = wait_seconds.min(pace::WAIT_SECONDS_MAX);
    if let Err(error) = app.queues.show_again(queue_arn, receipt_handle, wait_seconds).await {
        tracing::warn!(error = %error, "a delivery keeps its queue's own wait");
    }
}

fn signed(
    url: &Url,
    keys: &[NamedKey],
    confirmation: &Confirmation,
    sent_at: Timestamp,
) -> Option<Request<Bytes>> {
    let signing: Vec<SigningKey> =
        keys.iter().filter_map(|key| SigningKey::parse(key.key.expose_secret()).ok()).collect();
    let body = Bytes::from(confirmation.body.clone());
    // The merchant compares the time with a clock that nobody has moved.
    let sent_at = sent_at.unix();
    let signature = standard_webhooks::sign(&signing, &confirmation.id, sent_at, &body);
    let request = Request::post(url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "Quittance/1")
        .header(standard_webhooks::ID, &confirmation.id)
        .header(standard_webhooks::TIMESTAMP, sent_at)
        .header(standard_webhooks::SIGNATURE, signature);
    request.body(body).ok()
}
