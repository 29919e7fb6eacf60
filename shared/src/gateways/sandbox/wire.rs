//! The sandbox's JSON. These types stay in this folder and have no `Debug`: anyone who reads a client token
//! can use it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub(super) struct NewPayment<'a> {
    pub(super) reference: &'a str,
    pub(super) amount: u64,
    pub(super) currency: &'static str,
    pub(super) capture: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) return_url: Option<&'a str>,
    pub(super) metadata: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) breakdown: Vec<Row>,
}

/// A row of the amount on the page. Its kind decides whether it is added.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quantity: Option<u64>,
    pub(super) amount: u64,
}

#[derive(Serialize)]
pub(super) struct NewCapture {
    pub(super) amount: u64,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) reference: &'a str,
    pub(super) amount: u64,
}

#[derive(Deserialize)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) status: String,
    /// The requested amount.
    pub(super) amount: u64,
    /// The currency of the capture, once something was captured.
    pub(super) currency: String,
    /// The amount that was really captured.
    #[serde(default)]
    pub(super) amount_captured: u64,
    /// The capture's id, if it has one.
    pub(super) capture_id: Option<String>,
    pub(super) method: Option<String>,
    /// Why the last try failed, or the object itself.
    pub(super) failure: Option<Failure>,
    pub(super) client_token: Option<String>,
    pub(super) checkout_url: Option<String>,
    pub(super) expires_at: Option<String>,
    #[serde(default)]
    pub(super) refunds: Vec<Refund>,
    #[serde(default)]
    pub(super) disputes: Vec<Dispute>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Refund {
    /// The gateway's id of the refund.
    pub(super) id: String,
    /// Our reference; absent if the refund was made in the dashboard.
    pub(super) reference: Option<String>,
    /// The gateway's id of the payment; absent where the refund is part of its payment.
    pub(super) payment_id: Option<String>,
    /// In the currency's minor unit.
    pub(super) amount: u64,
    /// `succeeded` or `failed`; any other value means that it is not finished.
    pub(super) status: String,
    /// Why it failed.
    pub(super) failure: Option<Failure>,
}

#[derive(Deserialize)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) amount: u64,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) respond_by: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Failure {
    /// A code, for programs.
    pub(super) code: String,
    /// A message, for people; kept with the payment up to 200 characters.
    pub(super) message: String,
}

/// The body of every refusal.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Failure,
    /// The object that caused the refusal, as it is now.
    pub(super) payment: Option<Payment>,
    pub(super) refund: Option<Refund>,
}

#[derive(Deserialize)]
pub(super) struct List {
    pub(super) payments: Vec<Payment>,
    pub(super) next_cursor: Option<String>,
}

/// Present in every event; the rest is read only for known types.
#[derive(Deserialize)]
pub(super) struct EventType {
    pub(super) event: String,
}

/// Read from every event.
#[derive(Deserialize)]
pub(super) struct EventMetadata {
    pub(super) metadata: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Event {
    /// Our reference for the payment.
    pub(super) payment_id: Option<String>,
    /// The payment's order; with another order, the event is only a hint.
    pub(super) order_id: Option<String>,
    /// The payment's status, `succeeded` once it is captured; if it contradicts `event`, the event is a hint.
    pub(super) status: Option<String>,
    /// The gateway's id of the payment.
    pub(super) id: Option<String>,
    /// The capture's id, if it has one; otherwise the payment's id is used.
    pub(super) capture_id: Option<String>,
    /// The captured amount once something was captured; otherwise the requested amount.
    pub(super) amount: Option<u64>,
    /// The currency of all amounts.
    pub(super) currency: Option<String>,
    /// Why the last try failed.
    pub(super) failure: Option<Failure>,
    /// The refund that the event is about.
    pub(super) refund: Option<Refund>,
    /// The dispute that the event is about.
    pub(super) dispute: Option<EventDispute>,
}

/// A dispute; the event's type states its outcome.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct EventDispute {
    /// The gateway's id of the dispute.
    pub(super) id: String,
    /// The disputed amount, in the currency's minor unit.
    pub(super) amount: u64,
    /// A code for why the shopper disputes it.
    pub(super) reason: Option<String>,
    /// The deadline for the merchant's answer to the bank, in RFC 3339.
    pub(super) respond_by: Option<String>,
}
