//! The controls under `/control`: misbehave, deliver webhooks, act as the dashboard, and show the truth.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::answer::Answer;
use super::behaviour::Behaviour;
use super::call::Call;
use super::dashboard;
use super::event::Event;
use super::gateway::Gateway;
use super::money;
use super::operations::{give_back, step};
use super::payment::{Capture, DisputeStatus, Payment, RefundStatus};
use super::reference::Reference;
use super::refund::NewRefund;
use super::refusal::{Refusal, Reply};
use super::view::{PaymentView, RefundView, rfc3339};

pub(super) fn answer(gateway: &mut Gateway, call: &Call<'_>) -> Reply {
    match (call.method, call.segments().as_slice()) {
        ("PUT", ["control", "behaviour"]) => behave(gateway, call),
        ("POST", ["control", "deliver"]) => deliver(gateway, call),
        ("GET", ["control", "payments"]) if call.is_from_browser() => dashboard::show(gateway),
        ("GET", ["control", "payments"]) => truth(gateway),
        ("POST", ["control", "payments", id, "capture"]) => capture(gateway, call, id),
        ("POST", ["control", "payments", id, "authorize"]) => authorize(gateway, id),
        ("POST", ["control", "payments", id, "refund"]) => refund(gateway, call, id),
        ("POST", ["control", "payments", id, "dispute"]) => dispute(gateway, call, id),
        _ => Err(Refusal::NotFound),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliverBody {
    reference: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaptureBody {
    #[serde(default, deserialize_with = "money::optional_amount")]
    amount: Option<u64>,
}

/// A new refund, or with `refund_id` the new status of an existing one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    #[serde(default, deserialize_with = "money::optional_amount")]
    amount: Option<u64>,
    reference: Option<Reference>,
    status: Option<RefundStatus>,
    refund_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisputeBody {
    status: DisputeStatus,
    #[serde(default, deserialize_with = "money::optional_amount")]
    amount: Option<u64>,
    /// For programs, such as `product_not_received`.
    reason: Option<String>,
}

#[derive(Serialize)]
struct Released {
    released: usize,
}

#[derive(Serialize)]
struct Truth<'a> {
    payments: Vec<TruePayment<'a>>,
    /// Per reference, also where no payment was made.
    create_calls: &'a BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct TruePayment<'a> {
    #[serde(flatten)]
    payment: PaymentView,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
    captures: Vec<CaptureView<'a>>,
    create_calls: u64,
    /// Look-ups do not see it yet.
    hidden: bool,
}

#[derive(Serialize)]
struct CaptureView<'a> {
    amount: u64,
    currency: &'a money::Currency,
    captured_at: String,
}

fn behave(gateway: &mut Gateway, call: &Call<'_>) -> Reply {
    let behaviour: Behaviour = call.json()?;
    gateway.behave(behaviour.clone());
    Answer::json(StatusCode::OK, &behaviour)
}

fn deliver(gateway: &mut Gateway, call: &Call<'_>) -> Reply {
    let reference = call.json_if_any::<DeliverBody>()?.reference;
    let released = gateway.release(reference.as_ref().map(|reference| reference.0.as_str()));
    Answer::json(StatusCode::OK, &Released { released })
}

fn truth(gateway: &Gateway) -> Reply {
    let create_calls = gateway.create_calls();
    let payments = gateway.payments.iter().map(|payment| TruePayment {
        // Also shows what is still hidden from look-ups.
        payment: PaymentView::with_page(payment, &gateway.base_url, i64::MAX),
        order_id: payment.metadata.get("order_id").map(String::as_str),
        metadata: &payment.metadata,
        captures: payment.captured.iter().map(CaptureView::of).collect(),
        create_calls: create_calls.get(&payment.reference).copied().unwrap_or(0),
        hidden: payment.visible_at > gateway.now,
    });
    Answer::json(StatusCode::OK, &Truth { payments: payments.collect(), create_calls })
}

fn capture(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Reply {
    let payment = named(gateway, id)?;
    let amount = call.json_if_any::<CaptureBody>()?.amount;
    let taking = gateway.taking(&payment.reference);
    let now = gateway.now;
    step(gateway, payment, |payment| payment.capture_late(amount, &taking, now))
}

fn authorize(gateway: &mut Gateway, id: &str) -> Reply {
    let payment = named(gateway, id)?;
    let now = gateway.now;
    step(gateway, payment, |payment| payment.authorize_late(now))
}

fn refund(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Reply {
    let payment = named(gateway, id)?;
    let body: RefundBody = call.json_if_any()?;
    if let Some(refund_id) = &body.refund_id {
        let status = body.status.unwrap_or_default();
        return move_refund(gateway, payment, refund_id, status);
    }
    let behaviour = gateway.behaviour(&payment.reference);
    let new = NewRefund {
        id: gateway.ids.next("re_"),
        reference: body.reference.map(|reference| reference.0),
        amount: body.amount,
        status: body.status.unwrap_or(behaviour.refund_status),
        now: gateway.now,
        visible_at: behaviour.visible_at(gateway.now),
    };
    give_back(gateway, payment, new)
}

fn move_refund(
    gateway: &mut Gateway,
    mut payment: Payment,
    refund_id: &str,
    status: RefundStatus,
) -> Reply {
    let refund = payment
        .move_refund(refund_id, status, gateway.now)
        .ok_or(Refusal::NotFound)?
        .map_err(|unfit| gateway.unfit(unfit, &payment))?;
    let view = RefundView::of(&refund, &payment);
    gateway.record(payment, Some(Event::Refund(refund)));
    Answer::json(StatusCode::OK, &view)
}

fn dispute(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Reply {
    let mut payment = named(gateway, id)?;
    let body: DisputeBody = call.json()?;
    let dispute = payment
        .dispute(body.status, body.amount, body.reason, gateway.ids.next("dp_"), gateway.now)
        .map_err(|unfit| gateway.unfit(unfit, &payment))?;
    let view = gateway.view(&payment);
    gateway.record(payment, Some(Event::Dispute(dispute)));
    Answer::json(StatusCode::OK, &view)
}

/// Found by the gateway's id, or by the merchant's reference (its newest payment).
fn named(gateway: &Gateway, id: &str) -> Result<Payment, Refusal> {
    let payments = &gateway.payments;
    let payment = payments.by_id(id).or_else(|| payments.by_reference(id).next_back());
    payment.cloned().ok_or(Refusal::NotFound)
}

impl<'a> CaptureView<'a> {
    fn of(capture: &'a Capture) -> Self {
        Self {
            amount: capture.amount,
            currency: &capture.currency,
            captured_at: rfc3339(capture.captured_at),
        }
    }
}
