//! What is under way in an order, as the checker sees it. It asks none of the order's own rules, so that a
//! mistake in those is noticed.

use quittance::domain::id::PaymentId;
use quittance::domain::ledger::{Operation, OperationKind};
use quittance::domain::order::{Order, State};
use quittance::domain::phase::OperationPhase;

/// Nobody knows yet what became of it.
pub(crate) fn is_open(op: &Operation) -> bool {
    match op.phase() {
        OperationPhase::Sending | OperationPhase::Unknown => true,
        OperationPhase::Refused
        | OperationPhase::Pending
        | OperationPhase::Done
        | OperationPhase::Failed => false,
    }
}

/// It may still move money: its outcome is open, or only a person can find the outcome.
pub(crate) fn may_move_money(op: &Operation) -> bool {
    is_open(op) || op.for_review
}

/// A call for this operation has left, and may still move money.
pub(crate) fn is_in_flight(op: &Operation) -> bool {
    op.sends != 0 && may_move_money(op)
}

/// A capture of this attempt may still move money.
pub(crate) fn may_be_captured(order: &Order, attempt: &PaymentId) -> bool {
    let mut captures = order.operations.values().filter(|op| op.kind == OperationKind::Capture);
    captures.any(|op| op.attempt == *attempt && may_move_money(op))
}

/// Something that must be picked up again.
pub(crate) fn has_work(order: &Order) -> bool {
    let people_decide = order.review_open.is_some() && order.ending.is_some();
    (order.state == State::Open && !people_decide)
        || order.live.is_some()
        || !order.outbox.is_empty()
        || order.operations.values().any(|op| is_open(op) && !op.for_review)
        || order.refunds.values().any(|refund| refund.phase() == OperationPhase::Pending)
        || !order.ask.is_empty()
}
