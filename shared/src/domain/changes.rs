//! What happened between two images of an order: the business events, from which come confirmations,
//! history and metrics. Derived, so that no code path can forget to tell.

use super::attempt::Attempt;
use super::id::{OperationId, PaymentId};
use super::ledger::{CaptureClass, OperationKind, Reason, Refund};
use super::money::Money;
use super::order::{Order, State};
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::status::PaymentStatus;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    pub payment: Option<PaymentId>,
    /// Tells this event from others of its kind on the same order.
    pub subject: String,
    /// What moved, in its own currency: a capture in review need not have the order's.
    pub amount: Money,
    pub refund: Option<(OperationId, Reason)>,
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
    OrderExpired,
    OrderCanceled,
}

impl EventKind {
    /// The word in `history`, and in metrics.
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
            Self::OrderExpired => "order.expired",
            Self::OrderCanceled => "order.canceled",
        }
    }

    /// Whether the rest of the business hears of it.
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
            | Self::ExcessCapture => false,
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
    operation_changes(before, after, &mut events);
    capture_changes(before, after, &mut events);
    refund_changes(before, after, &mut events);
    dispute_changes(before, after, &mut events);
    let ended = match (before.state, after.state) {
        (State::Open, State::Expired) => Some(EventKind::OrderExpired),
        (State::Open, State::Cancelled) => Some(EventKind::OrderCanceled),
        _ => None,
    };
    if let Some(kind) = ended {
        events.push(Event::new(kind, None, "", after.total));
    }
    events
}

impl Event {
    fn new(kind: EventKind, payment: Option<&PaymentId>, subject: &str, amount: Money) -> Self {
        Self { kind, payment: payment.cloned(), subject: subject.to_owned(), amount, refund: None }
    }

    /// One fact, one name: what makes a confirmation's id.
    pub fn discriminator(&self) -> String {
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
    let mut tell = |kind| events.push(Event::new(kind, Some(id), id.as_str(), amount));
    if known.is_none() {
        tell(EventKind::AttemptStarted);
    }
    if attempt.phase == Phase::Unknown && known.is_none_or(|k| k.phase != Phase::Unknown) {
        tell(EventKind::OutcomeUnknown);
    }
    if attempt.page.is_some() && known.is_none_or(|k| k.page.is_none()) {
        tell(EventKind::PageOpened);
    }
    let another_failure = attempt.failure != known.and_then(|k| k.failure.clone());
    if another_failure && attempt.failure.is_some() && attempt.phase.is_live() {
        tell(EventKind::TryFailed);
    }
    if attempt.stray.iter().any(|object| known.is_none_or(|k| !k.stray.contains(object))) {
        tell(EventKind::LateAuthorization);
    }
    if attempt.close.is_some() && known.is_none_or(|k| k.close.is_none()) {
        tell(EventKind::CloseAsked);
    }
    let was = known.map_or(PaymentStatus::Pending, |k| before.payment_status(id, k));
    let is = after.payment_status(id, attempt);
    // One ending is told; what the gateway calls it later is history.
    let ended =
        matches!(was, PaymentStatus::Failed | PaymentStatus::Canceled | PaymentStatus::Expired);
    let kind = match is {
        _ if was == is => None,
        PaymentStatus::Failed | PaymentStatus::Canceled | PaymentStatus::Expired if ended => None,
        PaymentStatus::Authorized => Some(EventKind::PaymentAuthorized),
        PaymentStatus::Failed => Some(EventKind::PaymentFailed),
        PaymentStatus::Canceled => Some(EventKind::PaymentCanceled),
        PaymentStatus::Expired => Some(EventKind::PaymentExpired),
        // A capture speaks for itself below.
        PaymentStatus::Pending | PaymentStatus::Succeeded | PaymentStatus::Review => None,
    };
    if let Some(kind) = kind {
        tell(kind);
    }
}

fn operation_changes(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, op) in &after.operations {
        let known = before.operations.get(id);
        let requested = match op.kind {
            OperationKind::Capture => EventKind::CaptureRequested,
            OperationKind::Void => EventKind::VoidRequested,
            OperationKind::Refund => EventKind::RefundRequested,
        };
        let amount = after.money_of(op.capture.as_deref(), op.amount_minor);
        let event = |kind| Event {
            refund: (op.kind == OperationKind::Refund).then(|| (id.clone(), op.reason)),
            ..Event::new(kind, Some(&op.attempt), id.as_str(), amount)
        };
        if known.is_none() {
            events.push(event(requested));
        }
        let refused = op.phase == OperationPhase::Refused
            && known.is_none_or(|k| k.phase != OperationPhase::Refused);
        if refused && op.kind == OperationKind::Refund {
            events.push(event(EventKind::RefundFailed));
        }
        if op.for_review && known.is_none_or(|k| !k.for_review) {
            events.push(event(EventKind::OperationReview));
        }
    }
}

