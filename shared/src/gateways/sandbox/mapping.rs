//! Translates the sandbox's statuses, amounts and objects into ours.

pub(super) mod answer;
pub(super) mod event;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;

use super::wire;
use crate::domain::attempt::{CaptureMode, Failure, Method};
use crate::domain::fact::{Seen, SeenCapture, SeenDispute, SeenPage, SeenRefund};
use crate::domain::id::OperationId;
use crate::domain::money::{AMOUNT_MINOR_MAX, Currency, Money};
use crate::domain::names::{CaptureId, DisputeId, GatewayRefundId, ObjectId};
use crate::domain::phase::{DisputePhase, OperationPhase, Phase};
use crate::domain::time::Timestamp;
use crate::ports::MappingError;

/// The gateway's messages are stored with the order, whose size is bounded.
const FAILURE_CHARS_MAX: usize = 200;

const UPI_CURRENCY: &str = "INR";

/// An amount in the gateway's unit, which is the same as ours: ISO 4217 minor units.
pub(super) struct GatewayAmount {
    pub(super) amount: u64,
    pub(super) currency: &'static str,
}

/// Never rounds: `None` if the gateway cannot represent the amount exactly.
pub(super) fn to_gateway(money: Money) -> Option<GatewayAmount> {
    let taken = (1..=AMOUNT_MINOR_MAX).contains(&money.amount_minor);
    taken.then(|| GatewayAmount { amount: money.amount_minor, currency: money.currency.code() })
}

/// The inverse of `to_gateway`.
pub(super) fn from_gateway(amount: u64, currency: &str) -> Result<Money, MappingError> {
    let currency = Currency::from_code(currency).map_err(|_| MappingError::Unreadable)?;
    Ok(Money::new(amount, currency))
}

/// An unknown status says nothing.
fn phase(status: &str) -> Option<Phase> {
    match status {
        "pending" => Some(Phase::Pending),
        "authorized" => Some(Phase::Authorized),
        "captured" => Some(Phase::Captured),
        "failed" => Some(Phase::Failed),
        "canceled" => Some(Phase::Canceled),
        "expired" => Some(Phase::Expired),
        _ => None,
    }
}

/// A refund with an unknown status counts as pending.
fn refund_phase(status: &str) -> OperationPhase {
    match status {
        "succeeded" => OperationPhase::Done,
        "failed" => OperationPhase::Failed,
        _ => OperationPhase::Pending,
    }
}

fn dispute_phase(status: &str) -> Option<DisputePhase> {
    match status {
        "opened" => Some(DisputePhase::Open),
        "won" => Some(DisputePhase::Won),
        "lost" => Some(DisputePhase::Lost),
        _ => None,
    }
}

pub(super) fn method_word(method: Method) -> &'static str {
    match method {
        Method::Card => "card",
        Method::Upi => "upi",
        Method::Netbanking => "netbanking",
        Method::Wallet => "wallet",
        Method::BankTransfer => "bank_transfer",
    }
}

fn method(word: &str) -> Option<Method> {
    let all = [Method::Card, Method::Upi, Method::Netbanking, Method::Wallet, Method::BankTransfer];
    all.into_iter().find(|method| method_word(*method) == word)
}

/// Only UPI depends on the currency.
pub(super) fn moves(method: Method, currency: Currency) -> bool {
    method != Method::Upi || currency.code() == UPI_CURRENCY
}

pub(super) fn mode_word(mode: CaptureMode) -> &'static str {
    match mode {
        CaptureMode::Automatic => "automatic",
        CaptureMode::Manual => "manual",
    }
}

/// Translates an object, whichever answer it came from.
pub(super) fn seen(payment: &wire::Payment) -> Result<Seen, MappingError> {
    if payment.id.is_empty() {
        return Err(MappingError::Unreadable);
    }
    let phase = phase(&payment.status);
    let object = ObjectId::new(&payment.id);
    let capture_id = capture_id(&payment.id, payment.capture_id.as_deref());
    let captures = match phase {
        Some(Phase::Captured) => vec![capture(payment)?],
        _ => Vec::new(),
    };
    // Once something was captured, the object shows the capture's currency, so the authorized amount can no
    // longer be read from it. It was the amount that we asked for, which the order knows.
    let authorized = match phase {
        Some(Phase::Authorized) => Some(from_gateway(payment.amount, &payment.currency)?),
        _ => None,
    };
    let disputes = payment.disputes.iter().filter_map(|dispute| {
        Some(SeenDispute {
            id: DisputeId::new(&dispute.id),
            capture: capture_id.clone(),
            amount_minor: dispute.amount,
            phase: dispute_phase(&dispute.status)?,
            reason: dispute.reason.as_deref().map(bounded),
            respond_by: dispute.respond_by.as_deref().and_then(Timestamp::from_rfc3339),
        })
    });
    Ok(Seen {
        object,
        phase,
        authorized,
        captures,
        refunds: payment.refunds.iter().map(|refund| seen_refund(refund, &capture_id)).collect(),
        disputes: disputes.collect(),
        page: page(payment),
        failure: payment.failure.as_ref().map(failure),
        method: payment.method.as_deref().and_then(method),
        past: false,
    })
}

/// The sandbox captures a payment once. A capture without an id of its own gets the payment's.
fn capture_id(payment: &str, capture: Option<&str>) -> CaptureId {
    CaptureId::new(capture.unwrap_or(payment))
}

/// A capture whose amount cannot be read is an error; otherwise the payment would look as if nothing was
/// captured.
fn capture(payment: &wire::Payment) -> Result<SeenCapture, MappingError> {
    if payment.amount_captured == 0 {
        return Err(MappingError::Unreadable);
    }
    let amount = from_gateway(payment.amount_captured, &payment.currency)?;
    let id = capture_id(&payment.id, payment.capture_id.as_deref());
    Ok(SeenCapture { id, amount, operation: None })
}

fn seen_refund(refund: &wire::Refund, capture_id: &CaptureId) -> SeenRefund {
    SeenRefund {
        id: GatewayRefundId::new(&refund.id),
        operation: refund.reference.as_deref().and_then(|r| OperationId::parse_refund(r).ok()),
        capture: capture_id.clone(),
        amount_minor: refund.amount,
        phase: refund_phase(&refund.status),
        failure: refund.failure.as_ref().map(failure),
    }
}

fn page(payment: &wire::Payment) -> Option<SeenPage> {
    if payment.checkout_url.is_none() && payment.client_token.is_none() {
        return None;
    }
    Some(SeenPage {
        address: payment.checkout_url.clone(),
        token: payment.client_token.clone(),
        expires_at: payment.expires_at.as_deref().and_then(Timestamp::from_rfc3339),
    })
}

fn failure(failure: &wire::Failure) -> Failure {
    Failure { code: bounded(&failure.code), message: bounded(&failure.message) }
}

fn bounded(text: &str) -> String {
    text.chars().take(FAILURE_CHARS_MAX).collect()
}

/// A byte order mark before the JSON is not part of it, although it is part of the signed bytes.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, MappingError> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(text).map_err(|_| MappingError::Unreadable)
}
