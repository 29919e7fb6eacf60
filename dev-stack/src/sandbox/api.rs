//! The merchant's API under `/v1`: the routes.

use super::answer::Outcome;
use super::call::Call;
use super::create::create;
use super::gateway::Gateway;
use super::operations::{Operation, operate};
use super::reading;
use super::refusal::Refusal;
use super::settlements;

pub(super) fn answer(gateway: &mut Gateway, call: &Call<'_>) -> Outcome {
    match (call.method, call.segments().as_slice()) {
        ("POST", ["v1", "payments"]) => create(gateway, call),
        ("GET", ["v1", "payments"]) => reading::list(gateway, call).into(),
        ("GET", ["v1", "payments", id]) => reading::one(gateway, id).into(),
        ("POST", ["v1", "payments", id, "capture"]) => {
            operate(gateway, call, id, Operation::Capture)
        }
        ("POST", ["v1", "payments", id, "void"]) => operate(gateway, call, id, Operation::Void),
        ("POST", ["v1", "payments", id, "cancel"]) => operate(gateway, call, id, Operation::Cancel),
        ("POST", ["v1", "payments", id, "refunds"]) => {
            operate(gateway, call, id, Operation::Refund)
        }
        ("GET", ["v1", "settlements"]) => settlements::list(gateway, call).into(),
        _ => Err(Refusal::NotFound).into(),
    }
}
