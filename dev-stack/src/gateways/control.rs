//! The controls under `/control`: misbehave, deliver webhooks, act as the dashboard, and show the truth.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::acts::{give_back, step};
use super::answer::Answer;
use super::call::Call;
use super::ledger::Ledger;
use super::ledger::behaviour::Behaviour;
use super::ledger::event::Event;
use super::ledger::money;
use super::ledger::payment::{Capture, DisputeStatus, NewPayment, Payment, RefundStatus};
use super::ledger::reference::Reference;
use super::ledger::refund::NewRefund;
use super::ledger::scripted::Scripted;
use super::page::dashboard;
use super::refusal::{Refusal, Reply};
use super::view::{PaymentView, RefundView, rfc3339};

pub(crate) fn answer(ledger: &mut Ledger, call: &Call<'_>) -> Reply {
    match (call.method, call.segments().as_slice()) {
        ("PUT", ["control", "behaviour"]) => behave(ledger, call),
        ("POST", ["control", "deliver"]) => deliver(ledger, call),
        ("GET", ["control", "payments"]) if call.is_from_browser() => dashboard::show(ledger),
        ("GET", ["control", "payments"]) => truth(ledger),
        ("POST", ["control", "payments", id, "capture"]) => capture(ledger, call, id),
        ("POST", ["control", "payments", id, "authorize"]) => authorize(ledger, id),
        ("POST", ["control", "payments", id, "refund"]) => refund(ledger, call, id),
        ("POST", ["control", "payments", id, "dispute"]) => dispute(ledger, call, id),
        ("POST", ["control", "payments", id, "twin"]) => twin(ledger, call, id),
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

/// A second object for the same reference, as after a repeat that the gateway did not recognise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwinBody {
    /// As in `metadata.sandbox`; absent: with a page.
    outcome: Option<String>,
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

fn behave(ledger: &mut Ledger, call: &Call<'_>) -> Reply {
    let behaviour: Behaviour = call.json()?;
    ledger.behave(behaviour.clone());
    Answer::json(StatusCode::OK, &behaviour)
}

fn deliver(ledger: &mut Ledger, call: &Call<'_>) -> Reply {
    let reference = call.json_if_any::<DeliverBody>()?.reference;
    let released = ledger.release(reference.as_ref().map(|reference| reference.0.as_str()));
    Answer::json(StatusCode::OK, &Released { released })
}

fn truth(ledger: &Ledger) -> Reply {
    let create_calls = ledger.create_calls();
    let payments = ledger.payments.iter().map(|payment| TruePayment {
        // Also shows what is still hidden from look-ups.
        payment: PaymentView::with_page(payment, &ledger.base_url, i64::MAX),
        order_id: payment.metadata.get("order_id").map(String::as_str),
        metadata: &payment.metadata,
        captures: payment.captured.iter().map(CaptureView::of).collect(),
        create_calls: create_calls.get(&payment.reference).copied().unwrap_or(0),
        hidden: payment.visible_at > ledger.now,
    });
    Answer::json(StatusCode::OK, &Truth { payments: payments.collect(), create_calls })
}

fn capture(ledger: &mut Ledger, call: &Call<'_>, id: &str) -> Reply {
    let payment = named(ledger, id)?;
    let amount = call.json_if_any::<CaptureBody>()?.amount;
    let taking = ledger.taking(&payment.reference);
    let now = ledger.now;
    step(ledger, payment, |payment| payment.capture_late(amount, &taking, now))
}

fn authorize(ledger: &mut Ledger, id: &str) -> Reply {
    let payment = named(ledger, id)?;
    let now = ledger.now;
    step(ledger, payment, |payment| payment.authorize_late(now))
}

fn refund(ledger: &mut Ledger, call: &Call<'_>, id: &str) -> Reply {
    let payment = named(ledger, id)?;
    let body: RefundBody = call.json_if_any()?;
    if let Some(refund_id) = &body.refund_id {
        let status = body.status.unwrap_or_default();
        return move_refund(ledger, payment, refund_id, status);
    }
    let behaviour = ledger.behaviour(&payment.reference);
    let new = NewRefund {
        id: ledger.ids.next("re_"),
        reference: body.reference.map(|reference| reference.0),
        amount: body.amount,
        status: body.status.unwrap_or(behaviour.refund_status),
        now: ledger.now,
        visible_at: behaviour.visible_at(ledger.now),
    };
    give_back(ledger, payment, new)
}

fn move_refund(
    ledger: &mut Ledger,
    mut payment: Payment,
    refund_id: &str,
    status: RefundStatus,
) -> Reply {
    let refund = payment
        .move_refund(refund_id, status, ledger.now)
        .ok_or(Refusal::NotFound)?
        .map_err(|unfit| ledger.unfit(unfit, &payment))?;
    let view = RefundView::of(&refund, &payment);
    ledger.record(payment, Some(Event::Refund(refund)));
    Answer::json(StatusCode::OK, &view)
}

fn dispute(ledger: &mut Ledger, call: &Call<'_>, id: &str) -> Reply {
    let mut payment = named(ledger, id)?;
    let body: DisputeBody = call.json()?;
    let dispute = payment
        .dispute(body.status, body.amount, body.reason, ledger.ids.next("dp_"), ledger.now)
        .map_err(|unfit| ledger.unfit(unfit, &payment))?;
    let view = ledger.view(&payment);
    ledger.record(payment, Some(Event::Dispute(dispute)));
    Answer::json(StatusCode::OK, &view)
}

fn twin(ledger: &mut Ledger, call: &Call<'_>, id: &str) -> Reply {
    let first = named(ledger, id)?;
    let outcome = call.json_if_any::<TwinBody>()?.outcome;
    let scripted = outcome.as_deref().map(Scripted::parse).transpose()?;
    let life_s = ledger.abilities.page_life.map(|life| life.default);
    let mut twin = ledger.new_payment(NewPayment::like(&first), life_s, scripted.is_none());
    let happening = match scripted {
        Some(scripted) => {
            let happening = scripted.play(ledger, &mut twin);
            Some(happening.map_err(|unfit| ledger.unfit(unfit, &twin))?)
        }
        None => None,
    };
    let view = PaymentView::with_page(&twin, &ledger.base_url, ledger.now);
    ledger.record(twin, happening.map(Event::Payment));
    Answer::json(StatusCode::CREATED, &view)
}

/// Found by the gateway's id, or by the merchant's reference (its newest payment).
fn named(ledger: &Ledger, id: &str) -> Result<Payment, Refusal> {
    let payments = &ledger.payments;
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
