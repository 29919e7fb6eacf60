//! `POST /v1/payments`: creates a payment, with a page or with a scripted outcome.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use super::answer::{Answer, Outcome};
use super::breakdown::Breakdown;
use super::call::Call;
use super::event::Event;
use super::gateway::Gateway;
use super::money::{self, Currency};
use super::once::{behaving, once};
use super::payment::{CaptureMode, Method, Payment, Status};
use super::profile::Keys;
use super::reference::Reference;
use super::refusal::{ErrorBody, ErrorView, Refusal, Reply};
use super::steps::{Happening, Unfit};
use super::view::PaymentView;

/// How long a bank takes by default.
pub(super) const TRY_MS: i64 = 3_000;
const TRY_SECONDS_MAX: i64 = 3_600;
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

/// An outcome chosen in `metadata.sandbox`, without a page.
enum Scripted {
    Approve,
    Decline,
    Authorize,
    Pending { try_ms: i64 },
}

pub(super) fn create(gateway: &mut Gateway, call: &Call<'_>) -> Outcome {
    let body = match call.json::<Body>() {
        Ok(body) => body,
        Err(refusal) => return Err(refusal).into(),
    };
    let reference = body.reference.0.clone();
    gateway.count_create_call(&reference);
    let mode = gateway.behaviour(&reference).create;
    let keys = gateway.abilities.create_keys;
    behaving(mode, || once(gateway, call, keys, |gateway| make(gateway, body)))
}

fn make(gateway: &mut Gateway, body: Body) -> Reply {
    if gateway.abilities.create_keys == Keys::Natural
        && let Some(existing) = gateway.payments.by_reference(&body.reference.0).next_back()
    {
        return Err(Refusal::DuplicatePayment(Box::new(gateway.view(existing))));
    }
    let scripted = scripted(&body.metadata)?;
    if matches!(scripted, Some(Scripted::Authorize)) && !gateway.abilities.manual {
        return Err(Refusal::captures_at_once());
    }
    let mut payment = new_payment(gateway, body, scripted.is_none())?;
    let Some(scripted) = scripted else {
        let view = PaymentView::with_page(&payment, &gateway.base_url, gateway.now);
        gateway.record(payment, None);
        return Answer::json(StatusCode::CREATED, &view);
    };
    let happening =
        play(gateway, &mut payment, &scripted).map_err(|unfit| gateway.unfit(unfit, &payment))?;
    let view = PaymentView::with_page(&payment, &gateway.base_url, gateway.now);
    gateway.record(payment, Some(Event::Payment(happening)));
    if happening == Happening::Failed {
        return declined(view);
    }
    Answer::json(StatusCode::CREATED, &view)
}

fn new_payment(gateway: &Gateway, body: Body, with_page: bool) -> Result<Payment, Refusal> {
    check(&body)?;
    let abilities = gateway.abilities;
    if body.capture == CaptureMode::Manual && !abilities.manual {
        return Err(Refusal::captures_at_once());
    }
    let life_s = page_life_s(gateway, body.expires_in)?;
    let now = gateway.now;
    let id = gateway.ids.next("pay_");
    Ok(Payment {
        capture_id: abilities.named_captures.then(|| id.replacen("pay_", "cap_", 1)),
        id,
        visible_at: gateway.behaviour(&body.reference.0).visible_at(now),
        reference: body.reference.0,
        amount: body.amount,
        currency: body.currency,
        capture: body.capture,
        method: body.method,
        client_token: with_page.then(|| gateway.ids.next("tok_")),
        return_url: body.return_url,
        metadata: body.metadata,
        breakdown: body.breakdown,
        created_at: now,
        expires_at: life_s.map(|life_s| now.saturating_add(life_s.saturating_mul(1_000))),
        status: Status::Pending,
        processing_until: None,
        challenged: false,
        lapses_at: None,
        failure: None,
        captured: None,
        refunds: Vec::new(),
        disputes: Vec::new(),
    })
}

/// `None` if the gateway never ends a page; the requested time is then ignored.
fn page_life_s(gateway: &Gateway, asked_s: Option<i64>) -> Result<Option<i64>, Refusal> {
    let Some(life) = gateway.abilities.page_life else {
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

fn scripted(metadata: &BTreeMap<String, String>) -> Result<Option<Scripted>, Refusal> {
    let Some(outcome) = metadata.get("sandbox") else {
        return Ok(None);
    };
    let scripted = match outcome.as_str() {
        "approve" => Some(Scripted::Approve),
        "decline" => Some(Scripted::Decline),
        "authorize" => Some(Scripted::Authorize),
        "pending" => Some(Scripted::Pending { try_ms: TRY_MS }),
        other => try_seconds(other).map(|seconds| Scripted::Pending { try_ms: seconds * 1_000 }),
    };
    let unknown = "metadata.sandbox must be approve, decline, authorize, pending or pending:5s";
    scripted.map(Some).ok_or_else(|| Refusal::Invalid(unknown.to_owned()))
}

/// The seconds of `pending:5s`.
fn try_seconds(outcome: &str) -> Option<i64> {
    let seconds = outcome.strip_prefix("pending:")?.strip_suffix('s')?.parse().ok()?;
    (0..=TRY_SECONDS_MAX).contains(&seconds).then_some(seconds)
}

fn play(gateway: &Gateway, payment: &mut Payment, scripted: &Scripted) -> Result<Happening, Unfit> {
    let now = gateway.now;
    match scripted {
        Scripted::Approve => payment.approve(&gateway.taking(&payment.reference), now),
        Scripted::Decline => payment.decline(),
        Scripted::Authorize => payment.authorize(now),
        Scripted::Pending { try_ms } => payment.begin_try(now.saturating_add(*try_ms)),
    }
}

fn declined(view: PaymentView) -> Reply {
    let error = ErrorView {
        code: "payment_declined",
        message: "The bank declined the payment.".to_owned(),
    };
    let body = ErrorBody { error, refund: None, payment: Some(Box::new(view)) };
    Answer::json(StatusCode::PAYMENT_REQUIRED, &body)
}
