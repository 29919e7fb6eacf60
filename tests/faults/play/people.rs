//! The actions of people: a clerk who refunds or works in the gateway's dashboard, a bank, a shopper on
//! the page.

use bytes::Bytes;
use dev_stack::sandbox::Outcome;
use http::Request;
use quittance::domain::id::PaymentId;
use quittance::domain::phase::Phase;
use serde_json::{Value, json};

use crate::play::client::Ask;
use crate::play::script::{Player, body};
use crate::world::World;

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
}

impl World {
    /// The shopper's choice on the page of a payment, if the shopper has the page.
    pub(crate) fn choose(&self, payment: &str, outcome: &str) {
        let token = self.state().pages.get(payment).and_then(|tokens| tokens.first().cloned());
        let Some(token) = token else {
            self.trace(|| "    the shopper has no page".to_owned());
            return;
        };
        let request = Request::builder()
            .method("POST")
            .uri(format!("/checkout/{token}"))
            .body(Bytes::from(format!("outcome={outcome}")))
            .unwrap();
        self.outside(&request);
    }

    /// The gateway's own account of everything.
    pub(crate) fn truth(&self) -> Value {
        self.control("GET", "/control/payments", &Value::Null)
    }

    /// A call from outside, which never fails.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(path).body(Bytes::from(body)).unwrap();
        self.outside(&request)
    }

    pub(crate) fn outside(&self, request: &Request<Bytes>) -> Value {
        self.time.now_ms();
        match self.core.handle(request) {
            Outcome::Answer(answer) => {
                let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                self.trace(|| {
                    let status = answer.status().as_u16();
                    format!("    {} {} → {status}", request.method(), request.uri().path())
                });
                body
            }
            Outcome::Silence | Outcome::Close => Value::Null,
        }
    }
}
