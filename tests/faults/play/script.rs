//! Plays the acts of a script, one after another.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use dev_stack::gateways::RefundStanding;
use quittance::domain::due::shard_of;
use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::idempotency::Key;
use quittance::domain::phase::Phase;
use serde_json::{Value, json};

use crate::play::act::Act;
use crate::play::scenario::Webhooks;
use crate::world::client::{Ask, Client, Reply, Work};
use crate::world::ground::{AMOUNT, CLERK_KEY, CONSUMED, ORDER_SECONDS, TARGETS};
use crate::world::turns::together;

/// In another shard than the first order.
const SECOND: &str = "beside";

/// What is remembered of a run, apart from the world.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) client: Client,
    pub(crate) order: OrderId,
    /// The merchant's name for the order.
    name: &'static str,
    placed: bool,
    /// A second order, if there is one.
    pub(crate) beside: Option<Box<Self>>,
    metadata: Option<&'static str>,
    /// The gateway captured or reserved money by hand.
    pub(crate) by_hand: BTreeSet<String>,
    /// Attempts for which the gateway was given a second object.
    pub(crate) twins: BTreeSet<String>,
    pub(crate) heard: Messages,
    /// The sequence in which the other target received them.
    pub(crate) sequence: Vec<String>,
}

/// Per target: the messages by id. A queue may hold one twice.
pub(crate) type Messages = BTreeMap<&'static str, BTreeMap<String, Value>>;

impl Player {
    pub(crate) fn new(client: Client, metadata: Option<&'static str>) -> Self {
        Self::of_order("order", client, metadata)
    }

    fn of_order(name: &'static str, client: Client, metadata: Option<&'static str>) -> Self {
        Self {
            client,
            order: OrderId::from_key(&Key::parse(name).unwrap()),
            name,
            placed: false,
            beside: None,
            metadata,
            by_hand: BTreeSet::new(),
            twins: BTreeSet::new(),
            sequence: Vec::new(),
            heard: TARGETS.iter().map(|target| (*target, BTreeMap::new())).collect(),
        }
    }

    pub(crate) async fn place(&mut self) {
        let mut body = json!({
            "items": [{ "product_id": "SKU_1001", "quantity": 2, "name": "For Maria" }],
            "customer": { "name": "Maria Example" },
            "total_amount": AMOUNT,
            "currency": "USD",
            "expires_in": ORDER_SECONDS,
        });
        if let Some(outcome) = self.metadata {
            body["metadata"] = json!({ "sandbox": outcome });
        }
        let key = Some(self.name.to_owned());
        let ask = Ask { route: "POST /api/orders", parameter: None, key, body, ..Ask::default() };
        let reply = self.client.ask(&ask).await;
        self.placed = reply.is_some_and(|reply| matches!(reply.status, 200 | 201));
    }

