//! The hosted page: shown to shoppers, paid by a form that `curl -d outcome=approve` can send too.

mod bill;
pub(crate) mod dashboard;
mod html;

use http::StatusCode;
use serde::Serialize;

use crate::gateways::answer::Answer;
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::event::Event;
use crate::gateways::ledger::money::Currency;
use crate::gateways::ledger::payment::{Failure, Method, Next, Payment, Status};
use crate::gateways::ledger::steps::{Happening, TRY_MS, Unfit};
use crate::gateways::refusal::{Refusal, Reply};
use crate::site;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Approve,
    Decline,
    DeclineRetryable,
    Authorize,
    Pending,
    Challenge,
}

/// The answer to a client that is not a browser.
#[derive(Serialize)]
struct PageView<'a> {
    reference: &'a str,
    status: Status,
    amount: u64,
    currency: &'a Currency,
    next: Next,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<&'a str>,
}

pub(crate) fn answer(ledger: &mut Ledger, call: &Call<'_>) -> Reply {
    match (call.method, call.segments().as_slice()) {
        ("GET", ["checkout", token]) => show(ledger, call, token),
        ("POST", ["checkout", token]) => submit(ledger, call, token),
        _ => Err(Refusal::NotFound),
    }
    .or_else(|refusal| in_the_language_of(call, refusal))
}

/// The files of the page.
pub(crate) fn asset(call: &Call<'_>) -> Reply {
    match (call.method, call.segments().as_slice()) {
        ("GET", ["assets", "site.css"]) => Ok(Answer::asset(&site::STYLE)),
        ("GET", ["assets", "checkout.js"]) => Ok(Answer::asset(&site::CHECKOUT_SCRIPT)),
        ("GET", ["assets", "mark.svg"]) => Ok(Answer::asset(&site::GATEWAY_MARK)),
        _ => Err(Refusal::NotFound),
    }
}

fn show(ledger: &Ledger, call: &Call<'_>, token: &str) -> Reply {
    let payment = ledger.payments.by_token(token).ok_or(Refusal::NotFound)?;
    if call.wants_json() {
        return Answer::json(StatusCode::OK, &PageView::of(payment));
    }
    page(ledger, payment, StatusCode::OK, None)
}

fn page(ledger: &Ledger, payment: &Payment, status: StatusCode, notice: Option<&str>) -> Reply {
    let body = html::checkout(payment, ledger, notice)?;
    let shop = payment.return_url.as_deref().and_then(site::origin);
    Ok(Answer::page(status, body, shop))
}

fn submit(ledger: &mut Ledger, call: &Call<'_>, token: &str) -> Reply {
    let mut payment = ledger.payments.by_token(token).ok_or(Refusal::NotFound)?.clone();
    let ending = ending(call)?;
    if ending == Ending::Authorize && !ledger.abilities.manual {
        return Err(Refusal::captures_at_once());
    }
    let method = method(call)?;
    if let Some(method) = method.filter(|method| !method.moves(&payment.currency)) {
        return Err(Refusal::does_not_move(method, &payment.currency));
    }
    let happening = match play(ledger, &mut payment, ending) {
        Ok(happening) => happening,
        // Another tab was faster, or the time ran out: the shopper sees the outcome.
        Err(unfit) if call.is_from_browser() => {
            let status = ledger.unfit(unfit, &payment).status();
            return page(ledger, &payment, status, Some(too_late(&payment)));
        }
        Err(unfit) => return Err(ledger.unfit(unfit, &payment)),
    };
    payment.method = method.or(payment.method);
    ledger.record(payment.clone(), happening.map(Event::Payment));
    if call.is_from_browser() {
        return Ok(Answer::see_other(destination(&payment, token)));
    }
    Answer::json(StatusCode::OK, &PageView::of(&payment))
}

/// For a browser that acts on an outdated page.
fn too_late(payment: &Payment) -> &'static str {
    match payment.status {
        Status::Expired => "The time to pay had ended before you chose, so nothing was done.",
        Status::Canceled => {
            "The shop had canceled this payment before you chose, so nothing was done."
        }
        Status::Pending | Status::Authorized | Status::Captured | Status::Failed => {
            "This payment was already decided, so your choice changed nothing."
        }
    }
}

fn play(
    ledger: &Ledger,
    payment: &mut Payment,
    ending: Ending,
) -> Result<Option<Happening>, Unfit> {
    let now = ledger.now;
    match ending {
        Ending::Approve => payment.approve(&ledger.taking(&payment.reference), now).map(Some),
        Ending::Decline => payment.decline().map(Some),
        Ending::DeclineRetryable => payment.decline_try().map(Some),
        Ending::Authorize => payment.authorize(now).map(Some),
        Ending::Pending => payment.begin_try(now.saturating_add(TRY_MS)).map(Some),
        Ending::Challenge => payment.challenge().map(|()| None),
    }
}

/// Back to the shop once the shopper has done their part; a decline is shown here first.
fn destination(payment: &Payment, token: &str) -> String {
    let done = match payment.status {
        Status::Authorized | Status::Captured => true,
        Status::Pending => payment.processing_until.is_some(),
        Status::Failed | Status::Canceled | Status::Expired => false,
    };
    let page = || format!("/checkout/{token}");
    payment.return_url.clone().filter(|_| done).unwrap_or_else(page)
}

fn ending(call: &Call<'_>) -> Result<Ending, Refusal> {
    match call.field("outcome")?.as_deref() {
        Some("approve") => Ok(Ending::Approve),
        Some("decline") => Ok(Ending::Decline),
        Some("decline_retryable") => Ok(Ending::DeclineRetryable),
        Some("authorize") => Ok(Ending::Authorize),
        Some("pending") => Ok(Ending::Pending),
        Some("challenge") => Ok(Ending::Challenge),
        _ => Err(Refusal::Invalid(
            "outcome must be approve, decline, decline_retryable, authorize, pending or challenge"
                .to_owned(),
        )),
    }
}

fn method(call: &Call<'_>) -> Result<Option<Method>, Refusal> {
    let Some(name) = call.field("method")? else {
        return Ok(None);
    };
    let method = Method::ALL.into_iter().find(|method| method.word() == name);
    method.map(Some).ok_or_else(|| Refusal::Invalid("unknown method".to_owned()))
}

/// A refusal as a page for browsers, as JSON for the rest.
pub(crate) fn in_the_language_of(call: &Call<'_>, refusal: Refusal) -> Reply {
    if call.is_from_browser() {
        Ok(Answer::page(refusal.status(), html::refused(&refusal)?, None))
    } else {
        Err(refusal)
    }
}

impl<'a> PageView<'a> {
    fn of(payment: &'a Payment) -> Self {
        Self {
            reference: &payment.reference,
            status: payment.status,
            amount: payment.captured.as_ref().map_or(payment.amount, |capture| capture.amount),
            currency: payment.currency_now(),
            next: payment.next(),
            failure: payment.failure.as_ref(),
            return_url: payment.return_url.as_deref(),
        }
    }
}
