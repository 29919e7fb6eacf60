//! Look-ups: one payment, the payments of a reference, and the list of all.

use http::StatusCode;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::gateways::answer::Answer;
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::payment::Payment;
use crate::gateways::refusal::{Refusal, Reply};
use crate::gateways::view::PaymentView;

const LIMIT_MAX: usize = 100;

#[derive(Serialize)]
struct List {
    payments: Vec<PaymentView>,
    /// `null` at the end.
    next_cursor: Option<String>,
}

pub(crate) fn one(ledger: &Ledger, id: &str) -> Reply {
    let payment = ledger.payments.by_id(id).filter(|payment| visible(ledger, payment));
    let payment = payment.ok_or(Refusal::NotFound)?;
    Answer::json(StatusCode::OK, &ledger.view(payment))
}

pub(crate) fn list(ledger: &Ledger, call: &Call<'_>) -> Reply {
    if let Some(reference) = call.parameter("reference") {
        return of_reference(ledger, &reference);
    }
    let created_from = created_from(call)?;
    let (start, limit) = (cursor(call)?, limit(call)?);
    let mut matching = ledger
        .payments
        .since_place(start)
        .filter(|(_, payment)| payment.created_at >= created_from && visible(ledger, payment));
    let page: Vec<PaymentView> =
        matching.by_ref().take(limit).map(|(_, payment)| ledger.view(payment)).collect();
    let next_cursor = matching.next().map(|(place, _)| place.to_string());
    Answer::json(StatusCode::OK, &List { payments: page, next_cursor })
}

/// All objects of the reference: a repeated create call may have made several.
fn of_reference(ledger: &Ledger, reference: &str) -> Reply {
    if !ledger.abilities.look_up_by_reference {
        return Err(Refusal::NoSuchCall("look-up by reference"));
    }
    let payments = ledger.payments.by_reference(reference);
    let seen = payments.filter(|payment| visible(ledger, payment));
    let list = List { payments: seen.map(|one| ledger.view(one)).collect(), next_cursor: None };
    Answer::json(StatusCode::OK, &list)
}

fn visible(ledger: &Ledger, payment: &Payment) -> bool {
    payment.visible_at <= ledger.now
}

/// Epoch milliseconds.
fn created_from(call: &Call<'_>) -> Result<i64, Refusal> {
    let Some(text) = call.parameter("created_from") else {
        return Ok(i64::MIN);
    };
    let at = OffsetDateTime::parse(&text, &Rfc3339)
        .map_err(|_| Refusal::Invalid("created_from is not an RFC 3339 time".to_owned()))?;
    Ok(i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MIN))
}

/// Where to continue. Payments never leave the list, so a place stays valid.
pub(crate) fn cursor(call: &Call<'_>) -> Result<usize, Refusal> {
    let Some(cursor) = call.parameter("cursor") else {
        return Ok(0);
    };
    cursor.parse().map_err(|_| Refusal::Invalid("unknown cursor".to_owned()))
}

pub(crate) fn limit(call: &Call<'_>) -> Result<usize, Refusal> {
    let Some(limit) = call.parameter("limit") else {
        return Ok(LIMIT_MAX);
    };
    let limit = limit.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| Refusal::Invalid(format!("limit must be 1 to {LIMIT_MAX}")))
}
