//! The events that the gateway sends to the merchant: the name and the body of each.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::gateways::ledger::event::Event;
use crate::gateways::ledger::money::Currency;
use crate::gateways::ledger::payment::{
    Dispute, DisputeStatus, Failure, Payment, Refund, RefundStatus, Status,
};
use crate::gateways::ledger::steps::Happening;
use crate::gateways::view::rfc3339;

/// `None` for a refund that is still pending, which is not news.
fn name(event: &Event) -> Option<&'static str> {
    match event {
        Event::Payment(happening) => Some(happening.event_name()),
        Event::Refund(refund) => match refund.status {
            RefundStatus::Pending => None,
            RefundStatus::Succeeded => Some("refund.completed"),
            RefundStatus::Failed => Some("refund.failed"),
        },
        Event::Dispute(dispute) => Some(match dispute.status {
            DisputeStatus::Opened => "dispute.opened",
            DisputeStatus::Won => "dispute.won",
            DisputeStatus::Lost => "dispute.lost",
        }),
    }
}

/// The body as it is signed and sent; `None` if there is no news.
pub(crate) fn body(event: &Event, payment: &Payment, now: i64) -> Option<String> {
    let body = Body {
        event: name(event)?,
        payment_id: &payment.reference,
        order_id: payment.metadata.get("order_id").map(String::as_str),
        metadata: &payment.metadata,
        status: payment.status.event_word(),
        id: &payment.id,
        capture_id: payment.shown_capture_id(),
        amount: payment.captured.as_ref().map_or(payment.amount, |capture| capture.amount),
        currency: payment.currency_now(),
        created_at: rfc3339(now),
        failure: payment.failure.as_ref(),
        refund: match event {
            Event::Refund(refund) => Some(RefundBody::of(refund)),
            Event::Payment(_) | Event::Dispute(_) => None,
        },
        dispute: match event {
            Event::Dispute(dispute) => Some(DisputeBody::of(dispute)),
            Event::Payment(_) | Event::Refund(_) => None,
        },
    };
    serde_json::to_string(&body).ok()
}

impl<'a> RefundBody<'a> {
    fn of(refund: &'a Refund) -> Self {
        Self {
            id: &refund.id,
            reference: refund.reference.as_deref(),
            amount: refund.amount,
            status: refund.status,
            failure: refund.failure(),
        }
    }
}

impl<'a> DisputeBody<'a> {
    fn of(dispute: &'a Dispute) -> Self {
        Self {
            id: &dispute.id,
            amount: dispute.amount,
            reason: &dispute.reason,
            respond_by: rfc3339(dispute.respond_by),
        }
    }
}

impl Happening {
    fn event_name(self) -> &'static str {
        match self {
            Self::Pending => "payment.pending",
            Self::Authorized => "payment.authorized",
            Self::Completed => "payment.completed",
            Self::AttemptFailed => "payment.attempt_failed",
            Self::Failed => "payment.failed",
            Self::Canceled => "payment.canceled",
            Self::Expired => "payment.expired",
        }
    }
}

impl Status {
    /// Events say `succeeded` where the API says `captured`.
    fn event_word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Captured => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    event: &'static str,
    /// The merchant's name for the payment.
    payment_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
    status: &'static str,
    /// The gateway's own name for it.
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_id: Option<&'a str>,
    amount: u64,
    currency: &'a Currency,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<DisputeBody<'a>>,
}

#[derive(Serialize)]
struct RefundBody<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    amount: u64,
    status: RefundStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

#[derive(Serialize)]
struct DisputeBody<'a> {
    id: &'a str,
    amount: u64,
    reason: &'a str,
    respond_by: String,
}
