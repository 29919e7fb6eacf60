//! The business events between two images of an order, the source of confirmations, history and metrics.
//! They are derived, so no code path can forget to report one.

mod ledger;

use super::attempt::{Attempt, Failure};
use super::id::{OperationId, PaymentId};
use super::money::Money;
use super::names::DisputeId;
use super::order::{Ending, Order, State};
use super::phase::Phase;
use super::status::{PaymentStatus, RefundStatus};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    pub payment: Option<PaymentId>,
    /// Distinguishes this event from others of its kind on the same order.
    pub subject: String,
    /// The amount that moved, in its own currency: a capture in review may not have the order's.
    pub amount: Money,
    pub refund: Option<RefundDetails>,
    pub dispute: Option<DisputeId>,
}

/// The refund as a confirmation reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundDetails {
    pub id: OperationId,
    pub reason: &'static str,
    /// Whether somebody asked for it; otherwise the order owes it.
    pub asked: bool,
    pub status: RefundStatus,
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    AttemptStarted,
    OutcomeUnknown,
    PageOpened,
    TryFailed,
    CloseAsked,
    LateAuthorization,
    CaptureRequested,
    VoidRequested,
    RefundRequested,
    PaymentCompleted,
    PaymentCaptured,
    PaymentAuthorized,
    PaymentFailed,
    PaymentCanceled,
    PaymentExpired,
    PaymentReview,
    ExcessCapture,
    OperationReview,
    RefundCompleted,
    RefundFailed,
    DisputeOpened,
    DisputeWon,
    DisputeLost,
    OrderCreated,
    OrderCancelAsked,
    OrderExpired,
    OrderCanceled,
    OrderRedacted,
}

impl EventKind {
    /// The word used in `history` and in metrics.
    pub fn what(self) -> &'static str {
        match self {
            Self::AttemptStarted => "payment.started",
            Self::OutcomeUnknown => "payment.outcome_unknown",
            Self::PageOpened => "payment.page_opened",
            Self::TryFailed => "payment.try_failed",
            Self::CloseAsked => "payment.close_asked",
            Self::LateAuthorization => "payment.late_authorization",
            Self::CaptureRequested => "capture.requested",
            Self::VoidRequested => "void.requested",
            Self::RefundRequested => "refund.requested",
            Self::PaymentCompleted => "payment.completed",
            Self::PaymentCaptured => "payment.captured",
            Self::PaymentAuthorized => "payment.authorized",
            Self::PaymentFailed => "payment.failed",
            Self::PaymentCanceled => "payment.canceled",
            Self::PaymentExpired => "payment.expired",
            Self::PaymentReview | Self::OperationReview => "payment.review",
            Self::ExcessCapture => "payment.excess_capture",
            Self::RefundCompleted => "refund.completed",
            Self::RefundFailed => "refund.failed",
            Self::DisputeOpened => "dispute.opened",
            Self::DisputeWon => "dispute.won",
            Self::DisputeLost => "dispute.lost",
            Self::OrderCreated => "order.created",
            Self::OrderCancelAsked => "order.cancel_asked",
            Self::OrderExpired => "order.expired",
            Self::OrderCanceled => "order.canceled",
            Self::OrderRedacted => "order.redacted",
        }
    }

    /// Whether a confirmation is sent for it.
    pub fn is_announced(self) -> bool {
        match self {
            Self::AttemptStarted
            | Self::OutcomeUnknown
            | Self::PageOpened
            | Self::TryFailed
            | Self::CloseAsked
            | Self::LateAuthorization
            | Self::CaptureRequested
            | Self::VoidRequested
            | Self::RefundRequested
            | Self::ExcessCapture
            | Self::OrderCreated
            | Self::OrderCancelAsked
            | Self::OrderRedacted => false,
            Self::PaymentCompleted
            | Self::PaymentCaptured
            | Self::PaymentAuthorized
            | Self::PaymentFailed
            | Self::PaymentCanceled
            | Self::PaymentExpired
            | Self::PaymentReview
            | Self::OperationReview
            | Self::RefundCompleted
            | Self::RefundFailed
            | Self::DisputeOpened
            | Self::DisputeWon
            | Self::DisputeLost
            | Self::OrderExpired
            | Self::OrderCanceled => true,
        }
    }
}

