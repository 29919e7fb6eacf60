//! The gateway's webhooks, true and untrue, delivered to the function that receives them.

use std::collections::BTreeMap;

use bytes::Bytes;
use dev_stack::gateways::{Claim, Proof};
use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::idempotency::Key;
use quittance::domain::names::GatewayName;

use crate::hold::kept;
use crate::world::World;
use crate::world::client::{Client, Reply, Work};
use crate::world::ground::{AMOUNT, Stood};

type Metadata = BTreeMap<&'static str, &'static str>;

/// A webhook on its way to us.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) gateway: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Client {
    /// The very first webhook, repeated as by a gateway that never saw its answer.
    pub(crate) async fn replay(&mut self) {
        let first = self.world.state().first_event.clone();
        if let Some(webhook) = first {
            self.world.trace(|| "> the first webhook once more".to_owned());
            self.webhook(&webhook).await;
        }
    }

    /// Delivers due webhooks and reports each back to the gateway; returns their number.
    pub(crate) async fn deliver(&mut self) -> usize {
        let world = std::sync::Arc::clone(&self.world);
        let mut count = 0;
        for Stood { name, core } in &world.gateways {
            for delivery in core.take_deliveries(world.time.now_ms()) {
                world.trace(|| format!("> webhook {}", core.told(&delivery.body).name));
                count += 1;
                let (headers, body) = (delivery.headers, delivery.body);
                let webhook = Webhook { gateway: name, headers, body };
                world.state().first_event.get_or_insert(webhook.clone());
                world.state().work = Some(Work::Webhook(webhook.clone()));
                let reply = self.webhook(&webhook).await;
                if let Some(reply) = &reply {
                    acknowledged(&world, &webhook, reply);
                }
                let status = reply.map(|reply| http::StatusCode::from_u16(reply.status).unwrap());
                core.delivered(delivery.id, status);
            }
        }
        count
    }

    /// Somebody with another secret claims that `payment` succeeded: the webhook is refused and nothing
    /// changes.
    pub(crate) async fn forged(&mut self, payment: &PaymentId) {
        let world = std::sync::Arc::clone(&self.world);
        let before = world.state().images.clone();
        let reply = self.stranger(payment, "evt_stranger", Proof::Forged, &BTreeMap::new()).await;
        if reply.is_some_and(|status| !matches!(status, 401 | 503)) {
            world.violate(format!("I6 a forged webhook was answered {reply:?}"));
        }
        if world.state().images != before {
            world.violate("I6 a forged webhook changed something".to_owned());
        }
    }

    /// The gateway reports a success of an order that we do not have: the event is parked, or the gateway
    /// is asked to repeat it.
    pub(crate) async fn orphan(&mut self, name: &str) {
        let order = OrderId::from_key(&Key::parse(name).unwrap());
        let payment = PaymentId::from_number(&order, 0);
        let id = format!("evt_{name}");
        let reply = self.stranger(&payment, &id, Proof::Genuine, &BTreeMap::new()).await;
        let kept = self.world.state().images.contains_key(&format!("P#sandbox#{id}"));
        if reply == Some(200) && !kept {
            self.world.violate("I9 an orphan was acknowledged but is not kept".to_owned());
        }
        if reply.is_some_and(|status| !matches!(status, 200 | 503)) {
            self.world.violate(format!("I9 an orphan was answered {reply:?}"));
        }
    }

    /// The gateway reports a success of another stack's payment of the same name: nothing changes.
    pub(crate) async fn foreign(&mut self, payment: &PaymentId) {
        let world = std::sync::Arc::clone(&self.world);
        let before = world.state().images.clone();
        let theirs = [("quittance_stack", "another")].into();
        let reply = self.stranger(payment, "evt_foreign", Proof::Genuine, &theirs).await;
        if reply.is_some_and(|status| !matches!(status, 200 | 503)) {
            world.violate(format!("I9 another stack's event was answered {reply:?}"));
        }
        if world.state().images != before {
            world.violate("I6 another stack's event changed something".to_owned());
        }
    }

    /// The last gateway reports a success of a payment that it does not have: no order changes.
    pub(crate) async fn others_event(&mut self, payment: &PaymentId) {
        let world = std::sync::Arc::clone(&self.world);
        let before = world.state().orders.clone();
        let claimed =
            self.success(payment, "pay_others", "evt_others", Proof::Genuine, &BTreeMap::new());
        let gateway = world.gateways.last().map_or(claimed.gateway, |stood| stood.name);
        let webhook = Webhook { gateway, ..claimed };
        world.state().work = Some(Work::Webhook(webhook.clone()));
        self.webhook(&webhook).await;
        if world.state().orders != before {
            world.violate("I6 another gateway's event changed an order".to_owned());
        }
    }

    /// Claims that this payment's page was paid: where bodies are not signed, anyone who has seen one
    /// event can send another.
    pub(crate) async fn lied_to(&mut self, payment: &PaymentId) {
        let truth = self.world.truth();
        let ours = truth.iter().find(|object| object.reference == payment.as_str());
        if let Some(object) = ours {
            self.claim(payment, &object.id).await;
        }
    }

    /// At a gateway that does not sign: claims that `id` captured the amount of `payment`.
    async fn claim(&mut self, payment: &PaymentId, id: &str) {
        let webhook = self.success(payment, id, "evt_lie", Proof::Genuine, &BTreeMap::new());
        self.webhook(&webhook).await;
    }

    async fn stranger(
        &mut self,
        payment: &PaymentId,
        id: &str,
        proof: Proof,
        metadata: &Metadata,
    ) -> Option<u16> {
        self.world.trace(|| format!("> a stranger's webhook for {payment}"));
        let webhook = self.success(payment, "pay_stranger", id, proof, metadata);
        self.world.state().work = Some(Work::Webhook(webhook.clone()));
        self.webhook(&webhook).await.map(|reply| reply.status)
    }

    /// An event that `object` captured the amount of `payment`, authenticated as this gateway does it.
    fn success(
        &self,
        payment: &PaymentId,
        object: &str,
        id: &str,
        proof: Proof,
        metadata: &Metadata,
    ) -> Webhook {
        let order = payment.order();
        let claim = Claim {
            reference: payment.as_str(),
            order: order.as_str(),
            object,
            amount: AMOUNT,
            currency: "USD",
            metadata,
        };
        let Stood { name, core } = self.world.stood(None);
        let (headers, body) = core.claim(&claim, id, proof);
        Webhook { gateway: name, headers, body }
    }
}

fn acknowledged(world: &World, webhook: &Webhook, reply: &Reply) {
    let told = world.stood(Some(webhook.gateway)).core.told(&webhook.body);
    let gateway = GatewayName::new(webhook.gateway);
    let state = world.state();
    let received = &reply.body["received"];
    let wrong =
        kept::violation(&state.images, &state.orders, &gateway, &told, reply.status, received);
    drop(state);
    if let Some(wrong) = wrong {
        world.violate(wrong);
    }
}
