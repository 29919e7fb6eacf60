//! A test's order: claims, facts and time, each step concluded as the store would write it.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test panics at its first failure"
)]

use std::collections::BTreeMap;

use super::attempt::{Attempt, CaptureMode, NewAttempt};
use super::capabilities::{Capabilities, CapturedByUs, LookUp, PageOnly, RepeatSafety, Rules};
use super::changes::Event;
use super::conclude::{Concluded, conclude};
use super::fact::{Seen, SeenCapture, SeenDispute, SeenPage, SeenRefund};
use super::history::Source;
use super::id::{OperationId, OrderId, PaymentId};
use super::idempotency::{Fingerprint, Key};
use super::limit::RefundLimit;
use super::merge::merge;
use super::money::{Currency, Money};
use super::names::{
    CaptureId, DisputeId, GatewayName, GatewayRefundId, Nonce, ObjectId, TargetName,
};
use super::occasion::Occasion;
use super::order::Order;
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::reservations::NewOperation;
use super::time::Timestamp;

pub const START: Timestamp = Timestamp::from_unix(1_795_165_200);

pub const FULL: Capabilities = Capabilities {
    create_keys: RepeatSafety::Key { lifetime_seconds: 86_400 },
    refund_keys: RepeatSafety::Key { lifetime_seconds: 86_400 },
    cancel: true,
    page_life: true,
    captured_by_us: CapturedByUs::Never,
    void: true,
    partial_capture: true,
    look_up: LookUp::ByReference,
    page_only: PageOnly::UnlessMetadata("sandbox"),
    signed_events: true,
};

#[derive(Debug)]
pub struct Case {
    pub order: Order,
    pub rules: Rules,
    pub now: Timestamp,
    pub confirmed: Vec<&'static str>,
}

pub fn usd(amount_minor: u64) -> Money {
    Money::new(amount_minor, Currency::from_code("USD").unwrap())
}

pub fn open_order() -> Order {
    let expires_at = START.plus(86_400);
    Order {
        writer: Nonce("w".to_owned()),
        fingerprint: Fingerprint::of("orders", "{}"),
        due_at: Some(expires_at),
        due_s: Some(0),
        ..Order::open(OrderId::from_random([1; 16]), usd(7500), START, expires_at)
    }
}

impl Case {
    pub fn new(able: Capabilities) -> Self {
        let capabilities = BTreeMap::from([(gateway(), able)]);
        let targets = vec![TargetName::new("fulfilment")];
        let rules = Rules { capabilities, targets, due_shards: 8, live: false };
        Self { order: open_order(), rules, now: START, confirmed: Vec::new() }
    }

    /// Applies a change as the store would, and remembers what was announced.
    pub fn change(&mut self, apply: impl FnOnce(&mut Order)) -> Vec<Event> {
        let mut after = self.order.clone();
        apply(&mut after);
        let occasion = Occasion {
            now: self.now,
            source: Source::Webhook,
            nonce: Nonce(format!("n{}", self.order.version)),
            by: None,
            request: None,
        };
        match conclude(&self.order, after, &self.rules, &occasion) {
            None => Vec::new(),
            Some(Concluded { order, events }) => {
                self.order = order;
                let announced = events.iter().filter(|event| event.kind.is_announced());
                self.confirmed.extend(announced.map(|event| event.kind.what()));
                events
            }
        }
    }

    pub fn attempt(&mut self, n: usize, mode: CaptureMode) -> PaymentId {
        let id = PaymentId::from_number(&self.order.id, n);
        assert!(self.order.accepts_attempt(self.now), "the order takes another attempt");
        let attempt = self.new_attempt(mode);
        self.change(|order| order.add_attempt(&id, attempt));
        id
    }

    pub fn new_attempt(&self, mode: CaptureMode) -> Attempt {
        let new = NewAttempt {
            fingerprint: Fingerprint::of("payments", "{}"),
            key_hash: None,
            gateway: gateway(),
            mode,
            method: None,
            return_url: None,
            live: self.rules.live,
            stack: Some("quittance".to_owned()),
        };
        new.claimed_by(&Nonce("me".to_owned()), self.now)
    }

    pub fn learn(&mut self, payment: &PaymentId, seen: &Seen) -> Vec<Event> {
        let now = self.now;
        self.change(|order| merge(order, payment, seen, now).unwrap())
    }

    pub fn operation(&self, name: &str, amount_minor: Option<u64>) -> NewOperation {
        let key = Key::parse(name).unwrap();
        let payment = self.order.attempts.keys().next().unwrap();
        NewOperation {
            id: OperationId::refund_from_key(payment, &key),
            fingerprint: Fingerprint::of("refunds", name),
            key_hash: key.hash("refunds"),
            amount_minor,
            note: None,
            limit: RefundLimit::Unlimited,
            nonce: Nonce(name.to_owned()),
            now: self.now,
        }
    }
}

pub fn pending(object: &str) -> Seen {
    let page = SeenPage {
        address: Some(format!("https://pay.example/{object}")),
        token: Some("tok".to_owned()),
        expires_at: None,
    };
    Seen { page: Some(page), ..at(object, Phase::Pending) }
}

pub fn at(object: &str, phase: Phase) -> Seen {
    Seen { object: ObjectId::new(object), phase: Some(phase), ..Seen::default() }
}

pub fn authorized(object: &str, amount: Money) -> Seen {
    Seen { authorized: Some(amount), ..at(object, Phase::Authorized) }
}

/// The gateway of every attempt.
pub fn gateway() -> GatewayName {
    GatewayName::new("g")
}

/// Differs from the object's name, so that mistaking one for the other shows.
fn shown_capture_of(object: &str) -> CaptureId {
    CaptureId::new(format!("{object}#0"))
}

/// The capture of an object, as the order keeps it.
pub fn capture_of(object: &str) -> CaptureId {
    shown_capture_of(object).kept(&gateway())
}

pub fn captured(object: &str, amount: Money) -> Seen {
    let capture = SeenCapture { id: shown_capture_of(object), amount, operation: None };
    Seen { captures: vec![capture], ..at(object, Phase::Captured) }
}

pub fn refunded(
    object: &str,
    refund: &str,
    amount_minor: u64,
    operation: Option<&OperationId>,
    phase: OperationPhase,
) -> Seen {
    let refund = SeenRefund {
        id: GatewayRefundId::new(refund),
        operation: operation.cloned(),
        capture: shown_capture_of(object),
        amount_minor,
        phase,
        failure: None,
    };
    Seen { object: ObjectId::new(object), refunds: vec![refund], ..Seen::default() }
}

pub fn disputed(object: &str, amount_minor: u64, phase: DisputePhase) -> Seen {
    let dispute = SeenDispute {
        id: DisputeId::new("d1"),
        capture: shown_capture_of(object),
        amount_minor,
        phase,
        reason: Some("fraudulent".to_owned()),
        respond_by: None,
    };
    Seen { object: ObjectId::new(object), disputes: vec![dispute], ..Seen::default() }
}