pub fn changes(before: &Order, after: &Order) -> Vec<Event> {
    let mut events = Vec::new();
    for (id, attempt) in &after.attempts {
        attempt_changes(before, after, id, attempt, &mut events);
    }
    ledger::operations(before, after, &mut events);
    ledger::captures(before, after, &mut events);
    ledger::refunds(before, after, &mut events);
    ledger::disputes(before, after, &mut events);
    let of_the_order = match (before.state, after.state) {
        (State::Open, State::Expired) => Some(EventKind::OrderExpired),
        (State::Open, State::Canceled) => Some(EventKind::OrderCanceled),
        (State::Open, State::Open) => {
            let asked = before.ending != after.ending && after.ending == Some(Ending::Cancel);
            asked.then_some(EventKind::OrderCancelAsked)
        }
        _ => (before.redacted_at != after.redacted_at).then_some(EventKind::OrderRedacted),
    };
    events.extend(of_the_order.map(|kind| Event::new(kind, None, "", after.total)));
    events
}

impl Event {
    fn new(kind: EventKind, payment: Option<&PaymentId>, subject: &str, amount: Money) -> Self {
        let (payment, subject) = (payment.cloned(), subject.to_owned());
        Self { kind, payment, subject, amount, refund: None, dispute: None }
    }

    /// One fact, one name: a confirmation's id is made from it.
    pub(super) fn discriminator(&self) -> String {
        format!("{}:{}", self.kind.what(), self.subject)
    }
}

fn attempt_changes(
    before: &Order,
    after: &Order,
    id: &PaymentId,
    attempt: &Attempt,
    events: &mut Vec<Event>,
) {
    let known = before.attempts.get(id);
    let amount = after.total;
    let mut push = |kind| events.push(Event::new(kind, Some(id), id.as_str(), amount));
    if known.is_none() {
        push(EventKind::AttemptStarted);
    }
    if attempt.phase() == Phase::Unknown && known.is_none_or(|k| k.phase() != Phase::Unknown) {
        push(EventKind::OutcomeUnknown);
    }
    if attempt.page.is_some() && known.is_none_or(|k| k.page.is_none()) {
        push(EventKind::PageOpened);
    }
    let another_failure = attempt.failure != known.and_then(|k| k.failure.clone());
    if another_failure && attempt.failure.is_some() && attempt.phase().is_live() {
        push(EventKind::TryFailed);
    }
    if attempt.stray.iter().any(|object| known.is_none_or(|k| !k.stray.contains(object))) {
        push(EventKind::LateAuthorization);
    }
    if attempt.close.is_some() && known.is_none_or(|k| k.close.is_none()) {
        push(EventKind::CloseAsked);
    }
    let was = known.map_or(PaymentStatus::Pending, |k| before.payment_status(id, k));
    let is = after.payment_status(id, attempt);
    // Only the first ending is reported; the gateway may call it something else later.
    let ended =
        matches!(was, PaymentStatus::Failed | PaymentStatus::Canceled | PaymentStatus::Expired);
    let kind = match is {
        _ if was == is => None,
        PaymentStatus::Failed | PaymentStatus::Canceled | PaymentStatus::Expired if ended => None,
        PaymentStatus::Authorized => Some(EventKind::PaymentAuthorized),
        PaymentStatus::Failed => Some(EventKind::PaymentFailed),
        PaymentStatus::Canceled => Some(EventKind::PaymentCanceled),
        PaymentStatus::Expired => Some(EventKind::PaymentExpired),
        // Captures, and the refunds that return them, have their own events.
        PaymentStatus::Pending
        | PaymentStatus::Succeeded
        | PaymentStatus::Review
        | PaymentStatus::Returned => None,
    };
    if let Some(kind) = kind {
        push(kind);
    }
}
