//! The order item: idempotency record, lock, payment state and outbox in one. The stored field names are
//! short because every byte of every write costs money.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::cart::Cart;
use super::history::HistoryEntry;
use super::id::{OperationId, OrderId, PaymentId};
use super::idempotency::{Fingerprint, KeyHash};
use super::ledger::{Capture, Dispute, Operation, Refund};
use super::money::{Currency, Money};
use super::names::{CaptureId, DisputeId, GatewayRefundId, MessageId, Nonce, ObjectId, TargetName};
use super::time::Timestamp;

pub const ATTEMPTS_MAX: usize = 20;
/// The most entries in each of `captures`, `refunds`, `operations` and `disputes`. A fact that would exceed
/// it is parked, not dropped.
pub const ENTRIES_MAX: usize = 64;
pub const HISTORY_MAX: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    #[serde(rename = "ver")]
    pub version: u64,
    #[serde(rename = "w")]
    pub writer: Nonce,
    #[serde(rename = "fp")]
    pub fingerprint: Fingerprint,
    #[serde(rename = "kh", default, skip_serializing_if = "Option::is_none")]
    pub key_hash: Option<KeyHash>,
    #[serde(rename = "sum")]
    pub total: Money,
    #[serde(rename = "born")]
    pub created_at: Timestamp,
    #[serde(rename = "exp")]
    pub expires_at: Timestamp,
    /// When personal data was last removed from the order.
    #[serde(rename = "red", default, skip_serializing_if = "Option::is_none")]
    pub redacted_at: Option<Timestamp>,
    #[serde(rename = "st")]
    pub state: State,
    /// The intention to end the order, never withdrawn. The order ends once nothing is live.
    #[serde(rename = "end", default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<PaymentId>,
    #[serde(rename = "win", default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Winner>,
    #[serde(rename = "atts", default)]
    pub attempts: BTreeMap<PaymentId, Attempt>,
    #[serde(rename = "caps", default)]
    pub captures: BTreeMap<CaptureId, Capture>,
    #[serde(rename = "refs", default)]
    pub refunds: BTreeMap<GatewayRefundId, Refund>,
    #[serde(rename = "ops", default)]
    pub operations: BTreeMap<OperationId, Operation>,
    #[serde(rename = "disp", default)]
    pub disputes: BTreeMap<DisputeId, Dispute>,
    /// Present while an open order has a capture in review that has not been returned.
    #[serde(rename = "rev_open", default, skip_serializing_if = "Option::is_none")]
    pub review_open: Option<bool>,
    /// The deadline for asking the gateway about an unsigned event, by payment.
    #[serde(default)]
    pub ask: BTreeMap<PaymentId, Timestamp>,
    #[serde(rename = "req")]
    pub details: Details,
    #[serde(rename = "out", default)]
    pub outbox: BTreeMap<MessageId, Outgoing>,
    #[serde(rename = "hist", default)]
    pub history: Vec<HistoryEntry>,
    /// How often the gateway was asked without news; sets the interval until the next look-up.
    #[serde(default)]
    pub polls: u32,
    /// Set exactly while the order has unfinished work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_s: Option<u32>,
    /// The day and shard of the first gateway answer, for listings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_s: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    Paid,
    Expired,
    #[serde(rename = "cancelled")]
    Canceled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Expire,
    Cancel,
}

/// The attempt and the gateway object that paid the order. An object, not a capture, because a payment may
/// be captured in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Winner {
    #[serde(rename = "att")]
    pub attempt: PaymentId,
    #[serde(rename = "obj")]
    pub object: ObjectId,
}

/// A confirmation that has been decided but not yet sent to every target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The position among the order's messages, which are sent in this sequence.
    #[serde(rename = "n")]
    pub sequence: u64,
    pub body: String,
    #[serde(rename = "to")]
    pub targets: BTreeSet<TargetName>,
    /// The id of the request that recorded the fact, to follow it through the logs.
    #[serde(rename = "rq", default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// The merchant's data of the order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    #[serde(flatten)]
    pub cart: Cart,
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Customer(..)")
    }
}

impl Order {
    /// A new order without attempts.
    pub fn open(id: OrderId, total: Money, created_at: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            writer: Nonce(String::new()),
            fingerprint: Fingerprint::default(),
            key_hash: None,
            total,
            created_at,
            expires_at,
            redacted_at: None,
            state: State::Open,
            ending: None,
            live: None,
            winner: None,
            attempts: BTreeMap::new(),
            captures: BTreeMap::new(),
            refunds: BTreeMap::new(),
            operations: BTreeMap::new(),
            disputes: BTreeMap::new(),
            review_open: None,
            ask: BTreeMap::new(),
            details: Details::default(),
            outbox: BTreeMap::new(),
            history: Vec::new(),
            polls: 0,
            due_at: None,
            due_s: None,
            day_s: None,
            day_at: None,
        }
    }

    pub fn currency(&self) -> Currency {
        self.total.currency
    }

    pub fn live_attempt(&self) -> Option<(&PaymentId, &Attempt)> {
        self.live.as_ref().and_then(|id| self.attempts.get_key_value(id))
    }

    pub fn captures_of<'a>(
        &'a self,
        attempt: &'a PaymentId,
    ) -> impl Iterator<Item = (&'a CaptureId, &'a Capture)> {
        self.captures.iter().filter(move |(_, capture)| &capture.attempt == attempt)
    }
}
