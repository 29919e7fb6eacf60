//! The events that the gateway sends to the merchant: the name and the body of each.

use std::collections::BTreeMap;

use serde::Serialize;

use super::money::Currency;
use super::payment::{Dispute, DisputeStatus, Failure, Payment, Refund, RefundStatus, Status};
use super::steps::Happening;
use super::view::rfc3339;

pub(super) enum Event {
    Payment(Happening),
    Refund(Refund),
    Dispute(Dispute),
}

impl Event {
    /// `None` for a refund that is still pending, which is not news.
    pub(super) fn name(&self) -> Option<&'static str> {
        match self {
            Self::Payment(happening) => Some(happening.event_name()),
            Self::Refund(refund) => match refund.status {
                RefundStatus::Pending => None,
                RefundStatus::Succeeded => Some("refund.completed"),
                RefundStatus::Failed => Some("refund.failed"),
            },
            Self::Dispute(dispute) => Some(match dispute.status {
                DisputeStatus::Opened => "dispute.opened",
                DisputeStatus::Won => "dispute.won",
                DisputeStatus::Lost => "dispute.lost",
            }),
        }
    }

    /// The body as it is signed and sent; `None` if there is no news.
    pub(super) fn body(&self, payment: &Payment, now: i64) -> Option<String> {
        let body = Body {
            event: self.name()?,
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
            refund: self.refund(),
            dispute: self.dispute(),
        };
        serde_json::to_string(&body).ok()
    }

    fn refund(&self) -> Option<RefundBody<'_>> {
        let Self::Refund(refund) = self else {
            return None;
        };
        Some(RefundBody {
            id: &refund.id,
            reference: refund.reference.as_deref(),
            amount: refund.amount,
            status: refund.status,
            failure: refund.failure(),
        })
    }

    fn dispute(&self) -> Option<DisputeBody<'_>> {
        let Self::Dispute(dispute) = self else {
            return None;
        };
        Some(DisputeBody {
            id: &dispute.id,
            amount: dispute.amount,
            reason: &dispute.reason,
            respond_by: rfc3339(dispute.respond_by),
        })
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
