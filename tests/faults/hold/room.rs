//! Room as the checker counts it, with its own arithmetic, so that a mistake in the order's is noticed.

use quittance::domain::ledger::OperationKind;
use quittance::domain::names::CaptureId;
use quittance::domain::order::Order;
use quittance::domain::phase::{DisputePhase, OperationPhase};

use crate::hold::under_way::may_move_money;

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
