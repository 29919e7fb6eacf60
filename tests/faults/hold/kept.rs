//! Whether an event that was acknowledged is kept: in an order, or parked.

use std::collections::BTreeMap;

use quittance::domain::names::{CaptureId, DisputeId, GatewayRefundId, ObjectId};
use quittance::domain::order::Order;
use serde_json::Value;

/// I9. `items` and `orders` by their keys in the table; `received` is what the answer says of the event.
pub(crate) fn violation(
    items: &BTreeMap<String, Value>,
    orders: &BTreeMap<String, Order>,
    event: &Value,
    status: u16,
    received: &Value,
) -> Option<String> {
    let kept = match received.as_str() {
        Some("committed") => {
            orders.values().any(|order| !order.ask.is_empty() || knows(order, event))
        }
        Some("parked") => items.keys().any(|key| key.starts_with("P#sandbox#")),
        _ => false,
    };
    let lost = status == 200 && !kept;
    lost.then(|| format!("I9 {} was acknowledged but is not kept", event["event"]))
}

/// Whether the item contains what the event reports.
fn knows(order: &Order, event: &Value) -> bool {
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    let object = ObjectId::new(id(event));
    let shown = || order.attempts.values().any(|it| it.objects.contains_key(&object));
    match event["event"].as_str().unwrap_or_default() {
        "payment.completed" => order.captures.contains_key(&capture_of(event)),
        "payment.authorized" | "payment.failed" | "payment.canceled" | "payment.expired" => shown(),
        "refund.completed" | "refund.failed" => {
            order.refunds.contains_key(&GatewayRefundId::new(id(&event["refund"])))
        }
        "dispute.opened" | "dispute.won" | "dispute.lost" => {
            order.disputes.contains_key(&DisputeId::new(id(&event["dispute"])))
        }
        // About a page that is still open: nothing follows from it.
        "payment.pending" | "payment.attempt_failed" => true,
        _ => false,
    }
}

/// The name of a payment's capture, as the gateway shows it in a payment or an event.
pub(crate) fn capture_of(shown: &Value) -> CaptureId {
    let own = shown["capture_id"].as_str().or_else(|| shown["id"].as_str());
    CaptureId::new(own.unwrap_or_default())
}
