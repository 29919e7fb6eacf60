//! The answer of an order in its current state to a request for a payment. The first match wins.

use super::attempt::{Attempt, CaptureMode, Method};
use super::id::PaymentId;
use super::idempotency::{Fingerprint, KeyHash};
use super::money::Money;
use super::names::GatewayName;
use super::order::{ATTEMPTS_MAX, Ending, Order, State};
use super::phase::Phase;
use super::time::Timestamp;

/// What in a request identifies an attempt.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The attempt that the key names, if there is a key.
    pub id: Option<PaymentId>,
    pub key_hash: Option<KeyHash>,
    pub fingerprint: Fingerprint,
    pub total: Money,
    pub gateway: Option<GatewayName>,
    pub method: Option<Method>,
    pub mode: Option<CaptureMode>,
    pub replace: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands in the way of a new attempt.
    Claim,
    KeyReused,
    IdCollision,
    AmountMismatch,
    InProgress(PaymentId),
    /// Its owner is gone or its outcome is unknown: ask the gateway.
    Resolve(PaymentId),
    Replay(PaymentId),
    Declined(PaymentId),
    Paid(Option<PaymentId>),
    /// Another attempt is live and must be closed first.
    Replace(PaymentId),
    Live(PaymentId),
    InReview,
    Expired,
    Canceled,
    TooManyAttempts,
}

pub fn verdict(order: &Order, wanted: &Wanted, now: Timestamp) -> Verdict {
    let known = wanted.id.as_ref().and_then(|id| order.attempts.get_key_value(id));
    if let Some((id, attempt)) = known {
        if attempt.key_hash != wanted.key_hash {
            return Verdict::IdCollision;
        }
        if attempt.fingerprint.is_erased() {
            return as_known(id, attempt, now);
        }
        if attempt.fingerprint != wanted.fingerprint {
            return Verdict::KeyReused;
        }
    }
    if order.total != wanted.total {
        return Verdict::AmountMismatch;
    }
    if let Some((id, attempt)) = known {
        return as_known(id, attempt, now);
    }
    if order.state == State::Paid {
        return Verdict::Paid(order.winner.as_ref().map(|winner| winner.attempt.clone()));
    }
    if let Some((id, attempt)) = order.live_attempt() {
        return match wanted {
            Wanted { id: None, .. } if wanted.is_met_by(attempt) => as_known(id, attempt, now),
            Wanted { id: Some(_), replace: true, .. } => Verdict::Replace(id.clone()),
            Wanted { .. } => Verdict::Live(id.clone()),
        };
    }
    without_live_attempt(order, now)
}

fn without_live_attempt(order: &Order, now: Timestamp) -> Verdict {
    let canceled = order.state == State::Canceled || order.ending == Some(Ending::Cancel);
    let expired = order.state == State::Expired
        || order.ending == Some(Ending::Expire)
        || order.expires_at <= now;
    if order.review_open.is_some() {
        Verdict::InReview
    } else if canceled {
        Verdict::Canceled
    } else if expired {
        Verdict::Expired
    } else if order.attempts.len() >= ATTEMPTS_MAX {
        Verdict::TooManyAttempts
    } else {
        Verdict::Claim
    }
}

fn as_known(id: &PaymentId, attempt: &Attempt, now: Timestamp) -> Verdict {
    let id = id.clone();
    match attempt.phase() {
        Phase::Sending if attempt.is_leased(now) => Verdict::InProgress(id),
        // Another caller is already asking.
        Phase::Unknown if attempt.is_leased(now) => Verdict::Replay(id),
        Phase::Sending | Phase::Unknown => Verdict::Resolve(id),
        Phase::Failed if was_declined_in_the_call(attempt) => Verdict::Declined(id),
        Phase::Pending
        | Phase::Authorized
        | Phase::Closed
        | Phase::Abandoned
        | Phase::Canceled
        | Phase::Expired
        | Phase::Failed
        | Phase::Captured => Verdict::Replay(id),
    }
}

/// Whether the create call itself was declined: no page was handed out, so no shopper can have failed on it.
pub fn was_declined_in_the_call(attempt: &Attempt) -> bool {
    attempt.phase() == Phase::Failed && attempt.page.is_none()
}

impl Wanted {
    /// An absent member matches anything.
    fn is_met_by(&self, attempt: &Attempt) -> bool {
        self.gateway.as_ref().is_none_or(|gateway| gateway == &attempt.gateway)
            && self.method.is_none_or(|method| Some(method) == attempt.method)
            && self.mode.is_none_or(|mode| mode == attempt.mode)
    }
}
