//! The actions of people: a clerk who refunds or works in the gateway's dashboard, and a bank; and what a
//! gateway does by itself.

use dev_stack::gateways::{Object, RefundStanding};
use quittance::domain::id::PaymentId;
use quittance::domain::phase::Phase;
use serde_json::{Value, json};

use crate::play::script::{Player, body};
use crate::world::client::Ask;

impl Player {
    /// Whether this is a payment of the player's order.
    pub(crate) fn owns(&self, payment: &str) -> bool {
        PaymentId::parse(payment).is_ok_and(|payment| payment.order() == self.order)
    }

    /// The gateway's objects for the order.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let mut objects = self.client.world.truth().objects;
        objects.retain(|object| self.owns(&object.reference));
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

    pub(crate) fn refunds_become(&self, key: &str, from: RefundStanding, status: &str) {
        let payment = self.payment(key);
        self.move_refunds(from, status, |object| object.reference == payment.as_str());
    }

    /// The bank finishes every refund that is still pending.
    pub(crate) fn settle_refunds(&self) {
        self.move_refunds(RefundStanding::Pending, "succeeded", |_| true);
    }

    fn move_refunds(&self, from: RefundStanding, status: &str, concerns: impl Fn(&Object) -> bool) {
        let world = &self.client.world;
        for object in world.truth().objects.iter().filter(|object| concerns(object)) {
            for refund in object.refunds.iter().filter(|refund| refund.standing == from) {
                let path = format!("/control/payments/{}/refund", object.id);
                let body = json!({ "refund_id": refund.id, "status": status });
                world.control("POST", &path, &body);
            }
        }
    }

    /// A second object at the gateway for one attempt, as after an unnoticed repeat.
    pub(crate) fn twin(&mut self, key: &str, outcome: &str) {
        let payment = self.payment(key);
        let world = &self.client.world;
        let of_it = |object: &Object| object.reference == payment.as_str();
        if !world.truth().objects.iter().any(of_it) {
            return;
        }
        self.twins.insert(payment.as_str().to_owned());
        let body = if outcome.is_empty() { json!({}) } else { json!({ "outcome": outcome }) };
        world.control("POST", &format!("/control/payments/{payment}/twin"), &body);
    }
}
