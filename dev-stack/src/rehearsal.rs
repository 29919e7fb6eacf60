//! Confirmations that a shop must withstand and an undisturbed stack never sends: repeated ones, and ones
//! with a wrong signature. They go to the delivery URL, whether the shop there is ours or not.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use quittance::standard_webhooks::{self, SigningKey};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::secrets_manager::SecretsManager;
use crate::aws::sqs::Sqs;
use crate::clock::Clock;
use crate::{hosts, http_client, seeds, shop};

/// Every confirmation also waits here until somebody takes it.
const QUEUE: &str = "quittance-fulfilment.fifo";
const TIMEOUT: Duration = Duration::from_secs(10);
const TIMES_MAX: u8 = 20;
/// Older than any shop should accept.
const OLD_SECONDS: i64 = 3600;

#[derive(Clone, Debug)]
pub(crate) struct Rehearsal {
    pub(crate) sqs: Sqs,
    pub(crate) secrets: SecretsManager,
    /// The name of the secret with the delivery URL and the signing keys.
    pub(crate) secret: String,
    pub(crate) clock: Clock,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    order_id: String,
    /// `None`: the order's latest confirmation, of any type.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default = "once")]
    times: u8,
    #[serde(default)]
    signature: Signature,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    #[default]
    Good,
    /// Signed with a key that nobody has.
    Wrong,
    /// Signed an hour ago.
    Old,
    Missing,
}

fn once() -> u8 {
    1
}

struct Confirmation {
    id: String,
    body: String,
}

impl Rehearsal {
    pub(crate) fn routes(self) -> Router {
        Router::new().route("/_dev/confirmations", post(send)).with_state(self)
    }

    fn latest(&self, asked: &Asked) -> Option<Confirmation> {
        let bodies = self.sqs.bodies(QUEUE).unwrap_or_default();
        bodies.into_iter().rev().find_map(|body| {
            let message: Value = serde_json::from_str(&body).ok()?;
            let word = |pointer| message.pointer(pointer).and_then(Value::as_str);
            let fits = word("/data/order_id") == Some(asked.order_id.as_str())
                && asked.kind.as_deref().is_none_or(|kind| word("/type") == Some(kind));
            let id = word("/id")?.to_owned();
            fits.then_some(Confirmation { id, body })
        })
    }

    fn headers(&self, it: &Confirmation, how: Signature, secret: &Value) -> Vec<(&str, String)> {
        let now = self.clock.outside_ms() / 1000;
        let at = if matches!(how, Signature::Old) { now - OLD_SECONDS } else { now };
        let good = shop::signing_keys(secret, self.clock.now_ms());
        let strange = [format!("whsec_{}", crate::random::key().unwrap_or_default())];
        let keys = if matches!(how, Signature::Wrong) { &strange[..] } else { &good };
        let keys: Vec<_> = keys.iter().filter_map(|key| SigningKey::parse(key).ok()).collect();
        let signature = standard_webhooks::sign(&keys, &it.id, at, it.body.as_bytes());
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", "Quittance/1".to_owned()),
            (standard_webhooks::ID, it.id.clone()),
            (standard_webhooks::TIMESTAMP, at.to_string()),
        ];
        if !matches!(how, Signature::Missing) {
            headers.push((standard_webhooks::SIGNATURE, signature));
        }
        headers
    }
}

/// `POST /_dev/confirmations`: posts a confirmation of an order once more, and reports the shop's answers.
async fn send(
    State(rehearsal): State<Rehearsal>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !peer.ip().to_canonical().is_loopback() || hosts::is_from_elsewhere(&Method::POST, &headers)
    {
        return answer(StatusCode::FORBIDDEN, "only this machine may request this");
    }
    let asked: Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(error) => return answer(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    if !(1..=TIMES_MAX).contains(&asked.times) {
        return answer(StatusCode::UNPROCESSABLE_ENTITY, "times must be 1 to 20");
    }
    let Some(confirmation) = rehearsal.latest(&asked) else {
        let nothing = format!("{QUEUE} has no matching confirmation of this order");
        return answer(StatusCode::NOT_FOUND, &nothing);
    };
    let secret = seeds::current(&rehearsal.secrets, &rehearsal.secret).unwrap_or_default();
    let Some(url) = secret.get("url").and_then(Value::as_str) else {
        return answer(StatusCode::CONFLICT, "the delivery secret has no url");
    };
    let Ok(client) = http_client::builder().timeout(TIMEOUT).build() else {
        return answer(StatusCode::INTERNAL_SERVER_ERROR, "the HTTP client cannot be created");
    };
    let mut answers = Vec::new();
    for _ in 0..asked.times {
        let mut request = client.post(url).body(confirmation.body.clone());
        for (name, value) in rehearsal.headers(&confirmation, asked.signature, &secret) {
            request = request.header(name, value);
        }
        answers.push(request.send().await.ok().map(|answer| answer.status().as_u16()));
    }
    axum::Json(json!({ "webhook_id": confirmation.id, "url": url, "answers": answers }))
        .into_response()
}

fn answer(status: StatusCode, message: &str) -> Response {
    let body = json!({ "message": message }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
