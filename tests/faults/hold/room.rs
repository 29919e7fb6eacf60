//! Room as the checker counts it, with its own arithmetic, so that a mistake in the order's is noticed.

use quittance::domain::ledger::{CaptureClass, OperationKind, Refund};
use quittance::domain::names::CaptureId;
use quittance::domain::order::Order;
use quittance::domain::phase::{DisputePhase, OperationPhase};
use serde_json::Value;

use crate::hold::under_way::may_move_money;

/// The name of a payment's capture, as the gateway shows it in a payment or an event.
pub(crate) fn capture_of(shown: &Value) -> CaptureId {
    let own = shown["capture_id"].as_str().or_else(|| shown["id"].as_str());
    CaptureId::new(own.unwrap_or_default())
}

/// The part of a capture that is gone, refunded or being refunded.
pub(crate) fn spent(order: &Order, capture: &CaptureId) -> u64 {
    let mut sum = 0;
    for dispute in order.disputes.values() {
        let lost = dispute.phase() == DisputePhase::Lost && &dispute.capture == capture;
        sum += if lost { dispute.amount_minor } else { 0 };
    }
    for refund in order.refunds.values().filter(|refund| &refund.capture == capture) {
        let failed = refund.phase() == OperationPhase::Failed;
        sum += if failed { 0 } else { refund.amount_minor };
    }
    for (id, op) in &order.operations {
        let shown = order.refunds.values().any(|refund| refund.operation.as_ref() == Some(id));
        let of_this = op.kind == OperationKind::Refund && op.capture.as_ref() == Some(capture);
        let takes = of_this && !shown && may_move_money(op);
        sum += if takes { op.amount_minor } else { 0 };
    }
    sum
}

/// Whether a capture that does not match the order was refunded in full before any later payment began,
/// so that the order could be paid again.
pub(crate) fn returned(order: &Order, object: &Value) -> bool {
    let id = capture_of(object);
    let Some(capture) = order.captures.get(&id).filter(|it| it.class == CaptureClass::Review)
    else {
        return false;
    };
    let given_back =
        |refund: &&Refund| refund.capture == id && refund.phase() == OperationPhase::Done;
    let refunds = || order.refunds.values().filter(given_back);
    let Some(since) = refunds().map(|refund| refund.learnt_at).max() else {
        return false;
    };
    let began = order.attempts.get(&capture.attempt).map(|attempt| attempt.created_at);
    let later = order.attempts.values().filter(|attempt| Some(attempt.created_at) > began);
    refunds().map(|refund| refund.amount_minor).sum::<u64>() == capture.amount.amount_minor
        && later.into_iter().all(|attempt| attempt.created_at >= since)
}
