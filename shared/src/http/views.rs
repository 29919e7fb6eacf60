//! Orders, payments and refunds as our callers read them. Absent values are left out, but for
//! `next_action`. The sentences beside the members are those of the API's description.

mod money;
mod order;
mod payment;
mod refund;
#[cfg(test)]
mod tests;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::domain::id::{OperationId, PaymentId};
use crate::domain::order::Order;
use crate::domain::time::Timestamp;

#[cfg(feature = "openapi")]
pub(super) use order::{OrderInFull, OrderView};
#[cfg(feature = "openapi")]
pub(super) use payment::{CreatedPayment, Failure, PaymentInFull, PaymentInTheWay, ShopperPayment};
#[cfg(feature = "openapi")]
pub(super) use refund::RefundView;

pub fn order(order: &Order, now: Timestamp) -> Value {
    written(order::OrderView::of(order, now))
}

/// With its payments, oldest first.
pub fn order_with_payments(order: &Order, now: Timestamp) -> Value {
    written(order::OrderInFull::of(order, now))
}

/// The answer to who creates a payment.
pub fn created_payment(order: &Order, id: &PaymentId, status_token: Option<String>) -> Value {
    written(payment::CreatedPayment::of(order, id, status_token))
}

/// All that the merchant may know.
pub fn payment(order: &Order, id: &PaymentId) -> Value {
    written(payment::PaymentInFull::of(order, id))
}

/// All that the shopper's browser may know.
pub fn reduced_payment(order: &Order, id: &PaymentId, now: Timestamp) -> Value {
    written(payment::ShopperPayment::of(order, id, now))
}

/// What a problem tells of the payment that stands in the way.
pub fn payment_in_the_way(order: &Order, id: &PaymentId) -> Value {
    written(payment::PaymentInTheWay::of(order, id))
}

/// A refund by its public name, ours or made at the gateway.
pub fn find_refund(order: &Order, payment: &PaymentId, id: &OperationId) -> Option<Value> {
    refund::RefundView::find(order, payment, id).map(written)
}

/// An instant, in RFC 3339.
#[derive(Clone, Copy)]
pub(super) struct Time(Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.rfc3339())
    }
}

/// Cannot fail: all names of members are text. An attempt that is not in the order is `null`.
fn written(view: impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}
