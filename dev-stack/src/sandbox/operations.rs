//! What the merchant does with a payment: capture, void, cancel, refund.

use http::StatusCode;
use serde::Deserialize;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::event::Event;
use super::gateway::Gateway;
use super::money;
use super::once::{behaving, once};
use super::payment::Payment;
use super::profile::Keys;
use super::reference::Reference;
use super::refund::NewRefund;
use super::refusal::{Refusal, Reply};
use super::steps::{Happening, Unfit};
use super::view::RefundView;

#[derive(Clone, Copy)]
pub(super) enum Operation {
    Capture,
    Void,
    Cancel,
    Refund,
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

pub(super) fn operate(
    gateway: &mut Gateway,
    call: &Call<'_>,
    id: &str,
    operation: Operation,
) -> Outcome {
    let Some(payment) = gateway.payments.by_id(id).cloned() else {
        return Err(Refusal::NotFound).into();
    };
    let (behaviour, abilities) = (gateway.behaviour(&payment.reference), gateway.abilities);
    let (mode, keys) = match operation {
        Operation::Capture => (behaviour.capture, abilities.capture_keys),
        Operation::Void => (behaviour.void, abilities.capture_keys),
        Operation::Cancel => (behaviour.cancel, abilities.capture_keys),
        Operation::Refund => (behaviour.refund, abilities.refund_keys),
    };
    behaving(mode, || {
        once(gateway, call, keys, |gateway| match operation {
            Operation::Capture => capture(gateway, call, payment),
            Operation::Void => void(gateway, call, payment),
            Operation::Cancel => cancel(gateway, call, payment),
            Operation::Refund => refund(gateway, call, payment),
        })
    })
}

fn capture(gateway: &mut Gateway, call: &Call<'_>, payment: Payment) -> Reply {
    if !gateway.abilities.manual {
        return Err(Refusal::NoSuchCall("capture"));
    }
    let amount = call.json_if_any::<CaptureBody>()?.amount;
    if amount.is_some_and(|amount| amount < payment.amount) && !gateway.abilities.partial {
        let whole = "This gateway captures only the whole authorized amount.";
        return Err(Refusal::NotSupported(whole.to_owned()));
    }
    let (taking, now) = (gateway.taking(&payment.reference), gateway.now);
    step(gateway, payment, |payment| payment.capture(amount, &taking, now))
}

fn void(gateway: &mut Gateway, call: &Call<'_>, payment: Payment) -> Reply {
    if !gateway.abilities.void {
        return Err(Refusal::NoSuchCall("void"));
    }
    call.json_if_any::<NoBody>()?;
    step(gateway, payment, Payment::void)
}

fn cancel(gateway: &mut Gateway, call: &Call<'_>, payment: Payment) -> Reply {
    if !gateway.abilities.cancel {
        return Err(Refusal::NoSuchCall("cancel"));
    }
    call.json_if_any::<NoBody>()?;
    step(gateway, payment, Payment::cancel)
}

fn refund(gateway: &mut Gateway, call: &Call<'_>, payment: Payment) -> Reply {
    let body: RefundBody = call.json_if_any()?;
    let reference = body.reference.map(|reference| reference.0);
    if gateway.abilities.refund_keys == Keys::Natural {
        refuse_duplicate(gateway, &payment, reference.as_deref())?;
    }
    let behaviour = gateway.behaviour(&payment.reference);
    let new = NewRefund {
        id: gateway.ids.next("re_"),
        reference,
        amount: body.amount,
        status: behaviour.refund_status,
        now: gateway.now,
        visible_at: behaviour.visible_at(gateway.now),
    };
    give_back(gateway, payment, new)
}

/// Where the reference is the key, it names one refund forever.
fn refuse_duplicate(
    gateway: &Gateway,
    payment: &Payment,
    reference: Option<&str>,
) -> Result<(), Refusal> {
    let same = |other: Option<&str>| other.is_some() && other == reference;
    let mut refunds = payment.refunds.iter();
    let Some(existing) = refunds.find(|refund| same(refund.reference.as_deref())) else {
        return Ok(());
    };
    let refund = Box::new(RefundView::of(existing, payment));
    Err(Refusal::DuplicateRefund(Box::new(gateway.view(payment)), refund))
}

/// Makes a refund, sends its event, and returns it.
pub(super) fn give_back(gateway: &mut Gateway, mut payment: Payment, new: NewRefund) -> Reply {
    let refund = payment.refund(new).map_err(|unfit| gateway.unfit(unfit, &payment))?;
    let view = RefundView::of(&refund, &payment);
    gateway.record(payment, Some(Event::Refund(refund)));
    Answer::json(StatusCode::CREATED, &view)
}

/// Takes one step, sends its event, and returns the payment as it is then.
pub(super) fn step(
    gateway: &mut Gateway,
    mut payment: Payment,
    take: impl FnOnce(&mut Payment) -> Result<Happening, Unfit>,
) -> Reply {
    let happening = take(&mut payment).map_err(|unfit| gateway.unfit(unfit, &payment))?;
    let view = gateway.view(&payment);
    gateway.record(payment, Some(Event::Payment(happening)));
    Answer::json(StatusCode::OK, &view)
}
