//! Webhooks as the sandbox gateway would send them, signed by a third-party library.

use e2e::{Answer, Stack};
use reqwest::Method;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

/// The secret that the sandbox gateway and its adapter share.
pub(crate) const SANDBOX: &str = "quittance/gateways/sandbox";

/// A secret of the right shape that is not configured anywhere.
pub(crate) const STRANGE_KEY: &str = "whsec_c3RyYW5nZSBrZXkgb2YgdHdlbnR5LWZvdXIgYnl0ZXM=";

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) gateway: &'static str,
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) key: String,
}

/// The short event of the API document, for a captured payment.
pub(crate) fn completed(order: &str, payment: &str) -> Value {
    json!({
        "event": "payment.completed",
        "payment_id": payment,
        "order_id": order,
        "status": "succeeded",
    })
}

pub(crate) async fn webhook_key(stack: &Stack) -> String {
    let secret = stack.secret(SANDBOX).await;
    secret["webhook_secrets"][0]["key"].as_str().unwrap().to_owned()
}

impl Event {
    pub(crate) async fn new(stack: &Stack, body: &Value) -> Self {
        Self {
            gateway: "sandbox",
            id: "evt_1".to_owned(),
            timestamp: unix_now(),
            body: body.to_string().into_bytes(),
            key: webhook_key(stack).await,
        }
    }

    pub(crate) fn signature(&self) -> String {
        let webhook = Webhook::new(&self.key).unwrap();
        webhook.sign(&self.id, self.timestamp, &self.body).unwrap()
    }

    pub(crate) async fn send(&self, stack: &Stack) -> Answer {
        self.send_signed(stack, &self.signature()).await
    }

    pub(crate) async fn send_signed(&self, stack: &Stack, signature: &str) -> Answer {
        let path = format!("/api/webhooks/{}", self.gateway);
        let request = stack
            .request(Method::POST, &path)
            .header("content-type", "application/json")
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", self.timestamp.to_string())
            .header("webhook-signature", signature)
            .body(self.body.clone());
        stack.send(request).await
    }
}

#[expect(clippy::disallowed_methods, reason = "a signature is made at a time")]
pub(crate) fn unix_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
