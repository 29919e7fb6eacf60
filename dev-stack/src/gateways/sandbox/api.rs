//! The merchant's API under `/v1`: the routes.

use super::create::create;
use super::operations::{Operation, operate};
use super::reading;
use super::settlements;
use crate::gateways::answer::Outcome;
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::refusal::Refusal;

pub(crate) fn answer(ledger: &mut Ledger, call: &Call<'_>) -> Outcome {
    match (call.method, call.segments().as_slice()) {
        ("POST", ["v1", "payments"]) => create(ledger, call),
        ("GET", ["v1", "payments"]) => reading::list(ledger, call).into(),
        ("GET", ["v1", "payments", id]) => reading::one(ledger, id).into(),
        ("POST", ["v1", "payments", id, "capture"]) => {
            operate(ledger, call, id, Operation::Capture)
        }
        ("POST", ["v1", "payments", id, "void"]) => operate(ledger, call, id, Operation::Void),
        ("POST", ["v1", "payments", id, "cancel"]) => operate(ledger, call, id, Operation::Cancel),
        ("POST", ["v1", "payments", id, "refunds"]) => operate(ledger, call, id, Operation::Refund),
        ("GET", ["v1", "settlements"]) => settlements::list(ledger, call).into(),
        _ => Err(Refusal::NotFound).into(),
    }
}
