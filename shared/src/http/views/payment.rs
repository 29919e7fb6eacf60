//! A payment as its readers see it: the merchant, the shopper, and the recipient of a problem.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use super::Time;
use super::history::{self, Change};
use super::money::{CaptureView, DisputeView, captures, disputes};
use super::refund::{RefundView, refunds};
use crate::domain::attempt::{self, Attempt, Method};
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::money::Currency;
use crate::domain::names::ObjectId;
use crate::domain::order::Order;
use crate::domain::status::{OrderStatus, PaymentStatus};
use crate::domain::time::Timestamp;
#[cfg(feature = "openapi")]
use crate::http::schemas;

/// A payment.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Payment"))]
pub(in crate::http) struct PaymentView<'a> {
    /// Our id of the payment, used in paths and confirmations.
    payment_id: &'a PaymentId,
    /// The order to be paid.
    order_id: &'a OrderId,
    /// `pending` until the outcome is known; `review` while a person has to decide about captured money;
    /// `returned` if captured money is not kept: it goes back automatically, or has gone back.
    status: PaymentStatus,
    /// The order's total, in the currency's minor unit.
    amount: u64,
    /// The order's currency, in which all amounts here are given.
    currency: Currency,
    /// The amount that the gateway is known to have captured in `currency`; less than `amount` if only a part
    /// was captured.
    amount_captured: u64,
    /// The part of it that the gateway is known to have refunded; refunds in progress do not count.
    amount_refunded: u64,
    /// The name of the gateway.
    gateway: &'a str,
    /// Whether the money is real; `false` for test payments.
    live: bool,
    /// A token for the gateway's browser component.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<&'a str>,
    /// The gateway's page, while the shopper may pay there.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<&'a str>,
    /// What the shopper has to do; `null` if there is nothing to do.
    next_action: Option<NextAction<'a>>,
    /// The page can be paid until then.
    expires_at: Time,
    /// When it was recorded, before the gateway was asked.
    created_at: Time,
}

/// What the shopper has to do.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(transform = schemas::describe_action))]
#[serde(tag = "type", rename_all = "snake_case")]
enum NextAction<'a> {
    /// Send the shopper's browser to `url`.
    Redirect {
        /// The gateway's page, as in `checkout_url`.
        url: &'a str,
    },
}

/// A payment that was just started or found.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "CreatedPayment"))]
pub(in crate::http) struct CreatedPayment<'a> {
    #[serde(flatten)]
    payment: PaymentView<'a>,
    /// Lets the shopper's browser read this payment's status, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_token: Option<String>,
}

/// A payment in full, as the merchant sees it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "PaymentInFull"))]
pub(in crate::http) struct PaymentInFull<'a> {
    #[serde(flatten)]
    payment: PaymentView<'a>,
    /// The last failed try, even if the page can still be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    /// The gateway's id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_reference: Option<&'a str>,
    /// The method that the shopper used; until that is known, the requested one.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Method>,
    /// Captures, oldest first.
    captures: Vec<CaptureView>,
    /// Refunds, oldest first.
    refunds: Vec<RefundView<'a>>,
    /// Disputes at the shopper's bank, open or decided.
    disputes: Vec<DisputeView<'a>>,
    /// The last changes, oldest first.
    history: Vec<Change<'a>>,
}

/// Why a try failed, in the gateway's words.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema))]
pub(in crate::http) struct Failure<'a> {
    /// The gateway's code, for programs.
    code: &'a str,
    /// The gateway's message, for people.
    message: &'a str,
}

/// A payment as the shopper's browser sees it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "ShopperPayment"))]
pub(in crate::http) struct ShopperPayment<'a> {
    /// The payment of the status token.
    payment_id: &'a PaymentId,
    /// The order to be paid.
    order_id: &'a OrderId,
    /// The same status that the merchant sees.
    status: PaymentStatus,
    /// The order's status: another payment may have paid it.
    order_status: OrderStatus,
    /// The order's total, in the currency's minor unit.
    amount: u64,
    /// The order's currency, in which all amounts here are given.
    currency: Currency,
    /// Whether the money is real; `false` for test payments.
    live: bool,
    /// The amount that the gateway is known to have captured in `currency`.
    amount_captured: u64,
    /// The part of it that the gateway is known to have refunded.
    amount_refunded: u64,
    /// Captures in any currency, with their refunds, oldest first.
    captures: Vec<CaptureView>,
    /// What the shopper has to do; `null` if there is nothing to do.
    next_action: Option<NextAction<'a>>,
    /// The page can be paid until then.
    expires_at: Time,
    /// The last failed try, even if the page can still be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureCode<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema))]
