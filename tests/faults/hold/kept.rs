//! Whether an event that was acknowledged is kept: in an order, or parked.

use std::collections::BTreeMap;

use dev_stack::gateways::{News, Told};
use quittance::domain::names::{CaptureId, DisputeId, GatewayName, GatewayRefundId, ObjectId};
use quittance::domain::order::Order;
use serde_json::Value;

/// I9. `items` and `orders` by their keys in the table; `received` is what the answer says of the event.
pub(crate) fn violation(
    items: &BTreeMap<String, Value>,
    orders: &BTreeMap<String, Order>,
    gateway: &GatewayName,
    told: &Told,
    status: u16,
    received: &Value,
) -> Option<String> {
    let kept = match received.as_str() {
        Some("committed") => {
            orders.values().any(|order| !order.ask.is_empty() || knows(order, gateway, &told.news))
        }
        Some("parked") => items.keys().any(|key| key.starts_with(&format!("P#{gateway}#"))),
        _ => false,
    };
    let lost = status == 200 && !kept;
    lost.then(|| format!("I9 {} was acknowledged but is not kept", told.name))
}

/// Whether the item contains what the event reports.
fn knows(order: &Order, gateway: &GatewayName, news: &News) -> bool {
    match news {
        News::Captured { capture } => {
            order.captures.contains_key(&CaptureId::new(capture).kept(gateway))
        }
        News::Moved { object } => {
            let object = ObjectId::new(object);
            order.attempts.values().any(|it| it.objects.contains_key(&object))
        }
        News::Refund { id } => order.refunds.contains_key(&GatewayRefundId::new(id).kept(gateway)),
        News::Dispute { id } => order.disputes.contains_key(&DisputeId::new(id).kept(gateway)),
        News::Nothing => true,
        News::Unreadable => false,
    }
}
