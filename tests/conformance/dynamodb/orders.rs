//! Orders in every state that the store's conditions distinguish.

use quittance::domain::attempt::{Attempt, CaptureMode, NewAttempt};
use quittance::domain::capabilities::Rules;
use quittance::domain::digest::digest;
use quittance::domain::due::shard_of;
use quittance::domain::history::Source;
use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::idempotency::Fingerprint;
use quittance::domain::money::{Currency, Money};
use quittance::domain::names::{GatewayName, Nonce};
use quittance::domain::occasion::Occasion;
use quittance::domain::order::Order;
use quittance::domain::time::Timestamp;
use quittance::store::{Claimed, Created, Saved, Store, StoreError};

use crate::{Desk, Stop};

/// So far ahead that no table deletes an item expiring around that time while a case is played.
pub(super) const NOW: Timestamp = Timestamp::from_unix(4_000_000_000);
/// Enough that each order has its own shard, and a case sees only its own entries.
const SHARDS: u32 = u32::MAX;

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self::Refused(message)
    }
}

pub(super) fn usd(amount_minor: u64) -> Money {
    Money::new(amount_minor, Currency::from_code("USD").unwrap())
}

/// Open, for 75 dollars, until tomorrow.
pub(super) fn open(desk: &Desk) -> Order {
    let hash = digest(&[&desk.name("order")]);
    let id = OrderId::from_random(hash[..16].try_into().unwrap());
    let expires_at = NOW.plus(86_400);
    Order {
        writer: Nonce("w1".to_owned()),
        fingerprint: Fingerprint::of("orders", "{}"),
        due_s: Some(shard_of(&id, SHARDS)),
        due_at: Some(expires_at),
        ..Order::open(id, usd(7500), NOW, expires_at)
    }
}

pub(super) fn occasion(nonce: &str) -> Occasion {
    let nonce = Nonce(nonce.to_owned());
    Occasion { now: NOW, source: Source::Merchant, nonce, by: None, request: None }
}

pub(super) fn attempt(nonce: &str) -> Attempt {
    let new = NewAttempt {
        fingerprint: Fingerprint::of("payments", "{}"),
        key_hash: None,
        gateway: GatewayName::new("g"),
        mode: CaptureMode::Automatic,
        method: None,
        return_url: None,
        live: false,
        stack: Some("quittance".to_owned()),
    };
    new.claimed_by(&Nonce(nonce.to_owned()), NOW)
}

/// The id of the `n`th attempt.
pub(super) fn payment(order: &Order, n: usize) -> PaymentId {
    PaymentId::from_number(&order.id, n)
}

/// Claims the `n`th attempt of an order of 75 dollars.
pub(super) async fn claim(
    store: &Store,
    order: &Order,
    n: usize,
    nonce: &str,
) -> Result<Claimed, Stop> {
    let rules = Rules { due_shards: SHARDS, ..Rules::default() };
    let id = payment(order, n);
    let claimed = store.claim(&id, &attempt(nonce), usd(7500), &rules, &occasion(nonce)).await?;
    Ok(claimed)
}

/// The order's next version, written by `nonce`.
pub(super) fn next(order: &Order, nonce: &str) -> Order {
    Order { version: order.version + 1, writer: Nonce(nonce.to_owned()), ..order.clone() }
}

pub(super) fn created(outcome: &Created) -> &'static str {
    match outcome {
        Created::Won => "won",
        Created::Exists(_) => "exists",
    }
}

pub(super) fn claimed(outcome: &Claimed) -> &'static str {
    match outcome {
        Claimed::Won(_) => "won",
        Claimed::Refused(_) => "refused",
        Claimed::NoSuchOrder => "no such order",
    }
}

pub(super) fn saved(outcome: &Saved) -> &'static str {
    match outcome {
        Saved::Won => "won",
        Saved::Lost(_) => "lost",
        Saved::Gone => "gone",
    }
}

/// `same` or `other`.
pub(super) fn compared(a: Option<&Order>, b: &Order) -> &'static str {
    if a == Some(b) { "same" } else { "other" }
}

/// `1 won, 15 refused`.
pub(super) fn tally(outcomes: &[&'static str]) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(*outcome).or_insert(0) += 1;
    }
    let counts = counts.into_iter().rev().map(|(outcome, n)| format!("{n} {outcome}"));
    counts.collect::<Vec<_>>().join(", ")
}
