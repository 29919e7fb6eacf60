//! The sandbox's JSON, in its own spelling. None of these types leaves this folder, and none has a
//! `Debug`: a client token is worth money to whoever reads it.

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

/// What the page shows of the amount. The kind tells whether it is added.
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
    /// What was asked for.
    pub(super) amount: u64,
    /// Of what was captured, once something was.
    pub(super) currency: String,
    /// What was really taken.
    #[serde(default)]
    pub(super) amount_captured: u64,
    /// The capture's own name, where it has one.
    pub(super) capture_id: Option<String>,
    pub(super) method: Option<String>,
    /// Of the last try, or of the object if it failed.
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
    /// The gateway's own name of the refund.
    pub(super) id: String,
    /// Absent if it was made in the dashboard.
    pub(super) reference: Option<String>,
    /// Absent where the refund is part of its payment.
    pub(super) payment_id: Option<String>,
    /// In the currency's minor unit.
    pub(super) amount: u64,
    /// `succeeded` or `failed`; with another word it is not over.
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
    /// For programs.
    pub(super) code: String,
    /// For people; kept with the payment up to 200 characters.
    pub(super) message: String,
}

/// The body of every answer that says no.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Failure,
    /// The object that stands in the way, as it is now.
    pub(super) payment: Option<Payment>,
    pub(super) refund: Option<Refund>,
}

#[derive(Deserialize)]
pub(super) struct List {
    pub(super) payments: Vec<Payment>,
    pub(super) next_cursor: Option<String>,
}

/// What every event has; the rest is read only of types that are known.
#[derive(Deserialize)]
pub(super) struct EventType {
    pub(super) event: String,
}

/// Read of every event.
#[derive(Deserialize)]
pub(super) struct EventMetadata {
    pub(super) metadata: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Event {
    /// Our reference.
    pub(super) payment_id: Option<String>,
    /// The payment's order; another one makes a hint of the event.
    pub(super) order_id: Option<String>,
    /// Of the payment, `succeeded` once it is captured; one that belies `event` makes a hint of it.
    pub(super) status: Option<String>,
    /// The gateway's own name of the payment.
    pub(super) id: Option<String>,
    /// The capture's own name, where it has one. Else the payment's is taken.
    pub(super) capture_id: Option<String>,
    /// What was captured, once something was; else what was asked for.
    pub(super) amount: Option<u64>,
    /// Of all its amounts.
    pub(super) currency: Option<String>,
    /// Why the last try failed.
    pub(super) failure: Option<Failure>,
    /// The one that the event is about.
    pub(super) refund: Option<Refund>,
    /// The one that the event is about.
    pub(super) dispute: Option<EventDispute>,
}

/// The event's name says what became of it.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct EventDispute {
    /// The gateway's own name of the dispute.
    pub(super) id: String,
    /// What is disputed, in the currency's minor unit.
    pub(super) amount: u64,
    /// Why the shopper disputes it, for programs.
    pub(super) reason: Option<String>,
    /// Until when the merchant can answer the bank, in RFC 3339.
    pub(super) respond_by: Option<String>,
}
