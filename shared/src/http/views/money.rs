//! What was captured of a payment, and what the shopper's bank claims back.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use crate::domain::id::PaymentId;
use crate::domain::money::Currency;
use crate::domain::order::Order;
use crate::domain::status::DisputeStatus;

/// What the gateway has taken.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Capture"))]
pub(super) struct CaptureView {
    /// In the minor unit of its own currency.
    amount: u64,
    /// In which it was taken. It can differ from the order's: then the payment is in review, or goes
    /// back, and `amount_captured` does not count it.
    currency: Currency,
    /// What of it the gateway is known to have given back.
    amount_refunded: u64,
    /// How much of it the shopper's bank has taken back through lost disputes.
    amount_charged_back: u64,
    /// When it became known.
    captured_at: Time,
}

/// Money that the shopper claims back at the bank.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Dispute"))]
pub(super) struct DisputeView<'a> {
    /// The gateway's own name of the dispute.
    dispute_id: &'a str,
    /// `lost` is final: the bank has taken the amount back.
    status: DisputeStatus,
    /// What is disputed, in the currency's minor unit.
    amount: u64,
    /// Of the capture that is disputed.
    currency: Currency,
    /// The gateway's word for why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Until when the merchant can answer the bank, at the gateway.
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
        Some(DisputeView {
            dispute_id: id.as_str(),
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
