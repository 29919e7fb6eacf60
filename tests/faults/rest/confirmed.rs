//! Confirmations at rest, checked against the gateway's own account: every target gets the same ones,
//! each fact once, with the amounts that moved.

use std::collections::{BTreeMap, BTreeSet};

use dev_stack::gateways::{Refund, Standing};
use quittance::domain::id::OrderId;
use quittance::domain::order::{Order, State};
use serde_json::Value;

use crate::play::script::{Messages, Player};
use crate::world::gateway::Held;

/// Facts that occur once per payment, refund or order.
const ONCE: [&str; 9] = [
    "payment.completed",
    "payment.authorized",
    "payment.failed",
    "payment.canceled",
    "payment.expired",
    "refund.completed",
    "refund.failed",
    "order.expired",
    "order.canceled",
];

/// The confirmations of one order.
pub(crate) fn of(order: &OrderId, heard: &Messages) -> Messages {
    let mut of_it = heard.clone();
    for received in of_it.values_mut() {
        received.retain(|_, message| message["data"]["order_id"] == order.as_str());
    }
    of_it
}

/// `objects` is everything that the gateway has.
pub(crate) fn check(objects: &[Held], order: &Order, messages: &Messages, wrong: &mut Vec<String>) {
    alike(order, messages, wrong);
    for (target, received) in messages {
        let mut ids: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (id, message) in received {
            let (kind, data) = (message["type"].as_str().unwrap_or_default(), &message["data"]);
            if !is_based(kind, data, objects, order) {
                wrong.push(format!("I6 {target} received {kind} of {}", data["amount"]));
            }
            if ONCE.contains(&kind) {
                let fact = format!("{kind} {} {}", data["payment_id"], data["refund_id"]);
                ids.entry(fact).or_default().insert(id);
            }
        }
        for (fact, ids) in ids.iter().filter(|(_, ids)| ids.len() > 1) {
            wrong.push(format!("I5 {target} received {fact} under {} ids", ids.len()));
        }
    }
}

/// I5, I6: all targets receive the same messages, and messages about a payment only if there was one.
fn alike(order: &Order, messages: &Messages, wrong: &mut Vec<String>) {
    let mut heard = messages.values();
    let first = heard.next();
    if heard.any(|other| Some(other) != first) {
        wrong.push("I5 the targets received different messages".to_owned());
    }
    let completed = |received: &BTreeMap<String, Value>| {
        received.values().any(|message| message["type"] == "payment.completed")
    };
    if order.state != State::Paid && messages.values().any(completed) {
        wrong.push("I6 a payment that does not exist was confirmed".to_owned());
    }
}

/// Whether this amount moved at the gateway, in this currency.
fn is_based(kind: &str, data: &Value, objects: &[Held], order: &Order) -> bool {
    let moved = |object: &Held, amount: u64| {
        data["amount"] == amount && data["currency"] == object.currency.as_str()
    };
    let of_payment = |object: &&Held| data["payment_id"] == object.reference.as_str();
    let mut of_payment = objects.iter().filter(of_payment);
    match kind {
        "payment.completed" | "payment.captured" => of_payment.any(|object| {
            object.standing == Standing::Captured && moved(object, object.captured())
        }),
        "refund.completed" => of_payment.any(|object| {
            let ours = |refund: &Refund| {
                let id = object.refund_id(&refund.id);
                let known = order.refunds.get(&id);
                known.is_some_and(|it| data["refund_id"] == order.public_refund(&id, it).0.as_str())
            };
            object.refunds.iter().any(|refund| ours(refund) && moved(object, refund.amount))
        }),
        "dispute.opened" | "dispute.won" | "dispute.lost" => of_payment
            .any(|object| object.disputes.iter().any(|dispute| moved(object, dispute.amount))),
        _ => true,
    }
}

/// I5: within an order every target receives the same messages in the same sequence. `messages` are the
/// order's.
pub(crate) fn sequence(listener: &Player, messages: &Messages, wrong: &mut Vec<String>) {
    let of_it = |id: &&String| messages.values().any(|received| received.contains_key(*id));
    let confirmations = listener.client.world.state().confirmations.clone();
    let received: Vec<&String> = confirmations.iter().map(|(id, _)| id).filter(of_it).collect();
    let other: Vec<&String> = listener.sequence.iter().filter(of_it).collect();
    if received != other {
        wrong.push(format!("I5 the merchant received {received:?}, another target {other:?}"));
    }
}