struct FailureCode<'a> {
    /// The gateway's code, for programs.
    code: &'a str,
}

/// The payment that a problem is about.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "PaymentInTheWay"))]
pub(in crate::http) struct PaymentInTheWay<'a> {
    /// The id with which it is read, captured or canceled.
    payment_id: &'a PaymentId,
    /// The status when the problem was returned.
    status: PaymentStatus,
    /// Whether the money is real; `false` for test payments.
    live: bool,
    /// The gateway's page, while the shopper may pay there.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<&'a str>,
    /// The page can be paid until then.
    expires_at: Time,
}

impl<'a> PaymentView<'a> {
    pub(super) fn of(order: &'a Order, id: &'a PaymentId) -> Option<Self> {
        let attempt = order.attempts.get(id)?;
        let page = attempt.page_to_show();
        let address = page.and_then(|page| page.address.as_deref());
        Some(Self {
            payment_id: id,
            order_id: &order.id,
            status: order.payment_status(id, attempt),
            amount: order.total.amount_minor,
            currency: order.currency(),
            amount_captured: order.amount_captured(id),
            amount_refunded: order.amount_refunded(id),
            gateway: attempt.gateway.as_str(),
            live: attempt.live,
            client_token: page.and_then(|page| page.token.as_deref()),
            checkout_url: address,
            next_action: address.map(|url| NextAction::Redirect { url }),
            expires_at: Time(
                attempt.page.as_ref().and_then(|page| page.expires_at).unwrap_or(order.expires_at),
            ),
            created_at: Time(attempt.created_at),
        })
    }
}

impl<'a> CreatedPayment<'a> {
    pub(super) fn of(
        order: &'a Order,
        id: &'a PaymentId,
        status_token: Option<String>,
    ) -> Option<Self> {
        Some(Self { payment: PaymentView::of(order, id)?, status_token })
    }
}

impl<'a> PaymentInFull<'a> {
    pub(super) fn of(order: &'a Order, id: &'a PaymentId) -> Option<Self> {
        let attempt = order.attempts.get(id)?;
        Some(Self {
            payment: PaymentView::of(order, id)?,
            failure: attempt.failure.as_ref().map(Failure::of),
            gateway_reference: gateway_reference(order, id, attempt),
            method: attempt.used.or(attempt.method),
            captures: captures(order, id),
            refunds: refunds(order, id),
            disputes: disputes(order, id),
            history: history::of_payment(order, id),
        })
    }
}

impl<'a> Failure<'a> {
    pub(super) fn of(failure: &'a attempt::Failure) -> Self {
        Self { code: &failure.code, message: &failure.message }
    }
}

impl<'a> ShopperPayment<'a> {
    pub(super) fn of(order: &'a Order, id: &'a PaymentId, now: Timestamp) -> Option<Self> {
        let failure = order.attempts.get(id)?.failure.as_ref();
        let seen = PaymentView::of(order, id)?;
        Some(Self {
            payment_id: seen.payment_id,
            order_id: seen.order_id,
            status: seen.status,
            order_status: order.status(now),
            amount: seen.amount,
            currency: seen.currency,
            live: seen.live,
            amount_captured: seen.amount_captured,
            amount_refunded: seen.amount_refunded,
            captures: captures(order, id),
            next_action: seen.next_action,
            expires_at: seen.expires_at,
            failure: failure.map(|failure| FailureCode { code: &failure.code }),
        })
    }
}

impl<'a> PaymentInTheWay<'a> {
    pub(super) fn of(order: &'a Order, id: &'a PaymentId) -> Option<Self> {
        let PaymentView { payment_id, status, live, checkout_url, expires_at, .. } =
            PaymentView::of(order, id)?;
        Some(Self { payment_id, status, live, checkout_url, expires_at })
    }
}

fn gateway_reference<'a>(
    order: &'a Order,
    id: &'a PaymentId,
    attempt: &'a Attempt,
) -> Option<&'a str> {
    let captured = order.captures_of(id).next().map(|(_, capture)| &capture.object);
    let handed_out = attempt.page.as_ref().map(|page| &page.object);
    captured.or(handed_out).or_else(|| attempt.objects.keys().next()).map(ObjectId::as_str)
}
