//! The events in `events/`, as API Gateway sends them, with the members changed that a test needs.

use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER};
use lambda_http::{Context, Request, RequestExt};
use quittance::system::unix_ms;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The order id in the samples.
const ORDER: &str = "ORD_7Q2M9X4KD1T8V3N6B0ZC";
const PAYMENT: &str = "PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A";
const REFUND: &str = "RFD_7Q2M9X4KD1T8V3N6B0ZC8M3T5W";

/// The function timeout in the template.
const TIMEOUT: Duration = Duration::from_secs(25);

#[derive(Clone, Debug)]
pub(crate) struct Event(Value);

impl Event {
    /// `events/<name>.json`.
    pub(crate) fn of(name: &str) -> Self {
        let path = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Changed to name this order and this payment.
    pub(crate) fn about(self, order: &str, payment: &str) -> Self {
        let text = self.0.to_string().replace(PAYMENT, payment).replace(ORDER, order);
        Self(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn naming_refund(self, refund: &str) -> Self {
        let text = self.0.to_string().replace(REFUND, refund);
        Self(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn body(mut self, body: &Value) -> Self {
        self.0["body"] = json!(body.to_string());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.0["headers"][name] = json!(value);
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.0["headers"].as_object_mut().unwrap().remove(name);
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        let (name, value) = query.split_once('=').unwrap();
        self.0["rawQueryString"] = json!(query);
        self.0["queryStringParameters"] = json!({ name: value });
        self
    }

    /// Signed according to Standard Webhooks, by a third-party library.
    pub(crate) fn signed(self, secret: &str, id: &str, at: i64) -> Self {
        let webhook = standardwebhooks::Webhook::new(secret).unwrap();
        let signature = webhook.sign(id, at, self.text().as_bytes()).unwrap();
        self.header("webhook-id", id)
            .header("webhook-timestamp", &at.to_string())
            .header("webhook-signature", &signature)
    }

    /// Authenticated as unsigned gateways do it: with a hash of the secret.
    pub(crate) fn vouched(self, secret: &str, id: &str) -> Self {
        self.header("webhook-id", id)
            .header("authorization", &HEXLOWER.encode(&Sha256::digest(secret)))
            .without_header("webhook-signature")
    }

    pub(crate) fn text(&self) -> String {
        self.0["body"].as_str().unwrap_or_default().to_owned()
    }

    /// With its body in base64, as API Gateway sends content that is not text.
    pub(crate) fn in_base64(mut self) -> Self {
        self.0["body"] = json!(BASE64.encode(self.text().as_bytes()));
        self.0["isBase64Encoded"] = json!(true);
        self
    }

    /// When API Gateway received it, in seconds.
    pub(crate) fn taken_at(&self) -> i64 {
        self.0["requestContext"]["timeEpoch"].as_i64().unwrap() / 1000
    }

    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    pub(crate) fn request(&self) -> Request {
        self.request_within(TIMEOUT)
    }

    /// An invocation with this much time left.
    pub(crate) fn request_within(&self, time: Duration) -> Request {
        let mut context = Context::default();
        context.deadline = unix_ms() + u64::try_from(time.as_millis()).unwrap();
        lambda_http::request::from_str(&self.0.to_string()).unwrap().with_lambda_context(context)
    }
}

/// An invocation that has just started.
pub(crate) fn context() -> Context {
    let mut context = Context::default();
    context.deadline = unix_ms() + u64::try_from(TIMEOUT.as_millis()).unwrap();
    context
}
