//! What a confirmation says: the public body of each event.

use serde_json::{Map, Value, json};

use super::attempt::Failure;
use super::capabilities::Rules;
use super::changes::{Event, EventKind};
use super::id::message_id;
use super::occasion::Occasion;
use super::order::{Order, Outgoing};
use super::phase::DisputePhase;
use super::status::{DisputeStatus, PaymentStatus, RefundStatus};
use super::time::Timestamp;

pub(super) fn announce(
    order: &mut Order,
    event: &Event,
    sequence: u64,
    rules: &Rules,
    occasion: &Occasion,
) {
    if !event.kind.is_announced() || rules.targets.is_empty() {
        return;
    }
    let id = message_id(&order.id, &event.discriminator());
    let body = json!({
        "id": id,
        "type": event.kind.what(),
        "timestamp": occasion.now.rfc3339(),
        "data": data(order, event, rules, occasion.now),
    });
    let targets = rules.targets.iter().cloned().collect();
    let request = occasion.request.clone();
    order.outbox.insert(id, Outgoing { sequence, body: body.to_string(), targets, request });
}

/// `status` is that of the subject in `type`; the order's and the payment's stand beside it.
fn data(order: &Order, event: &Event, rules: &Rules, now: Timestamp) -> Value {
    let order_status = order.status(now).as_str();
    let mut members = Map::new();
    let mut insert = |name: &str, value: Value| members.insert(name.to_owned(), value);
    insert("order_id", json!(order.id));
    insert("order_status", json!(order_status));
    insert("status", json!(order_status));
    insert("amount", json!(event.amount.amount_minor));
    insert("currency", json!(event.amount.currency));
    insert("metadata", json!(order.details.metadata));
    insert("live", json!(rules.live));
    if let Some(reference) = &order.details.reference {
        insert("reference", json!(reference));
    }
    let payment = event.payment.as_ref().and_then(|id| order.attempts.get_key_value(id));
    if let Some((id, attempt)) = payment {
        let status = order.payment_status(id, attempt);
        insert("payment_id", json!(id));
        insert("payment_status", json!(status));
        insert("status", json!(status));
        insert("gateway", json!(attempt.gateway));
        insert("live", json!(attempt.live));
        if let (PaymentStatus::Failed, Some(why)) = (status, &attempt.failure) {
            insert("failure", failure(why));
        }
    }
    if let Some(refund) = &event.refund {
        insert("refund_id", json!(refund.id));
        insert("reason", json!(refund.reason));
        if event.kind != EventKind::OperationReview {
            insert("status", json!(refund.status));
        }
        if let (RefundStatus::Failed, Some(why)) = (refund.status, &refund.failure) {
            insert("failure", failure(why));
        }
    }
    let dispute = event.dispute.as_ref().and_then(|id| order.disputes.get_key_value(id));
    if let Some((id, dispute)) = dispute {
        let gateway = payment.map(|(_, attempt)| &attempt.gateway);
        insert("dispute_id", json!(gateway.map_or(id.as_str(), |gateway| id.own(gateway))));
        let opened = event.kind == EventKind::DisputeOpened;
        let phase = if opened { DisputePhase::Open } else { dispute.phase() };
        insert("status", json!(DisputeStatus::from(phase)));
        if let Some(reason) = &dispute.reason {
            insert("reason", json!(reason));
        }
        if let Some(until) = dispute.respond_by {
            insert("respond_by", json!(until.rfc3339()));
        }
    }
    Value::Object(members)
}

fn failure(why: &Failure) -> Value {
    json!({ "code": why.code, "message": why.message })
}
