//! What a gateway should not do but does: a second object for one attempt, and an untrue event.

use bytes::Bytes;
use http::Request;
use quittance::domain::id::PaymentId;
use serde_json::{Value, json};

use crate::play::client::{Client, Reply};
use crate::play::script::{AMOUNT, Player};
use crate::world::ground::{GATEWAY_KEY, WEBHOOK_SECRET};

impl Client {
    /// Claims that this payment's page was paid: where bodies are not signed, anyone who has seen one
    /// event can send another.
    pub(crate) async fn lied_to(&mut self, payment: &PaymentId) {
        let truth = self.world.truth();
        let objects = truth["payments"].as_array().into_iter().flatten();
        let ours = objects.filter(|object| object["reference"] == payment.as_str());
        let Some(id) = ours.map(|object| object["id"].clone()).next() else {
            return;
        };
        self.claim(payment, &id).await;
    }

    /// At a gateway that does not sign: claims that `id` captured the amount of `payment`.
    pub(crate) async fn claim(&mut self, payment: &PaymentId, id: &Value) -> Option<Reply> {
        let (headers, body) = self.success(payment, id, "evt_lie", WEBHOOK_SECRET, Value::Null);
        self.webhook(&headers, body).await
    }
}

impl Player {
    /// As after an unnoticed repeat.
    pub(crate) fn twin(&mut self, key: &str, outcome: &str) {
        let payment = self.payment(key);
        let first = self.client.world.truth();
        let mut objects = first["payments"].as_array().into_iter().flatten();
        if objects.all(|object| object["reference"] != payment.as_str()) {
            return;
        }
        self.twins.insert(payment.as_str().to_owned());
        let mut body = json!({ "reference": payment, "amount": AMOUNT, "currency": "USD" });
        if !outcome.is_empty() {
            body["metadata"] = json!({ "sandbox": outcome });
        }
        let request = Request::builder()
            .method("POST")
            .uri("/v1/payments")
            .header("authorization", format!("Bearer {GATEWAY_KEY}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        self.client.world.outside(&request);
    }
}
