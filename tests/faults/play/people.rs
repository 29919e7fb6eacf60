//! The actions of people: a clerk who refunds or works in the gateway's dashboard, and a bank; and what a
//! gateway does by itself.

use dev_stack::gateways::RefundStanding;
use quittance::domain::id::PaymentId;
use quittance::domain::phase::Phase;
use serde_json::{Value, json};

use crate::play::scenario::Webhooks;
use crate::play::script::{Player, body};
use crate::world::client::Ask;
use crate::world::gateway::Held;
use crate::world::ground::Stood;

impl Player {
    /// Whether this is a payment of the player's order.
    pub(crate) fn owns(&self, payment: &str) -> bool {
        PaymentId::parse(payment).is_ok_and(|payment| payment.order() == self.order)
    }

    /// The gateway's objects for the order.
    pub(crate) fn objects(&self) -> Vec<Held> {
        let mut objects = self.client.world.truth();
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
        let world = &self.client.world;
        world.control_at(self.gateway_of(payment.as_str()), "POST", &path, &body);
    }

    pub(crate) fn behave(&self, how: &str, webhooks: Webhooks) {
        self.client.world.control("PUT", "/control/behaviour", &behaviour(how, webhooks));
    }

    pub(crate) fn behave_at(&self, gateway: &str, how: &str, webhooks: Webhooks) {
        let world = &self.client.world;
        let at = world.stood(Some(gateway));
        world.control_at(at, "PUT", "/control/behaviour", &behaviour(how, webhooks));
    }

    /// The gateway that has an object of this payment; the first if none has.
    fn gateway_of(&self, payment: &str) -> &Stood {
        let world = &self.client.world;
        let object = world.truth().into_iter().find(|object| object.reference == payment);
        world.stood(object.as_ref().map(|object| object.gateway.as_str()))
    }

    pub(crate) fn refunds_become(&self, key: &str, from: RefundStanding, status: &str) {
        let payment = self.payment(key);
        self.move_refunds(from, status, |object| object.reference == payment.as_str());
    }

    /// The bank finishes every refund that is still pending.
    pub(crate) fn settle_refunds(&self) {
        self.move_refunds(RefundStanding::Pending, "succeeded", |_| true);
    }

    fn move_refunds(&self, from: RefundStanding, status: &str, concerns: impl Fn(&Held) -> bool) {
        let world = &self.client.world;
        for object in world.truth().iter().filter(|object| concerns(object)) {
            for refund in object.refunds.iter().filter(|refund| refund.standing == from) {
                let path = format!("/control/payments/{}/refund", object.id);
                let body = json!({ "refund_id": refund.id, "status": status });
                let at = world.stood(Some(object.gateway.as_str()));
                world.control_at(at, "POST", &path, &body);
            }
        }
    }

    /// A second object at the gateway for one attempt, as after an unnoticed repeat.
    pub(crate) fn twin(&mut self, key: &str, outcome: &str) {
        let payment = self.payment(key);
        let world = &self.client.world;
        let of_it = |object: &Held| object.reference == payment.as_str();
        if !world.truth().iter().any(of_it) {
            return;
        }
        self.twins.insert(payment.as_str().to_owned());
        let body = if outcome.is_empty() { json!({}) } else { json!({ "outcome": outcome }) };
        let path = format!("/control/payments/{payment}/twin");
        world.control_at(self.gateway_of(payment.as_str()), "POST", &path, &body);
    }
}

/// How a gateway behaves from now on, which still sends its webhooks in the setting's way.
fn behaviour(how: &str, webhooks: Webhooks) -> Value {
    let mut behaviour: Value = serde_json::from_str(how).unwrap();
    let mut ways: Value = serde_json::from_str(webhooks.behaviour()).unwrap();
    let more = behaviour["webhooks"].as_object().cloned().unwrap_or_default();
    ways.as_object_mut().unwrap().extend(more);
    behaviour["webhooks"] = ways;
    behaviour
}
