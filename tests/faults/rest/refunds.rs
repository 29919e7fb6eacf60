//! Refunds at rest: those the gateway shows are known with their outcome and were announced to every target.

use std::collections::{BTreeMap, BTreeSet};

use dev_stack::gateways::RefundStanding;
use quittance::domain::ledger::OperationKind;
use quittance::domain::order::Order;
use quittance::domain::phase::OperationPhase;
use serde_json::Value;

use crate::play::script::Messages;
use crate::world::gateway::Held;

/// I18, I22.
pub(crate) fn check(objects: &[Held], order: &Order, messages: &Messages, wrong: &mut Vec<String>) {
    let mut by_operation: BTreeSet<String> = BTreeSet::new();
    let mut count = 0;
    let each = objects.iter().flat_map(|object| object.refunds.iter().map(move |it| (object, it)));
    for (object, refund) in each {
        count += 1;
        let id = &object.refund_id(&refund.id);
        if let Some(reference) = &refund.reference
            && !by_operation.insert(reference.clone())
        {
            wrong.push(format!("I18 {reference} took effect twice"));
        }
        let Some(known) = order.refunds.get(id) else {
            wrong.push(format!("I22 the refund {id} is not known"));
            continue;
        };
        let (expected, word) = match refund.standing {
            RefundStanding::Done => (OperationPhase::Done, "refund.completed"),
            RefundStanding::Failed => (OperationPhase::Failed, "refund.failed"),
            RefundStanding::Pending => (OperationPhase::Pending, ""),
        };
        if known.phase() != expected {
            wrong.push(format!(
                "I22 the refund {id} is {expected:?} but known as {:?}",
                known.phase()
            ));
        }
        let (public, _) = order.public_refund(id, known);
        let announced = |sent: &BTreeMap<String, Value>| {
            sent.values().any(|m| m["type"] == word && m["data"]["refund_id"] == public.as_str())
        };
        let failed = |sent: &BTreeMap<String, Value>| {
            sent.values()
                .any(|m| m["type"] == "refund.failed" && m["data"]["refund_id"] == public.as_str())
        };
        if expected != OperationPhase::Failed && messages.values().any(failed) {
            wrong.push(format!("I22 {id} was announced as failed but is {expected:?}"));
        }
        if expected != OperationPhase::Pending && !messages.values().all(announced) {
            wrong.push(format!("I22 {word} of {id} was not announced"));
        }
    }
    if order.refunds.len() != count {
        wrong.push("I22 a known refund does not exist at the gateway".to_owned());
    }
    for (id, op) in &order.operations {
        let shown = by_operation.contains(id.as_str());
        let refund = op.kind == OperationKind::Refund;
        if refund && op.phase() == OperationPhase::Refused && shown {
            wrong.push(format!("I18 {id} was refused but took effect"));
        }
    }
}