    pub(crate) async fn play(&mut self, act: Act, webhooks: Webhooks) {
        self.client.world.trace(|| format!("# {act:?}"));
        if !self.placed {
            return;
        }
        match act {
            Act::Pay(key) => self.pay(key, json!({})).await,
            Act::PayManual(key) => self.pay(key, json!({ "capture": "manual" })).await,
            Act::PayAndLeave(key) => self.pay_once(key).await,
            Act::PayInstead(key) => self.pay(key, json!({ "replace": true })).await,
            Act::PayInsteadAt(key, gateway) => {
                self.pay(key, json!({ "replace": true, "gateway": gateway })).await;
            }
            Act::Choose(key, outcome) => self.choose(key, outcome),
            Act::Capture(key, name, amount) => {
                let route = "POST /api/payments/{payment_id}/capture";
                self.heard_of(key, Phase::Authorized).await;
                self.act(route, key, Some(name), body(amount)).await;
            }
            Act::Refund(key, name, amount) => self.refund(None, key, name, amount).await,
            Act::ClerkRefund(key, name, amount) => {
                self.refund(Some(CLERK_KEY), key, name, amount).await;
            }
            Act::Cancel(key) => self.cancel(key).await,
            Act::CancelOrder => self.act_on_order("POST /api/orders/{order_id}/cancel").await,
            Act::Redact => self.act_on_order("POST /api/orders/{order_id}/redact").await,
            Act::Look(key) => self.look(key).await,
            Act::Watch(key) => self.watch(key).await,
            Act::Dashboard(key, act, amount) => {
                if act == "refund" || act.starts_with("dispute") {
                    self.heard_of(key, Phase::Captured).await;
                }
                self.dashboard(key, act, &body(amount));
            }
            Act::RefundsBecome(key, status) => {
                self.refunds_become(key, RefundStanding::Pending, status);
            }
            Act::SendBack(key) => self.refunds_become(key, RefundStanding::Done, "failed"),
            Act::Twin(key, outcome) => self.twin(key, outcome),
            Act::SlowNetwork => self.client.world.state().slow_network = true,
            Act::Lie(key) => self.client.lied_to(&self.payment(key)).await,
            Act::Behave(how) => self.behave(how, webhooks),
            Act::BehaveAt(gateway, how) => self.behave_at(gateway, how, webhooks),
            Act::Wait(seconds) => self.client.world.time.pass_ms(seconds * 1000),
            Act::Sweep => self.sweep().await,
            Act::Redrive => self.redrive().await,
            Act::Forge(key) => self.client.forged(&self.payment(key)).await,
            Act::Orphan(name) => self.client.orphan(name).await,
            Act::OthersEvent(key) => self.client.others_event(&self.payment(key)).await,
            Act::Foreign(key) => self.client.foreign(&self.payment(key)).await,
            Act::Beside(act) => self.beside(*act, webhooks).await,
            Act::Deliver => self.deliver(webhooks).await,
            Act::Together(acts) => Box::pin(self.together(acts, webhooks)).await,
        }
    }

    async fn beside(&mut self, act: Act, webhooks: Webhooks) {
        if self.beside.is_none() {
            let client = Client::new(Arc::clone(&self.client.world));
            let mut other = Self::of_order(SECOND, client, self.metadata);
            assert_ne!(shard_of(&self.order, 2), shard_of(&other.order, 2));
            other.place().await;
            self.beside = Some(Box::new(other));
        }
        if let Some(other) = &mut self.beside {
            Box::pin(other.play(act, webhooks)).await;
        }
    }

    async fn together(&mut self, acts: &'static [Act], webhooks: Webhooks) {
        let world = Arc::clone(&self.client.world);
        let start = world.state().kinds.len();
        let mut actors: Vec<Self> = (0..acts.len()).map(|actor| self.actor(actor)).collect();
        let works = actors.iter_mut().zip(acts).map(|(actor, act)| {
            let work: Pin<Box<dyn Future<Output = ()> + '_>> = Box::pin(actor.play(*act, webhooks));
            work
        });
        together(&world, works.collect()).await;
        let end = world.state().kinds.len();
        world.state().together = start..end;
    }

    /// The same merchant, on another process.
    fn actor(&self, actor: usize) -> Self {
        let client = Client::of_actor(Arc::clone(&self.client.world), Some(actor));
        Self { placed: self.placed, ..Self::new(client, self.metadata) }
    }

    pub(crate) fn payment(&self, key: &str) -> PaymentId {
        match Key::parse(key) {
            Ok(key) => PaymentId::from_key(&self.order, &key),
            Err(_) => PaymentId::from_number(&self.order, 0),
        }
    }

    /// Repeats the request while the outcome is unknown, as the shopper waits for a page.
    async fn pay(&mut self, key: &'static str, more: Value) {
        let ask = self.payment_asked_for(key, more);
        for _ in 0..3 {
            let Some(reply) = self.client.ask(&ask).await else {
                return;
            };
            if reply.status != 202 {
                return;
            }
            self.client.world.time.pass_ms(35_000);
        }
    }

