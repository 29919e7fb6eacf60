//! `POST /v1/payments`: creates a payment, with a page or with a scripted outcome.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::gateways::answer::{Answer, Outcome};
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::abilities::Keys;
use crate::gateways::ledger::breakdown::Breakdown;
use crate::gateways::ledger::event::Event;
use crate::gateways::ledger::money::{self, Currency};
use crate::gateways::ledger::payment::{CaptureMode, Method, NewPayment, Payment};
use crate::gateways::ledger::reference::Reference;
use crate::gateways::ledger::scripted::Scripted;
use crate::gateways::ledger::steps::Happening;
use crate::gateways::once::{behaving, once};
use crate::gateways::refusal::{ErrorBody, ErrorView, Refusal, Reply};
use crate::gateways::view::PaymentView;

const URL_BYTES_MAX: usize = 2_000;
const METADATA_PAIRS_MAX: usize = 50;
const METADATA_BYTES_MAX: usize = 500;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    reference: Reference,
    #[serde(deserialize_with = "money::amount")]
    amount: u64,
    currency: Currency,
    #[serde(default)]
    capture: CaptureMode,
    method: Option<Method>,
    return_url: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    expires_in: Option<i64>,
    #[serde(default)]
    breakdown: Breakdown,
}

pub(crate) fn create(ledger: &mut Ledger, call: &Call<'_>) -> Outcome {
    let body = match call.json::<Body>() {
        Ok(body) => body,
        Err(refusal) => return Err(refusal).into(),
    };
    let reference = body.reference.0.clone();
    ledger.count_create_call(&reference);
    let mode = ledger.behaviour(&reference).create;
    let keys = ledger.abilities.create_keys;
    behaving(mode, || once(ledger, call, keys, |ledger| make(ledger, body)))
}

fn make(ledger: &mut Ledger, body: Body) -> Reply {
    if ledger.abilities.create_keys == Keys::Natural
        && let Some(existing) = ledger.payments.by_reference(&body.reference.0).next_back()
    {
        return Err(Refusal::DuplicatePayment(Box::new(ledger.view(existing))));
    }
    let scripted = body.metadata.get("sandbox").map(|outcome| Scripted::parse(outcome));
    let scripted = scripted.transpose()?;
    if matches!(scripted, Some(Scripted::Authorize)) && !ledger.abilities.manual {
        return Err(Refusal::captures_at_once());
    }
    let mut payment = new_payment(ledger, body, scripted.is_none())?;
    let Some(scripted) = scripted else {
        let view = PaymentView::with_page(&payment, &ledger.base_url, ledger.now);
        ledger.record(payment, None);
        return Answer::json(StatusCode::CREATED, &view);
    };
    let happening =
        scripted.play(ledger, &mut payment).map_err(|unfit| ledger.unfit(unfit, &payment))?;
    let view = PaymentView::with_page(&payment, &ledger.base_url, ledger.now);
    ledger.record(payment, Some(Event::Payment(happening)));
    if happening == Happening::Failed {
        return declined(view);
    }
    Answer::json(StatusCode::CREATED, &view)
}

fn new_payment(ledger: &Ledger, body: Body, with_page: bool) -> Result<Payment, Refusal> {
    check(&body)?;
    let abilities = ledger.abilities;
    if body.capture == CaptureMode::Manual && !abilities.manual {
        return Err(Refusal::captures_at_once());
    }
    let life_s = page_life_s(ledger, body.expires_in)?;
    let new = NewPayment {
        reference: body.reference.0,
        amount: body.amount,
        currency: body.currency,
        capture: body.capture,
        method: body.method,
        return_url: body.return_url,
        metadata: body.metadata,
        breakdown: body.breakdown,
    };
    Ok(ledger.new_payment(new, life_s, with_page))
}

/// `None` if the gateway never ends a page; the requested time is then ignored.
fn page_life_s(ledger: &Ledger, asked_s: Option<i64>) -> Result<Option<i64>, Refusal> {
    let Some(life) = ledger.abilities.page_life else {
        return Ok(None);
    };
    let life_s = asked_s.unwrap_or(life.default);
    if (life.min..=life.max).contains(&life_s) {
        return Ok(Some(life_s));
    }
    let bounds = format!("expires_in must be {} to {} seconds here.", life.min, life.max);
    Err(Refusal::NotSupported(bounds))
}

fn check(body: &Body) -> Result<(), Refusal> {
    if let Some(method) = body.method.filter(|method| !method.moves(&body.currency)) {
        return Err(Refusal::does_not_move(method, &body.currency));
    }
    if let Some(return_url) = &body.return_url {
        let url = Url::parse(return_url).ok().filter(|_| return_url.len() <= URL_BYTES_MAX);
        let plain = url.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
        });
        if !plain {
            return Err(Refusal::Invalid("return_url is not an http or https address".to_owned()));
        }
    }
    let too_long =
        |(key, value): (&String, &String)| key.len().max(value.len()) > METADATA_BYTES_MAX;
    if body.metadata.len() > METADATA_PAIRS_MAX || body.metadata.iter().any(too_long) {
        return Err(Refusal::Invalid("metadata is too large".to_owned()));
    }
    Ok(())
}

fn declined(view: PaymentView) -> Reply {
    let error = ErrorView {
        code: "payment_declined",
        message: "The bank declined the payment.".to_owned(),
    };
    let body = ErrorBody { error, refund: None, payment: Some(Box::new(view)) };
    Answer::json(StatusCode::PAYMENT_REQUIRED, &body)
}
