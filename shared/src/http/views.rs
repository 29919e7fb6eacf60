//! Orders, payments and refunds as our callers read them. Absent values are left out, but for
//! `next_action`.

use serde_json::{Map, Value, json};

use crate::domain::attempt::{Attempt, Method};
use crate::domain::conclude::reason_word;
use crate::domain::id::{OperationId, PaymentId};
use crate::domain::ledger::{Operation, OperationKind, Reason};
use crate::domain::order::{Item, Order, Source};
use crate::domain::phase::OperationPhase;
use crate::domain::status::RefundStatus;
use crate::domain::time::Timestamp;

pub fn order(order: &Order) -> Value {
    let details = &order.details;
    let mut view = Map::new();
    put(&mut view, "order_id", Some(json!(order.id)));
    put(&mut view, "status", Some(json!(order.status().as_str())));
    put(&mut view, "total_amount", Some(json!(order.total.amount_minor)));
    put(&mut view, "currency", Some(json!(order.currency().code())));
    put(&mut view, "items", Some(details.items.iter().map(item).collect()));
    put(&mut view, "reference", details.reference.as_ref().map(|r| json!(r)));
    put(&mut view, "customer", details.customer.as_ref().map(|c| json!(c)));
    put(&mut view, "metadata", (!details.metadata.is_empty()).then(|| json!(details.metadata)));
    put(&mut view, "expires_at", Some(time(order.expires_at)));
    put(&mut view, "created_at", Some(time(order.created_at)));
    Value::Object(view)
}

/// With its payments, oldest first.
pub fn order_with_payments(image: &Order) -> Value {
    let mut attempts: Vec<_> = image.attempts.iter().collect();
    attempts.sort_by_key(|(_, attempt)| attempt.created_at);
    let payments: Value =
        attempts.into_iter().map(|(id, attempt)| Value::Object(base(image, id, attempt))).collect();
    let mut view = order(image);
    if let Value::Object(members) = &mut view {
        members.insert("payments".to_owned(), payments);
    }
    view
}

fn item(item: &Item) -> Value {
    let mut view = Map::new();
    put(&mut view, "product_id", Some(json!(item.product_id)));
    put(&mut view, "quantity", Some(json!(item.quantity)));
    put(&mut view, "unit_amount", item.unit_amount.map(|amount| json!(amount)));
    put(&mut view, "name", item.name.as_ref().map(|name| json!(name)));
    Value::Object(view)
}

/// What a payment says of itself everywhere.
fn base(order: &Order, id: &PaymentId, attempt: &Attempt) -> Map<String, Value> {
    let page = attempt.page_to_show();
    let address = page.and_then(|page| page.address.as_ref());
    let mut view = Map::new();
    put(&mut view, "payment_id", Some(json!(id)));
    put(&mut view, "order_id", Some(json!(order.id)));
    put(&mut view, "status", Some(json!(order.payment_status(id, attempt).as_str())));
    put(&mut view, "amount", Some(json!(order.total.amount_minor)));
    put(&mut view, "currency", Some(json!(order.currency().code())));
    put(&mut view, "amount_captured", Some(json!(order.amount_captured(id))));
    put(&mut view, "amount_refunded", Some(json!(order.amount_refunded(id))));
    put(&mut view, "gateway", Some(json!(attempt.gateway)));
    put(&mut view, "client_token", page.and_then(|page| page.token.as_ref()).map(|t| json!(t)));
    put(&mut view, "checkout_url", address.map(|address| json!(address)));
    let action = address.map(|address| json!({ "type": "redirect", "url": address }));
    view.insert("next_action".to_owned(), action.unwrap_or(Value::Null));
    put(&mut view, "expires_at", Some(time(page_end(order, attempt))));
    put(&mut view, "created_at", Some(time(attempt.created_at)));
    view
}

fn page_end(order: &Order, attempt: &Attempt) -> Timestamp {
    attempt.page.as_ref().and_then(|page| page.expires_at).unwrap_or(order.expires_at)
}

/// The answer to who creates a payment.
pub fn created_payment(order: &Order, id: &PaymentId, status_token: Option<String>) -> Value {
    let Some(attempt) = order.attempts.get(id) else {
        return Value::Null;
    };
    let mut view = base(order, id, attempt);
    put(&mut view, "status_token", status_token.map(Value::from));
    Value::Object(view)
}

/// All that the merchant may know.
pub fn payment(order: &Order, id: &PaymentId) -> Value {
    let Some(attempt) = order.attempts.get(id) else {
        return Value::Null;
    };
    let mut view = base(order, id, attempt);
    let failure = attempt.failure.as_ref();
    put(
        &mut view,
        "failure",
        failure.map(|why| json!({ "code": why.code, "message": why.message })),
    );
    put(&mut view, "gateway_reference", gateway_reference(order, id, attempt));
    put(&mut view, "method", attempt.used.or(attempt.method).map(|m| json!(method(m))));
    put(&mut view, "refunds", Some(refunds(order, id)));
    let history = order.history.iter().filter(|entry| entry.attempt.as_ref() == Some(id));
    let history = history.map(|entry| {
        json!({ "at": entry.at.rfc3339(), "source": source(entry.source), "what": entry.what })
    });
    put(&mut view, "history", Some(history.collect()));
    Value::Object(view)
}