fn capture_changes(before: &Order, after: &Order, events: &mut Vec<Event>) {
    let mut newly_paid = before.winner.is_none() && after.winner.is_some();
    for (id, capture) in &after.captures {
        let was = before.captures.get(id).map(|known| known.class);
        if was == Some(capture.class) {
            continue;
        }
        let (kind, subject) = match capture.class {
            // The order's own confirmation: named by the order alone, so that there can be only one.
            CaptureClass::Fits if newly_paid => (EventKind::PaymentCompleted, ""),
            CaptureClass::Fits => (EventKind::PaymentCaptured, id.as_str()),
            CaptureClass::Excess => (EventKind::ExcessCapture, id.as_str()),
            CaptureClass::Review => (EventKind::PaymentReview, id.as_str()),
        };
        newly_paid = newly_paid && capture.class != CaptureClass::Fits;
        events.push(Event::new(kind, Some(&capture.attempt), subject, capture.amount));
    }
}

fn refund_changes(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, refund) in &after.refunds {
        if before.refunds.get(id).is_some_and(|known| known.phase == refund.phase) {
            continue;
        }
        let kind = match refund.phase {
            OperationPhase::Done => EventKind::RefundCompleted,
            OperationPhase::Failed | OperationPhase::Refused => EventKind::RefundFailed,
            OperationPhase::Sending | OperationPhase::Unknown | OperationPhase::Pending => continue,
        };
        let (public_id, reason) = after.public_refund(id, refund);
        let payment = after.captures.get(&refund.capture).map(|capture| capture.attempt.clone());
        let payment =
            payment.or_else(|| after.operations.get(&public_id).map(|op| op.attempt.clone()));
        events.push(Event {
            kind,
            payment,
            subject: public_id.as_str().to_owned(),
            amount: after.money_of(Some(&refund.capture), refund.amount_minor),
            refund: Some((public_id, reason)),
        });
    }
}

impl Order {
    /// A part of a capture is in the capture's currency.
    fn money_of(&self, capture: Option<&str>, amount_minor: u64) -> Money {
        let capture = capture.and_then(|id| self.captures.get(id));
        Money::new(amount_minor, capture.map_or(self.currency(), |known| known.amount.currency))
    }

    /// A refund's public name and reason: our operation's, or one computed for a refund made at the
    /// gateway.
    pub fn public_refund(&self, gateway_id: &str, refund: &Refund) -> (OperationId, Reason) {
        let ours = refund.operation.as_ref().and_then(|id| self.operations.get_key_value(id));
        ours.map_or_else(
            || (OperationId::foreign_refund(&self.id, gateway_id), Reason::Gateway),
            |(id, op)| (id.clone(), op.reason),
        )
    }
}

fn dispute_changes(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, dispute) in &after.disputes {
        if before.disputes.get(id).is_some_and(|known| known.phase == dispute.phase) {
            continue;
        }
        let kind = match dispute.phase {
            DisputePhase::Open => EventKind::DisputeOpened,
            DisputePhase::Won => EventKind::DisputeWon,
            DisputePhase::Lost => EventKind::DisputeLost,
        };
        let payment = after.captures.get(&dispute.capture).map(|capture| &capture.attempt);
        let amount = after.money_of(Some(&dispute.capture), dispute.amount_minor);
        events.push(Event::new(kind, payment, id, amount));
    }
}
