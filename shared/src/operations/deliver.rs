//! Posts a confirmation to the merchant, signed (Standard Webhooks). Delivered means a 2xx; anything
//! else is tried again, later each time, until the queue gives it to its dead-letter queue.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request};
use secrecy::ExposeSecret;

use crate::app::App;
use crate::domain::time::Timestamp;
use crate::mutants::{Mutant, broken};
use crate::operations::Unavailable;
use crate::ports::TransportError;
use crate::secrets::{Keys, SecretError};
use crate::standard_webhooks::{self, SigningKey};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Wait after each failed try; the last one repeats.
const BACKOFF_SECONDS: [i32; 11] =
    [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 39_600, 39_600];
/// SQS hides a message for 12 hours at most, counted from its receipt: less what a batch may take until then.
const WAIT_SECONDS_MAX: i32 = 43_050;

#[derive(Clone, Debug)]
pub struct Confirmation {
    pub id: String,
    pub body: String,
    pub receive_count: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// To be tried again after this wait.
    #[error("not delivered: {why}")]
    NotDelivered { why: &'static str, status: Option<u16>, wait_seconds: i32 },
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<SecretError> for DeliveryError {
    fn from(error: SecretError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn deliver(app: &App, confirmation: &Confirmation) -> Result<(), DeliveryError> {
    let now = app.clock.now();
    let keys: Keys = app.secrets.read("delivery").await?;
    let request = signed(app, &keys, confirmation, now)?;
    let wait = backoff(confirmation.receive_count);
    let failed =
        |why, status, wait_seconds| Err(DeliveryError::NotDelivered { why, status, wait_seconds });
    match app.transport.send(request, TIMEOUT).await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => {
            let status = Some(answer.status().as_u16());
            let wait = asked_wait(answer.headers(), app.clock.now()).unwrap_or(wait);
            failed("the merchant's server did not accept it", status, wait)
        }
        Err(TransportError::NotSent) => failed("the address cannot be reached", None, wait),
        Err(TransportError::Unknown) => failed("no answer came in time", None, wait),
    }
}

fn signed(
    app: &App,
    keys: &Keys,
    confirmation: &Confirmation,
    now: Timestamp,
) -> Result<Request<Bytes>, DeliveryError> {
    let url = keys.url.as_deref().or(app.config.delivery_url.as_deref());
    let url = url.and_then(|url| acceptable(app, url)).ok_or(SecretError::NotSet)?;
    let signing: Vec<SigningKey> = keys
        .live(now)?
        .iter()
        .filter_map(|key| SigningKey::parse(key.key.expose_secret()).ok())
        .collect();
    if signing.is_empty() {
        return Err(SecretError::NotSet.into());
    }
    let body = Bytes::from(confirmation.body.clone());
    let id = if broken(Mutant::SignatureWithoutTheId) { "" } else { confirmation.id.as_str() };
    // The merchant compares it with a clock that nobody has moved.
    let sent_at = app.clock.outside().unix();
    let signature = standard_webhooks::sign(&signing, id, sent_at, &body);
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.as_str().parse().map_err(|_| SecretError::Malformed)?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Quittance/1"));
    let ours = [
        (standard_webhooks::ID, confirmation.id.clone()),
        (standard_webhooks::TIMESTAMP, sent_at.to_string()),
        (standard_webhooks::SIGNATURE, signature),
    ];
    for (name, value) in ours {
        let value = HeaderValue::try_from(value).map_err(|_| SecretError::Malformed)?;
        headers.insert(name, value);
    }
    Ok(request)
}

/// HTTPS; plain HTTP only in the dev stack.
fn acceptable(app: &App, text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    let local = app.config.dev_stack && url.scheme() == "http";
    (url.scheme() == "https" || local).then_some(url)
}

fn backoff(receive_count: u32) -> i32 {
    let step = usize::try_from(receive_count.saturating_sub(1)).unwrap_or(usize::MAX);
    let step = step.min(BACKOFF_SECONDS.len() - 1);
    BACKOFF_SECONDS.get(step).copied().unwrap_or(WAIT_SECONDS_MAX)
}

/// `Retry-After`, in seconds or as a date, within what a queue can wait.
fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Option<i32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let until = |text| Timestamp::from_http_date(text).map(|at| at.since(now));
    let seconds = text.parse().ok().or_else(|| until(text))?;
    i32::try_from(seconds.clamp(1, i64::from(WAIT_SECONDS_MAX))).ok()
}

/// Lets the queue show a failed message again after `wait_seconds`. Without this it comes back when its
/// visibility ends, which is only less well timed.
pub async fn postpone(app: &App, queue_arn: &str, receipt_handle: &str, wait_seconds: i32) {
    if let Err(error) = app.queues.show_again(queue_arn, receipt_handle, wait_seconds).await {
        tracing::warn!(error = %error, "a failed delivery keeps its queue's own wait");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_names_its_wait_in_seconds_or_as_a_date() {
        let now = Timestamp::from_unix(1_795_165_200);
        let asked = |text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            asked_wait(&headers, now)
        };
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Fri, 20 Nov 2026 09:02:00 GMT"), Some(120));
        assert_eq!(asked("Fri, 20 Nov 2026 08:59:00 GMT"), Some(1), "that time has come");
        assert_eq!(asked("Sat, 20 Nov 2027 09:00:00 GMT"), Some(WAIT_SECONDS_MAX));
        assert_eq!((asked("-5"), asked("soon"), asked("")), (Some(1), None, None));
    }

    #[test]
    fn waits_grow_to_eleven_hours() {
        let waits: Vec<i32> = (1..=12).map(backoff).collect();
        assert_eq!(
            waits,
            [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 39_600, 39_600, 39_600]
        );
    }
}
