//! The actions of people: a clerk who refunds or works in the gateway's dashboard, and a bank; and what a
//! gateway does by itself.

use bytes::Bytes;
use http::Request;
use quittance::domain::id::PaymentId;
use quittance::domain::phase::Phase;
use serde_json::{Value, json};

use crate::play::script::{Player, body};
use crate::world::client::Ask;
use crate::world::ground::{AMOUNT, GATEWAY_KEY};

impl Player {
    /// Whether this is a payment of the player's order.
    pub(crate) fn owns(&self, payment: &str) -> bool {
        PaymentId::parse(payment).is_ok_and(|payment| payment.order() == self.order)
    }

    /// The gateway's objects for the order.
    pub(crate) fn objects(&self) -> Vec<Value> {
        let truth = self.client.world.truth();
        let mut objects = truth["payments"].as_array().cloned().unwrap_or_default();
        objects.retain(|object| self.owns(object["reference"].as_str().unwrap_or_default()));
        objects
    }

    /// A refund by the merchant's server, or by a caller with another key.
    pub(crate) async fn refund(
        &mut self,
        api_key: Option<&str>,
        key: &str,
        name: &str,
        amount: Option<u64>,
    ) {
        self.heard_of(key, Phase::Captured).await;
        let route = "POST /api/payments/{payment_id}/refunds";
        let parameter = Some(("payment_id", self.payment(key).as_str().to_owned()));
        let (key, token) = (Some(name.to_owned()), api_key.map(str::to_owned));
        let body = body(amount);
        self.client.ask(&Ask { route, parameter, key, body, token }).await;
    }

    pub(crate) fn dashboard(&mut self, key: &str, act: &str, body: &Value) {
        let payment = self.payment(key);
        let mut body = body.clone();
        let (act, status) = act.split_once('-').unwrap_or((act, "opened"));
        match act {
            "dispute" => body["status"] = status.into(),
            "refund" => {}
            _ => {
                self.by_hand.insert(payment.as_str().to_owned());
            }
        }
        let path = format!("/control/payments/{payment}/{act}");
        self.client.world.control("POST", &path, &body);
    }

    pub(crate) fn refunds_become(&self, key: &str, from: &str, status: &str) {
        let payment = self.payment(key);
        self.move_refunds(from, status, |object| object["reference"] == payment.as_str());
    }

    /// The bank finishes every refund that is still pending.
    pub(crate) fn settle_refunds(&self) {
        self.move_refunds("pending", "succeeded", |_| true);
    }

    fn move_refunds(&self, from: &str, status: &str, concerns: impl Fn(&Value) -> bool) {
        let world = &self.client.world;
        let truth = world.truth();
        let objects = truth["payments"].as_array().into_iter().flatten();
        for object in objects.filter(|object| concerns(object)) {
            let refunds = object["refunds"].as_array().into_iter().flatten();
            for refund in refunds.filter(|refund| refund["status"] == from) {
                let path = format!("/control/payments/{}/refund", object["id"].as_str().unwrap());
                let body = json!({ "refund_id": refund["id"], "status": status });
                world.control("POST", &path, &body);
            }
        }
    }

    /// A second object at the gateway for one attempt, as after an unnoticed repeat.
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