/// All that the shopper's browser may know.
pub fn reduced_payment(order: &Order, id: &PaymentId) -> Value {
    let Some(attempt) = order.attempts.get(id) else {
        return Value::Null;
    };
    let full = base(order, id, attempt);
    let shown = ["payment_id", "order_id", "status", "amount", "currency", "expires_at"];
    let mut view: Map<String, Value> =
        full.into_iter().filter(|(name, _)| shown.contains(&name.as_str())).collect();
    let failure = attempt.failure.as_ref();
    put(&mut view, "failure", failure.map(|why| json!({ "code": why.code })));
    Value::Object(view)
}

/// What a problem tells of the payment that stands in the way.
pub fn payment_in_the_way(order: &Order, id: &PaymentId) -> Value {
    let Some(attempt) = order.attempts.get(id) else {
        return Value::Null;
    };
    let full = base(order, id, attempt);
    let shown = ["payment_id", "status", "checkout_url", "expires_at"];
    full.into_iter().filter(|(name, _)| shown.contains(&name.as_str())).collect()
}

fn gateway_reference(order: &Order, id: &PaymentId, attempt: &Attempt) -> Option<Value> {
    let captured = order.captures_of(id).next().map(|(_, capture)| &capture.object);
    let handed_out = attempt.page.as_ref().map(|page| &page.object);
    captured.or(handed_out).or_else(|| attempt.objects.keys().next()).map(|object| json!(object))
}

fn refunds(order: &Order, payment: &PaymentId) -> Value {
    let ours = order
        .operations
        .iter()
        .filter(|(_, op)| op.kind == OperationKind::Refund && &op.attempt == payment)
        .map(|(id, op)| (op.created_at, refund(order, id, op)));
    let foreign = order
        .refunds
        .iter()
        .filter(|(_, refund)| {
            refund.operation.is_none()
                && order.captures.get(&refund.capture).is_some_and(|c| &c.attempt == payment)
        })
        .filter_map(|(gateway_id, known)| {
            let (id, _) = order.public_refund(gateway_id, known);
            Some((known.learnt_at, find_refund(order, payment, &id)?))
        });
    let mut all: Vec<(Timestamp, Value)> = ours.chain(foreign).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, view)| view).collect()
}

/// A refund by its public name, ours or made at the gateway.
pub fn find_refund(order: &Order, payment: &PaymentId, id: &OperationId) -> Option<Value> {
    if let Some(op) = order.operations.get(id) {
        let ours = op.kind == OperationKind::Refund && &op.attempt == payment;
        return ours.then(|| refund(order, id, op));
    }
    let (gateway_id, known) = order.refunds.iter().find(|(gateway_id, known)| {
        known.operation.is_none() && &order.public_refund(gateway_id, known).0 == id
    })?;
    let capture = order.captures.get(&known.capture).filter(|c| &c.attempt == payment)?;
    Some(json!({
        "refund_id": id,
        "payment_id": payment,
        "order_id": order.id,
        "status": RefundStatus::of(known.phase).as_str(),
        "amount": known.amount_minor,
        "currency": capture.amount.currency.code(),
        "reason": reason_word(Reason::Gateway),
        "gateway_reference": gateway_id,
        "created_at": known.learnt_at.rfc3339(),
    }))
}

pub fn refund(order: &Order, id: &OperationId, op: &Operation) -> Value {
    let currency = op.capture.as_ref().and_then(|capture| order.captures.get(capture));
    let currency = currency.map_or(order.currency(), |capture| capture.amount.currency);
    let status = if op.for_review { OperationPhase::Unknown } else { op.phase };
    let reason = op.note.clone().unwrap_or_else(|| reason_word(op.reason).to_owned());
    let mut view = Map::new();
    put(&mut view, "refund_id", Some(json!(id)));
    put(&mut view, "payment_id", Some(json!(op.attempt)));
    put(&mut view, "order_id", Some(json!(order.id)));
    put(&mut view, "status", Some(json!(RefundStatus::of(status).as_str())));
    put(&mut view, "amount", Some(json!(op.amount_minor)));
    put(&mut view, "currency", Some(json!(currency.code())));
    put(&mut view, "reason", Some(json!(reason)));
    put(&mut view, "gateway_reference", order.shown_as(id).map(|name| json!(name)));
    put(&mut view, "created_at", Some(time(op.created_at)));
    Value::Object(view)
}

fn put(view: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        view.insert(name.to_owned(), value);
    }
}

fn time(at: Timestamp) -> Value {
    json!(at.rfc3339())
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Card => "card",
        Method::Upi => "upi",
        Method::Netbanking => "netbanking",
        Method::Wallet => "wallet",
        Method::BankTransfer => "bank_transfer",
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Merchant => "merchant",
        Source::GatewayAnswer => "gateway_answer",
        Source::Webhook => "webhook",
        Source::LookUp => "look_up",
        Source::Sweep => "sweep",
        Source::Reconciliation => "reconciliation",
    }
}
