//! The history of a payment, or of an order and all of its payments, as the merchant reads it.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use crate::domain::history::{HistoryEntry, Source};
use crate::domain::id::PaymentId;
use crate::domain::order::Order;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema))]
pub(super) struct Change<'a> {
    /// When it was recorded, which may be after it happened.
    at: Time,
    /// The source of the change.
    source: Source,
    /// The API key that asked for it: `key:` and its id, or `op:` for a person's key. Absent if nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    /// The payment, in the history of an order; absent for changes of the order itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a PaymentId>,
    /// The change, such as `payment.page_opened`. If a confirmation is sent for it, this is its `type`.
    what: &'a str,
}

impl<'a> Change<'a> {
    fn of(entry: &'a HistoryEntry) -> Self {
        let (at, source) = (Time(entry.at), entry.source);
        Self { at, source, by: entry.by.as_deref(), payment_id: None, what: &entry.what }
    }
}

/// The last changes of one payment.
pub(super) fn of_payment<'a>(order: &'a Order, payment: &PaymentId) -> Vec<Change<'a>> {
    let entries = order.history.iter().filter(|entry| entry.attempt.as_ref() == Some(payment));
    entries.map(Change::of).collect()
}

/// The last changes of an order, including those of its payments.
pub(super) fn of_order(order: &Order) -> Vec<Change<'_>> {
    let payments = order.history.iter().map(|entry| entry.attempt.as_ref());
    let changes = order.history.iter().map(Change::of).zip(payments);
    changes.map(|(change, payment_id)| Change { payment_id, ..change }).collect()
}
