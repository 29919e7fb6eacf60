//! An order as the merchant reads it.

use std::collections::BTreeMap;

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use super::cart::{AmountsView, CartView};
use super::history::{self, Change};
use super::payment::PaymentView;
use crate::domain::id::OrderId;
use crate::domain::money::Currency;
use crate::domain::order::{Customer, Order};
use crate::domain::status::OrderStatus;
use crate::domain::time::Timestamp;

/// An order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Order"))]
pub(in crate::http) struct OrderView<'a> {
    /// Our id of the order, used in paths and confirmations.
    order_id: &'a OrderId,
    /// `created` until the order is paid or ends; `review` while a person has to decide; once it is paid, the
    /// status also shows refunds.
    status: OrderStatus,
    /// The total to pay, in the currency's minor unit.
    total_amount: u64,
    /// The currency of all amounts.
    currency: Currency,
    #[serde(flatten)]
    cart: CartView<'a>,
    /// The sums of the lines, if every item has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    amounts: Option<AmountsView>,
    /// Your reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    /// The customer, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerView<'a>>,
    /// Your metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a BTreeMap<String, String>>,
    /// Payments can be started until then.
    expires_at: Time,
    /// When it was recorded.
    created_at: Time,
    /// When the order was redacted: customer, names, metadata and the gateway's messages are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted_at: Option<Time>,
}

/// An order with its payments.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "OrderInFull"))]
pub(in crate::http) struct OrderInFull<'a> {
    #[serde(flatten)]
    order: OrderView<'a>,
    /// The payments, oldest first.
    payments: Vec<PaymentView<'a>>,
    /// The last changes of the order and of its payments, oldest first.
    history: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Customer"))]
struct CustomerView<'a> {
    /// Your id of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// Stored with the order; not sent to any gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Stored with the order; never used to contact the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    /// Stored with the order; never used to contact the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

impl<'a> OrderView<'a> {
    pub(super) fn of(order: &'a Order, now: Timestamp) -> Self {
        let details = &order.details;
        Self {
            order_id: &order.id,
            status: order.status(now),
            total_amount: order.total.amount_minor,
            currency: order.currency(),
            cart: CartView::of(&details.cart),
            amounts: details.cart.amounts().map(AmountsView::of),
            reference: details.reference.as_deref(),
            customer: details.customer.as_ref().map(CustomerView::of),
            metadata: Some(&details.metadata).filter(|pairs| !pairs.is_empty()),
            expires_at: Time(order.expires_at),
            created_at: Time(order.created_at),
            redacted_at: order.redacted_at.map(Time),
        }
    }
}

impl<'a> OrderInFull<'a> {
    pub(super) fn of(order: &'a Order, now: Timestamp) -> Self {
        let mut attempts: Vec<_> = order.attempts.iter().collect();
        attempts.sort_by_key(|(_, attempt)| attempt.created_at);
        let payments = attempts.into_iter().map(|(id, _)| PaymentView::of(order, id));
        let payments = payments.flatten().collect();
        Self { order: OrderView::of(order, now), payments, history: history::of_order(order) }
    }
}

impl<'a> CustomerView<'a> {
    fn of(customer: &'a Customer) -> Self {
        Self {
            id: customer.id.as_deref(),
            name: customer.name.as_deref(),
            email: customer.email.as_deref(),
            phone: customer.phone.as_deref(),
        }
    }
}
