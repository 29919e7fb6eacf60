//! Invariants of every call to the gateway, checked against the order as it stands when the call is sent.

use std::collections::BTreeMap;

use dev_stack::gateways::{Asked, Effect};
use quittance::domain::id::{OperationId, PaymentId};
use quittance::domain::ledger::{Operation, OperationKind};
use quittance::domain::order::Order;

use crate::hold::room::spent;
use crate::hold::under_way::is_in_flight;

/// `orders` by their keys in the table.
pub(crate) fn violation(orders: &BTreeMap<String, Order>, asked: &Asked) -> Option<String> {
    let Asked::Act { effect, name, .. } = asked else {
        return None;
    };
    match effect {
        Effect::Create => create(orders, name),
        Effect::Close => None,
        Effect::Capture => operation(orders, name, "capture", |order, op| {
            let closing = order.attempts.get(&op.attempt).is_some_and(|a| a.close.is_some());
            closing.then(|| format!("I21 {name} captures a closing attempt"))
        }),
        Effect::Void => operation(orders, name, "void", |order, op| {
            let ops = order.operations.values().filter(|other| other.object == op.object);
            let mut captures = ops.filter(|other| other.kind == OperationKind::Capture);
            captures.any(is_in_flight).then(|| format!("I21 {name} voids beside a capture"))
        }),
        Effect::Refund => operation(orders, name, "refund", |order, op| {
            let capture = op.capture.as_ref().and_then(|id| order.captures.get_key_value(id));
            let (id, capture) = capture?;
            // Between the claim and the first send a person may have used the room unnoticed.
            let over = op.sends > 1 && spent(order, id) > capture.amount.amount_minor;
            over.then(|| format!("I17 {name} is sent beyond what was captured"))
        }),
    }
}

/// The attempt is written before it is sent.
fn create(orders: &BTreeMap<String, Order>, reference: &str) -> Option<String> {
    let payment = PaymentId::parse(reference).ok()?;
    let order = orders.get(&format!("O#{}", payment.order()));
    let known = order.and_then(|order| order.attempts.get(&payment));
    if known.is_some() {
        None
    } else {
        Some(format!("I3 {reference} is sent before it is written"))
    }
}

fn operation(
    orders: &BTreeMap<String, Order>,
    name: &str,
    what: &str,
    wrong: impl FnOnce(&Order, &Operation) -> Option<String>,
) -> Option<String> {
    let Ok(id) = OperationId::parse(name) else {
        return Some(format!("I18 a {what} without a name"));
    };
    let order = orders.get(&format!("O#{}", id.order()))?;
    match order.operations.get(&id) {
        Some(op) if op.sends > 0 => wrong(order, op),
        Some(_) | None => Some(format!("I18 {name} is sent before it is written")),
    }
}
