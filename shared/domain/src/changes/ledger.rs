//! Events about money: operations, captures, refunds and disputes.

use super::{Event, EventKind, RefundDetails};
use crate::ledger::{CaptureClass, Dispute, Operation, OperationKind};
use crate::order::{Ending, Order};
use crate::phase::{DisputePhase, OperationPhase};
use crate::status::RefundStatus;

pub(super) fn operations(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, op) in &after.operations {
        let known = before.operations.get(id);
        let requested = match op.kind {
            OperationKind::Capture => EventKind::CaptureRequested,
            OperationKind::Void => EventKind::VoidRequested,
            OperationKind::Refund => EventKind::RefundRequested,
        };
        let amount = after.money_of(op.capture.as_ref(), op.amount_minor);
        let refund = (op.kind == OperationKind::Refund).then(|| RefundDetails {
            id: id.clone(),
            reason: after.reason_of(op),
            asked: !op.is_compensation() || is_of_a_cancel(before, after, op),
            status: RefundStatus::of_operation(op),
            failure: op.failure.clone(),
        });
        let event = |kind| Event {
            refund: refund.clone(),
            ..Event::new(kind, Some(&op.attempt), id.as_str(), amount)
        };
        if known.is_none() {
            events.push(event(requested));
        }
        let refused = op.phase() == OperationPhase::Refused
            && known.is_none_or(|k| k.phase() != OperationPhase::Refused);
        if refused && op.kind == OperationKind::Refund {
            events.push(event(EventKind::RefundFailed));
        }
        if op.for_review && known.is_none_or(|k| !k.for_review) {
            events.push(event(EventKind::OperationReview));
        }
    }
}

/// Canceling an order in review is a request for its refund.
fn is_of_a_cancel(before: &Order, after: &Order, op: &Operation) -> bool {
    let undecided = op.capture.as_ref().is_some_and(|id| before.awaits_decision(id));
    undecided && before.ending != after.ending && after.ending == Some(Ending::Cancel)
}

pub(super) fn captures(before: &Order, after: &Order, events: &mut Vec<Event>) {
    let mut newly_paid = before.winner.is_none() && after.winner.is_some();
    for (id, capture) in &after.captures {
        let was = before.captures.get(id).map(|known| known.class);
        if was == Some(capture.class) {
            continue;
        }
        let (kind, subject) = match capture.class {
            // Named by the order alone, so that an order is confirmed as paid only once.
            CaptureClass::Fits if newly_paid => (EventKind::PaymentCompleted, ""),
            CaptureClass::Fits => (EventKind::PaymentCaptured, id.as_str()),
            CaptureClass::Excess => (EventKind::ExcessCapture, id.as_str()),
            CaptureClass::Review => (EventKind::PaymentReview, id.as_str()),
        };
        newly_paid = newly_paid && capture.class != CaptureClass::Fits;
        events.push(Event::new(kind, Some(&capture.attempt), subject, capture.amount));
    }
}

pub(super) fn refunds(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, refund) in &after.refunds {
        if before.refunds.get(id).is_some_and(|known| known.phase() == refund.phase()) {
            continue;
        }
        let kind = match refund.phase() {
            OperationPhase::Done => EventKind::RefundCompleted,
            OperationPhase::Failed | OperationPhase::Refused => EventKind::RefundFailed,
            OperationPhase::Sending | OperationPhase::Unknown | OperationPhase::Pending => continue,
        };
        let (public_id, reason) = after.public_refund(id, refund);
        let ours = after.operations.get(&public_id);
        let payment = after.captures.get(&refund.capture).map(|capture| capture.attempt.clone());
        let payment = payment.or_else(|| ours.map(|op| op.attempt.clone()));
        let failure = refund.failure.as_ref().or(ours.and_then(|op| op.failure.as_ref()));
        let details = RefundDetails {
            id: public_id.clone(),
            reason,
            asked: ours.is_none_or(|op| !op.is_compensation()),
            status: RefundStatus::of(refund.phase()),
            failure: failure.cloned(),
        };
        let amount = after.money_of(Some(&refund.capture), refund.amount_minor);
        let event = Event::new(kind, payment.as_ref(), public_id.as_str(), amount);
        events.push(Event { refund: Some(details), ..event });
    }
}

/// A dispute that is won or lost was opened, even if its opening was never reported.
pub(super) fn disputes(before: &Order, after: &Order, events: &mut Vec<Event>) {
    for (id, dispute) in &after.disputes {
        let known = before.disputes.get(id).map(Dispute::phase);
        if known == Some(dispute.phase()) {
            continue;
        }
        let payment = after.captures.get(&dispute.capture).map(|capture| &capture.attempt);
        let amount = after.money_of(Some(&dispute.capture), dispute.amount_minor);
        let mut push = |kind| {
            let event = Event::new(kind, payment, id.as_str(), amount);
            events.push(Event { dispute: Some(id.clone()), ..event });
        };
        let outcome = match dispute.phase() {
            DisputePhase::Open => None,
            DisputePhase::Won => Some(EventKind::DisputeWon),
            DisputePhase::Lost => Some(EventKind::DisputeLost),
        };
        if known.is_none() {
            push(EventKind::DisputeOpened);
        }
        if let Some(outcome) = outcome {
            push(outcome);
        }
    }
}
