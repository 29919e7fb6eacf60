//! Orders, payments and refunds as our callers read them. Absent values are left out, except for
//! `next_action`. The doc comments of the members appear in the API's description.

mod cart;
mod history;
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

/// An order with its payments, oldest first.
pub fn order_with_payments(order: &Order, now: Timestamp) -> Value {
    written(order::OrderInFull::of(order, now))
}

/// The answer to the creator of a payment.
pub fn created_payment(order: &Order, id: &PaymentId, status_token: Option<String>) -> Value {
    written(payment::CreatedPayment::of(order, id, status_token))
}

/// A payment as the merchant sees it.
pub fn payment(order: &Order, id: &PaymentId) -> Value {
    written(payment::PaymentInFull::of(order, id))
}

/// A payment as the shopper's browser sees it.
pub fn reduced_payment(order: &Order, id: &PaymentId, now: Timestamp) -> Value {
    written(payment::ShopperPayment::of(order, id, now))
}

/// A payment as a problem shows it.
pub fn payment_in_the_way(order: &Order, id: &PaymentId) -> Value {
    written(payment::PaymentInTheWay::of(order, id))
}

/// A refund by its public id, whether made here or at the gateway.
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

/// Cannot fail, since all member names are strings. An attempt that is not in the order becomes `null`.
fn written(view: impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}
