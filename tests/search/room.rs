//! Room as the checker counts it: by its own sums, so that a mistake in the order's is seen.

use quittance::domain::ledger::OperationKind;
use quittance::domain::order::Order;
use quittance::domain::phase::{DisputePhase, OperationPhase};

/// What of a capture is gone, given back or on its way back.
pub(super) fn spent(order: &Order, capture: &str) -> u64 {
    let mut sum = 0;
    for dispute in order.disputes.values() {
        let lost = dispute.phase == DisputePhase::Lost && dispute.capture == capture;
        sum += if lost { dispute.amount_minor } else { 0 };
    }
    for refund in order.refunds.values().filter(|refund| refund.capture == capture) {
        let failed = refund.phase == OperationPhase::Failed;
        sum += if failed { 0 } else { refund.amount_minor };
    }
    for (id, op) in &order.operations {
        let under_way = matches!(op.phase, OperationPhase::Sending | OperationPhase::Unknown);
        let shown = order.refunds.values().any(|refund| refund.operation.as_ref() == Some(id));
        let of_this = op.kind == OperationKind::Refund && op.capture.as_deref() == Some(capture);
        let takes = of_this && !shown && (under_way || op.for_review);
        sum += if takes { op.amount_minor } else { 0 };
    }
    sum
}
