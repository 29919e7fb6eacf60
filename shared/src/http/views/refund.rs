//! A refund as the merchant reads it, whether made here or at the gateway.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use super::payment::Failure;
use crate::domain::attempt;
use crate::domain::id::{OperationId, OrderId, PaymentId};
use crate::domain::ledger::{Operation, OperationKind, Reason, Refund};
use crate::domain::money::Currency;
use crate::domain::names::GatewayRefundId;
use crate::domain::order::Order;
use crate::domain::status::RefundStatus;
use crate::domain::time::Timestamp;
#[cfg(feature = "openapi")]
use crate::http::schemas;

/// A refund.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Refund"))]
pub(in crate::http) struct RefundView<'a> {
    /// Our id of the refund, even if it was made at the gateway.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "schemas::shown_operation"))]
    refund_id: OperationId,
    /// The refunded payment.
    payment_id: &'a PaymentId,
    /// The order of that payment.
    order_id: &'a OrderId,
    /// `pending` until the gateway is known to have completed or refused it.
    status: RefundStatus,
    /// In the currency's minor unit.
    amount: u64,
    /// The currency of the capture.
    currency: Currency,
    /// Your reason; without one, `requested`, `review`, `late_payment`, `duplicate_payment` or `gateway`.
    reason: &'a str,
    /// The API key that asked for it: `key:` and its id, or `op:` for a person's key. Absent if nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    /// Why it failed, if the gateway has given a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    /// The gateway's id of the refund, once the gateway has shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_reference: Option<&'a str>,
    /// When it was recorded; for a refund made at the gateway, when it became known.
    created_at: Time,
}

impl<'a> RefundView<'a> {
    pub(super) fn find(order: &'a Order, payment: &'a PaymentId, id: &OperationId) -> Option<Self> {
        if let Some((id, op)) = order.operations.get_key_value(id) {
            let ours = op.kind == OperationKind::Refund && &op.attempt == payment;
            return ours.then(|| Self::ours(order, id, op));
        }
        let (gateway_id, known) = order.refunds.iter().find(|(gateway_id, known)| {
            known.operation.is_none() && &order.public_refund(gateway_id, known).0 == id
        })?;
        Self::foreign(order, payment, gateway_id, known)
    }

    fn ours(order: &'a Order, id: &'a OperationId, op: &'a Operation) -> Self {
        let capture = op.capture.as_ref().and_then(|capture| order.captures.get(capture));
        let shown = order.shown_as(id).and_then(|shown| order.refunds.get_key_value(shown));
        let failure = shown.and_then(|(_, refund)| refund.failure.as_ref());
        let status = RefundStatus::of_operation(op);
        Self {
            refund_id: id.clone(),
            payment_id: &op.attempt,
            order_id: &order.id,
            status,
            amount: op.amount_minor,
            currency: capture.map_or(order.currency(), |capture| capture.amount.currency),
            reason: op.note.as_deref().unwrap_or_else(|| order.reason_of(op)),
            by: op.by.as_deref(),
            failure: failure_of(status, failure.or(op.failure.as_ref())),
            gateway_reference: shown.and_then(|(id, _)| own(order, &op.attempt, id)),
            created_at: Time(op.created_at),
        }
    }

    fn foreign(
        order: &'a Order,
        payment: &'a PaymentId,
        gateway_id: &'a GatewayRefundId,
        known: &'a Refund,
    ) -> Option<Self> {
        let capture = order.captures.get(&known.capture).filter(|c| &c.attempt == payment)?;
        let status = RefundStatus::of(known.phase());
        Some(Self {
            refund_id: order.public_refund(gateway_id, known).0,
            payment_id: payment,
            order_id: &order.id,
            status,
            amount: known.amount_minor,
            currency: capture.amount.currency,
            reason: Reason::Gateway.word(),
            by: None,
            failure: failure_of(status, known.failure.as_ref()),
            gateway_reference: own(order, payment, gateway_id),
            created_at: Time(known.learnt_at),
        })
    }
}

fn own<'a>(order: &Order, payment: &PaymentId, id: &'a GatewayRefundId) -> Option<&'a str> {
    Some(id.own(&order.attempts.get(payment)?.gateway))
}

fn failure_of(status: RefundStatus, why: Option<&attempt::Failure>) -> Option<Failure<'_>> {
    why.filter(|_| status == RefundStatus::Failed).map(Failure::of)
}

/// All refunds of a payment, oldest first.
pub(super) fn refunds<'a>(order: &'a Order, payment: &'a PaymentId) -> Vec<RefundView<'a>> {
    let ours = order
        .operations
        .iter()
        .filter(|(_, op)| op.kind == OperationKind::Refund && &op.attempt == payment)
        .map(|(id, op)| (op.created_at, RefundView::ours(order, id, op)));
    let foreign = order.refunds.iter().filter(|(_, known)| known.operation.is_none());
    let foreign = foreign.filter_map(|(gateway_id, known)| {
        Some((known.learnt_at, RefundView::foreign(order, payment, gateway_id, known)?))
    });
    let mut all: Vec<(Timestamp, RefundView<'a>)> = ours.chain(foreign).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, view)| view).collect()
}
