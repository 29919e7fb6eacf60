//! The merchant's API under `/v1`: who may call, the routes, and what moves a payment.

use http::StatusCode;
use serde::Deserialize;

use super::answer::{Answer, Outcome, Refusal, Reply};
use super::behaviour::Behaviour;
use super::call::Call;
use super::create::{Reference, create};
use super::event::Event;
use super::gateway::Gateway;
use super::money;
use super::once::{behaving, once};
use super::payment::{Happening, Payment, Unfit};
use super::profile::Keys;
use super::reading;
use super::refund::NewRefund;
use super::settlements;
use super::view::{PaymentView, RefundView};

pub(super) fn answer(gateway: &mut Gateway, call: &Call<'_>) -> Outcome {
    match (call.method, call.segments().as_slice()) {
        ("POST", ["v1", "payments"]) => create(gateway, call),
        ("GET", ["v1", "payments"]) => reading::list(gateway, call).into(),
        ("GET", ["v1", "payments", id]) => reading::one(gateway, id).into(),
        ("GET", ["v1", "settlements"]) => settlements::list(gateway, call).into(),
        ("POST", ["v1", "payments", id, "capture"]) => capture(gateway, call, id),
        ("POST", ["v1", "payments", id, "void"]) => void(gateway, call, id),
        ("POST", ["v1", "payments", id, "cancel"]) => cancel(gateway, call, id),
        ("POST", ["v1", "payments", id, "refunds"]) => refund(gateway, call, id),
        _ => Err(Refusal::NotFound).into(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaptureBody {
    #[serde(default, deserialize_with = "money::optional_amount")]
    amount: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoBody {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    reference: Option<Reference>,
    #[serde(default, deserialize_with = "money::optional_amount")]
    amount: Option<u64>,
}

fn capture(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Outcome {
    let Some((payment, behaviour)) = found(gateway, id) else {
        return Err(Refusal::NotFound).into();
    };
    let keys = gateway.abilities.capture_keys;
    behaving(behaviour.capture, || {
        once(gateway, call, keys, |gateway| {
            if !gateway.abilities.manual {
                return Err(Refusal::NoSuchCall("capture"));
            }
            let amount = call.json_if_any::<CaptureBody>()?.amount;
            if amount.is_some_and(|n| n < payment.amount) && !gateway.abilities.partial {
                let whole = "This gateway captures the authorized amount only.";
                return Err(Refusal::NotSupported(whole.to_owned()));
            }
            let taking = gateway.taking(&payment.reference);
            let now = gateway.now;
            moved(gateway, payment, |payment| {
                payment.capture(amount, &taking, now)
            })
        })
    })
}

fn void(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Outcome {
    let Some((payment, behaviour)) = found(gateway, id) else {
        return Err(Refusal::NotFound).into();
    };
    let keys = gateway.abilities.capture_keys;
    behaving(behaviour.void, || {
        once(gateway, call, keys, |gateway| {
            if !gateway.abilities.void {
                return Err(Refusal::NoSuchCall("void"));
            }
            call.json_if_any::<NoBody>()?;
            moved(gateway, payment, Payment::void)
        })
    })
}

fn cancel(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Outcome {
    let Some((payment, behaviour)) = found(gateway, id) else {
        return Err(Refusal::NotFound).into();
    };
    let keys = gateway.abilities.capture_keys;
    behaving(behaviour.cancel, || {
        once(gateway, call, keys, |gateway| {
            if !gateway.abilities.cancel {
                return Err(Refusal::NoSuchCall("cancel"));
            }
            call.json_if_any::<NoBody>()?;
            moved(gateway, payment, Payment::cancel)
        })
    })
}

fn refund(gateway: &mut Gateway, call: &Call<'_>, id: &str) -> Outcome {
    let Some((payment, behaviour)) = found(gateway, id) else {
        return Err(Refusal::NotFound).into();
    };
    let keys = gateway.abilities.refund_keys;
    behaving(behaviour.refund, || {
        once(gateway, call, keys, |gateway| {
            let body: RefundBody = call.json_if_any()?;
            let reference = body.reference.map(|reference| reference.0);
            refuse_duplicate(gateway, &payment, reference.as_deref())?;
            let new = NewRefund {
                id: gateway.ids.next("re_"),
                reference,
                amount: body.amount,
                status: behaviour.refund_status,
                now: gateway.now,
                visible_at: behaviour.visible_at(gateway.now),
            };
            give_back(gateway, payment, new)
        })
    })
}

/// Where the reference is the key, it names one refund for ever.
fn refuse_duplicate(
    gateway: &Gateway,
    payment: &Payment,
    reference: Option<&str>,
) -> Result<(), Refusal> {
    if gateway.abilities.refund_keys != Keys::Natural || reference.is_none() {
        return Ok(());
    }
    let existing = payment
        .refunds
        .iter()
        .find(|refund| refund.reference.as_deref() == reference);
    existing.map_or(Ok(()), |refund| {
        let view = RefundView::of(refund, payment);
        Err(Refusal::DuplicateRefund(
            Box::new(gateway.view(payment)),
            view,
        ))
    })
}

pub(super) fn give_back(gateway: &mut Gateway, mut payment: Payment, new: NewRefund) -> Reply {
    let refund = payment
        .refund(new)
        .map_err(|unfit| Refusal::Unfit(unfit, Box::new(gateway.view(&payment))))?;
    let view = RefundView::of(&refund, &payment);
    gateway.record(payment, Some(Event::Refund(refund)));
    Answer::json(StatusCode::CREATED, &view)
}

/// Takes one step, tells of it, and answers the payment as it is then.
pub(super) fn moved(
    gateway: &mut Gateway,
    mut payment: Payment,
    step: impl FnOnce(&mut Payment) -> Result<Happening, Unfit>,
) -> Reply {
    let happening = step(&mut payment)
        .map_err(|unfit| Refusal::Unfit(unfit, Box::new(gateway.view(&payment))))?;
    let view = gateway.view(&payment);
    gateway.record(payment, Some(Event::Payment(happening)));
    Answer::json(StatusCode::OK, &view)
}

fn found(gateway: &Gateway, id: &str) -> Option<(Payment, Behaviour)> {
    let payment = gateway.payments.by_id(id)?.clone();
    let behaviour = gateway.behaviour(&payment.reference).clone();
    Some((payment, behaviour))
}

impl Gateway {
    /// The payment as a look-up shows it.
    pub(super) fn view(&self, payment: &Payment) -> PaymentView {
        if self.abilities.page_again {
            PaymentView::with_page(payment, &self.base_url, self.now)
        } else {
            PaymentView::without_page(payment, self.now)
        }
    }
}