    /// Begins a payment without waiting for its outcome.
    async fn pay_once(&mut self, key: &'static str) {
        let ask = self.payment_asked_for(key, json!({}));
        self.client.ask(&ask).await;
    }

    fn payment_asked_for(&self, key: &'static str, more: Value) -> Ask {
        let mut body = json!({ "order_id": self.order, "amount": AMOUNT, "currency": "USD" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let key = (!key.is_empty()).then(|| key.to_owned());
        Ask { route: "POST /api/payments", key, body, ..Ask::default() }
    }

    fn choose(&self, key: &str, outcome: &str) {
        let payment = self.payment(key);
        self.client.world.choose(payment.as_str(), outcome);
    }

    async fn act(
        &mut self,
        route: &'static str,
        key: &str,
        name: Option<&str>,
        body: Value,
    ) -> Option<Reply> {
        let parameter = Some(("payment_id", self.payment(key).as_str().to_owned()));
        let ask = Ask { route, parameter, key: name.map(str::to_owned), body, ..Ask::default() };
        self.client.ask(&ask).await
    }

    /// Before a capture or refund the order must have heard of the money: else asks, and lets the sweep
    /// ask.
    pub(crate) async fn heard_of(&mut self, key: &str, least: Phase) {
        let payment = self.payment(key);
        let order = self.client.world.state().orders.get(&format!("O#{}", self.order)).cloned();
        let attempt = order.as_ref().and_then(|order| order.attempts.get(&payment));
        // During concurrent work nobody waits, and nothing more is expected from an ended attempt.
        let waits = attempt.is_some_and(|it| it.phase().is_live() && it.phase() < least);
        if waits && self.client.actor.is_none() {
            self.client.world.time.pass_ms(35_000);
            self.look(key).await;
            self.sweep().await;
        }
    }

    async fn look(&mut self, key: &str) {
        self.act("GET /api/payments/{payment_id}", key, None, Value::Null).await;
    }

    async fn cancel(&mut self, key: &str) {
        let route = "POST /api/payments/{payment_id}/cancel";
        self.act(route, key, None, Value::Null).await;
    }

    async fn act_on_order(&mut self, route: &'static str) {
        let parameter = Some(("order_id", self.order.as_str().to_owned()));
        self.client.ask(&Ask { route, parameter, ..Ask::default() }).await;
    }

    /// The consumers receive everything in the queues.
    pub(crate) async fn listen(&mut self) {
        self.client.consume().await;
        let world = &self.client.world;
        for (target, received) in &mut self.heard {
            if *target == CONSUMED {
                *received = world.state().confirmations.iter().cloned().collect();
                continue;
            }
            let queue = format!("{target}.fifo");
            loop {
                let batch = world.sqs.receive(&queue, 10, None).unwrap();
                if batch.is_empty() {
                    break;
                }
                for message in batch {
                    let body: Value = serde_json::from_str(&message.body).unwrap();
                    let id = body["id"].as_str().unwrap_or_default().to_owned();
                    if received.get(&id).is_some_and(|known| known != &body) {
                        world.violate(format!("I5 {target} received two messages as {id}"));
                    }
                    if received.insert(id.clone(), body).is_none() {
                        self.sequence.push(id);
                    }
                    world.sqs.delete(&queue, &message.receipt_handle).unwrap();
                }
            }
        }
    }

    pub(crate) async fn sweep(&mut self) {
        self.client.world.state().work = Some(Work::Sweep);
        self.client.sweep().await;
    }

    pub(crate) async fn deliver(&mut self, webhooks: Webhooks) {
        let delivered = self.client.deliver().await;
        if delivered > 0 && webhooks == Webhooks::Replayed {
            self.client.replay().await;
        }
    }
}

pub(crate) fn body(amount: Option<u64>) -> Value {
    amount.map_or_else(|| json!({}), |amount| json!({ "amount": amount }))
}
