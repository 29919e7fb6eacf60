//! How payments and refunds look to the merchant.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ledger::money::Currency;
use super::ledger::payment::{
    CaptureMode, Dispute, DisputeStatus, Failure, Method, Payment, Refund, RefundStatus, Status,
};

#[derive(Debug, Serialize)]
pub(crate) struct PaymentView {
    id: String,
    reference: String,
    status: Status,
    /// The requested amount.
    amount: u64,
    /// The currency of the capture, if there is one; otherwise that of the request.
    currency: Currency,
    /// The amount that was really captured.
    amount_captured: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_id: Option<String>,
    amount_refunded: u64,
    capture: CaptureMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Method>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    processing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    metadata: BTreeMap<String, String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    refunds: Vec<RefundView>,
    disputes: Vec<DisputeView>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RefundView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The gateway's id of the payment.
    payment_id: String,
    amount: u64,
    currency: Currency,
    status: RefundStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct DisputeView {
    id: String,
    amount: u64,
    currency: Currency,
    status: DisputeStatus,
    reason: String,
    respond_by: String,
    created_at: String,
}

impl PaymentView {
    /// With the page's address under `base_url`, and those refunds that are visible at `now`.
    pub(crate) fn with_page(payment: &Payment, base_url: &str, now: i64) -> Self {
        let seen = payment.refunds.iter().filter(|refund| refund.visible_at <= now);
        let given_back = seen.clone().filter(|refund| refund.status != RefundStatus::Failed);
        let token = payment.client_token.clone();
        Self {
            id: payment.id.clone(),
            reference: payment.reference.clone(),
            status: payment.status,
            amount: payment.amount,
            currency: payment.currency_now().clone(),
            amount_captured: payment.captured.as_ref().map_or(0, |capture| capture.amount),
            capture_id: payment.shown_capture_id().map(str::to_owned),
            amount_refunded: given_back.map(|refund| refund.amount).sum(),
            capture: payment.capture,
            method: payment.method,
            processing: payment.processing_until.is_some(),
            failure: payment.failure.clone(),
            checkout_url: token.as_ref().map(|token| format!("{base_url}/checkout/{token}")),
            client_token: token,
            return_url: payment.return_url.clone(),
            metadata: payment.metadata.clone(),
            created_at: rfc3339(payment.created_at),
            expires_at: payment.expires_at.map(rfc3339),
            refunds: seen.map(|refund| RefundView::of(refund, payment)).collect(),
            disputes: payment.disputes.iter().map(DisputeView::of).collect(),
        }
    }

    pub(crate) fn without_page(payment: &Payment, now: i64) -> Self {
        let view = Self::with_page(payment, "", now);
        Self { client_token: None, checkout_url: None, ..view }
    }
}

impl RefundView {
    pub(crate) fn of(refund: &Refund, payment: &Payment) -> Self {
        Self {
            id: refund.id.clone(),
            reference: refund.reference.clone(),
            payment_id: payment.id.clone(),
            amount: refund.amount,
            currency: refund.currency.clone(),
            status: refund.status,
            failure: refund.failure(),
            created_at: rfc3339(refund.created_at),
        }
    }
}

impl DisputeView {
    fn of(dispute: &Dispute) -> Self {
        Self {
            id: dispute.id.clone(),
            amount: dispute.amount,
            currency: dispute.currency.clone(),
            status: dispute.status,
            reason: dispute.reason.clone(),
            respond_by: rfc3339(dispute.respond_by),
            created_at: rfc3339(dispute.created_at),
        }
    }
}

impl Payment {
    /// The capture's name, if there is a capture and it has a name of its own.
    pub(crate) fn shown_capture_id(&self) -> Option<&str> {
        self.capture_id.as_deref().filter(|_| self.captured.is_some())
    }

    /// The currency of what was captured, once something was.
    pub(crate) fn currency_now(&self) -> &Currency {
        self.captured.as_ref().map_or(&self.currency, |capture| &capture.currency)
    }
}

/// Epoch milliseconds as RFC 3339 in UTC.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms) * 1_000_000)
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}
