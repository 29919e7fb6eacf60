//! What the merchant does with a payment: capture, void, cancel, refund.

use serde::Deserialize;

use crate::gateways::acts::{give_back, step};
use crate::gateways::answer::Outcome;
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::abilities::Keys;
use crate::gateways::ledger::money;
use crate::gateways::ledger::payment::Payment;
use crate::gateways::ledger::reference::Reference;
use crate::gateways::ledger::refund::NewRefund;
use crate::gateways::once::{behaving, once};
use crate::gateways::refusal::{Refusal, Reply};
use crate::gateways::view::RefundView;

#[derive(Clone, Copy)]
pub(crate) enum Operation {
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

pub(crate) fn operate(
    ledger: &mut Ledger,
    call: &Call<'_>,
    id: &str,
    operation: Operation,
) -> Outcome {
    let Some(payment) = ledger.payments.by_id(id).cloned() else {
        return Err(Refusal::NotFound).into();
    };
    let (behaviour, abilities) = (ledger.behaviour(&payment.reference), ledger.abilities);
    let (mode, keys) = match operation {
        Operation::Capture => (behaviour.capture, abilities.capture_keys),
        Operation::Void => (behaviour.void, abilities.capture_keys),
        Operation::Cancel => (behaviour.cancel, abilities.capture_keys),
        Operation::Refund => (behaviour.refund, abilities.refund_keys),
    };
    behaving(mode, || {
        once(ledger, call, keys, |ledger| match operation {
            Operation::Capture => capture(ledger, call, payment),
            Operation::Void => void(ledger, call, payment),
            Operation::Cancel => cancel(ledger, call, payment),
            Operation::Refund => refund(ledger, call, payment),
        })
    })
}

fn capture(ledger: &mut Ledger, call: &Call<'_>, payment: Payment) -> Reply {
    if !ledger.abilities.manual {
        return Err(Refusal::NoSuchCall("capture"));
    }
    let amount = call.json_if_any::<CaptureBody>()?.amount;
    if amount.is_some_and(|amount| amount < payment.amount) && !ledger.abilities.partial {
        let whole = "This gateway captures only the whole authorized amount.";
        return Err(Refusal::NotSupported(whole.to_owned()));
    }
    let (taking, now) = (ledger.taking(&payment.reference), ledger.now);
    step(ledger, payment, |payment| payment.capture(amount, &taking, now))
}

fn void(ledger: &mut Ledger, call: &Call<'_>, payment: Payment) -> Reply {
    if !ledger.abilities.void {
        return Err(Refusal::NoSuchCall("void"));
    }
    call.json_if_any::<NoBody>()?;
    step(ledger, payment, Payment::void)
}

fn cancel(ledger: &mut Ledger, call: &Call<'_>, payment: Payment) -> Reply {
    if !ledger.abilities.cancel {
        return Err(Refusal::NoSuchCall("cancel"));
    }
    call.json_if_any::<NoBody>()?;
    step(ledger, payment, Payment::cancel)
}

fn refund(ledger: &mut Ledger, call: &Call<'_>, payment: Payment) -> Reply {
    let body: RefundBody = call.json_if_any()?;
    let reference = body.reference.map(|reference| reference.0);
    if ledger.abilities.refund_keys == Keys::Natural {
        refuse_duplicate(ledger, &payment, reference.as_deref())?;
    }
    let behaviour = ledger.behaviour(&payment.reference);
    let new = NewRefund {
        id: ledger.ids.next("re_"),
        reference,
        amount: body.amount,
        status: behaviour.refund_status,
        now: ledger.now,
        visible_at: behaviour.visible_at(ledger.now),
    };
    give_back(ledger, payment, new)
}

/// Where the reference is the key, it names one refund forever.
fn refuse_duplicate(
    ledger: &Ledger,
    payment: &Payment,
    reference: Option<&str>,
) -> Result<(), Refusal> {
    let same = |other: Option<&str>| other.is_some() && other == reference;
    let mut refunds = payment.refunds.iter();
    let Some(existing) = refunds.find(|refund| same(refund.reference.as_deref())) else {
        return Ok(());
    };
    let refund = Box::new(RefundView::of(existing, payment));
    Err(Refusal::DuplicateRefund(Box::new(ledger.view(payment)), refund))
}
