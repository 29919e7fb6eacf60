//! Invariants of every call to the gateway, checked against the order as it stands when the call is sent.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request};
use quittance::domain::id::{OperationId, PaymentId};
use quittance::domain::ledger::{Operation, OperationKind};
use quittance::domain::order::Order;
use serde_json::Value;

use crate::hold::room::spent;
use crate::hold::under_way::is_in_flight;

/// `orders` by their keys in the table.
pub(crate) fn violation(
    orders: &BTreeMap<String, Order>,
    request: &Request<Bytes>,
) -> Option<String> {
    if request.method() != Method::POST {
        return None;
    }
    let name = key(request).unwrap_or_default();
    match act(request) {
        "create" => create(orders, request),
        "capture" => operation(orders, name, "capture", |order, op| {
            let closing = order.attempts.get(&op.attempt).is_some_and(|a| a.close.is_some());
            closing.then(|| format!("I21 {name} captures a closing attempt"))
        }),
        "void" => operation(orders, name, "void", |order, op| {
            let ops = order.operations.values().filter(|other| other.object == op.object);
            let mut captures = ops.filter(|other| other.kind == OperationKind::Capture);
            captures.any(is_in_flight).then(|| format!("I21 {name} voids beside a capture"))
        }),
        "refunds" => operation(orders, name, "refund", |order, op| {
            let capture = op.capture.as_ref().and_then(|id| order.captures.get_key_value(id));
            let (id, capture) = capture?;
            // Between the claim and the first send a person may have used the room unnoticed.
            let over = op.sends > 1 && spent(order, id) > capture.amount.amount_minor;
            over.then(|| format!("I17 {name} is sent beyond what was captured"))
        }),
        _ => None,
    }
}

/// The attempt is written before it is sent.
fn create(orders: &BTreeMap<String, Order>, request: &Request<Bytes>) -> Option<String> {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let reference = body["reference"].as_str().unwrap_or_default();
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

/// The action requested of the gateway: `create`, `capture`, `void`, `cancel`, `refunds`.
pub(crate) fn act(request: &Request<Bytes>) -> &str {
    let mut segments = request.uri().path().trim_start_matches("/v1/payments").split('/').skip(1);
    segments.nth(1).unwrap_or("create")
}

pub(crate) fn key(request: &Request<Bytes>) -> Option<&str> {
    request.headers().get("idempotency-key")?.to_str().ok()
}
