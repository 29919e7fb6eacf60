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
    /// Ours; paths and confirmations name the order by it.
    order_id: &'a OrderId,
    /// `created` until it is paid or ends, `review` while people have to decide; once it is paid, tells
    /// what was given back, too.
    status: OrderStatus,
    /// What is to be paid, in the currency's minor unit.
    total_amount: u64,
    /// Of all its amounts.
    currency: Currency,
    #[serde(flatten)]
    cart: CartView<'a>,
    /// The sums of the lines, where every item has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    amounts: Option<AmountsView>,
    /// The merchant's own number.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    /// Who buys, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerView<'a>>,
    /// The merchant's own pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a BTreeMap<String, String>>,
    /// Until when a payment may begin.
    expires_at: Time,
    /// When it was recorded.
    created_at: Time,
    /// When the order was redacted: customer, names, metadata and the gateway's sentences are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted_at: Option<Time>,
}

/// An order with its payments.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "OrderInFull"))]
pub(in crate::http) struct OrderInFull<'a> {
    #[serde(flatten)]
    order: OrderView<'a>,
    /// Oldest first.
    payments: Vec<PaymentView<'a>>,
    /// The last changes of the order and of its payments, oldest first.
    history: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Customer"))]
struct CustomerView<'a> {
    /// The merchant's own number of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// Kept with the order; no gateway is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Kept with the order; nothing is sent there.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    /// Kept with the order; nothing is sent there.
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
