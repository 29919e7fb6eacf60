//! The captures of a payment, and its disputes at the shopper's bank.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use crate::domain::id::PaymentId;
use crate::domain::money::Currency;
use crate::domain::order::Order;
use crate::domain::status::DisputeStatus;

/// A capture.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Capture"))]
pub(super) struct CaptureView {
    /// In the minor unit of its own currency.
    amount: u64,
    /// The currency of the capture. If it differs from the order's, the payment is in review or its money
    /// goes back, and `amount_captured` does not include it.
    currency: Currency,
    /// The part that the gateway is known to have refunded.
    amount_refunded: u64,
    /// The part that the shopper's bank has taken back through lost disputes.
    amount_charged_back: u64,
    /// When it became known.
    captured_at: Time,
}

/// A dispute: the shopper claims the money back at the bank.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Dispute"))]
pub(super) struct DisputeView<'a> {
    /// The gateway's id of the dispute.
    dispute_id: &'a str,
    /// `lost` is final: the bank has taken the amount back.
    status: DisputeStatus,
    /// The disputed amount, in the currency's minor unit.
    amount: u64,
    /// The currency of the disputed capture.
    currency: Currency,
    /// The gateway's code for the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The deadline for answering the bank, at the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    respond_by: Option<Time>,
    /// When it became known.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<Time>,
}

pub(super) fn captures(order: &Order, payment: &PaymentId) -> Vec<CaptureView> {
    let mut captures: Vec<_> = order.captures_of(payment).collect();
    captures.sort_by_key(|(_, capture)| capture.learnt_at);
    let shown = captures.into_iter().map(|(id, capture)| CaptureView {
        amount: capture.amount.amount_minor,
        currency: capture.amount.currency,
        amount_refunded: order.returned(id),
        amount_charged_back: order.lost(id),
        captured_at: Time(capture.learnt_at),
    });
    shown.collect()
}

pub(super) fn disputes<'a>(order: &'a Order, payment: &PaymentId) -> Vec<DisputeView<'a>> {
    let shown = order.disputes.iter().filter_map(|(id, dispute)| {
        let capture = order.captures.get(&dispute.capture).filter(|c| &c.attempt == payment)?;
        let gateway = &order.attempts.get(payment)?.gateway;
        Some(DisputeView {
            dispute_id: id.own(gateway),
            status: dispute.phase().into(),
            amount: dispute.amount_minor,
            currency: capture.amount.currency,
            reason: dispute.reason.as_deref(),
            respond_by: dispute.respond_by.map(Time),
            opened_at: dispute.learnt_at.map(Time),
        })
    });
    shown.collect()
}
