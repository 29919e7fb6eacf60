//! `GET /v1/settlements`: the captures, refunds and lost disputes of one day, line by line.

use http::StatusCode;
use serde::Serialize;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime, Time};

use super::reading::{cursor, limit};
use crate::gateways::answer::Answer;
use crate::gateways::call::Call;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::money::Currency;
use crate::gateways::ledger::payment::{DisputeStatus, Payment, RefundStatus};
use crate::gateways::refusal::{Refusal, Reply};
use crate::gateways::view::rfc3339;

const DAY_MS: i64 = 86_400_000;

#[derive(Serialize)]
struct List {
    settlements: Vec<Line>,
    /// `null` at the end.
    next_cursor: Option<String>,
}

/// Payments bring money in; refunds and disputes take it out.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Payment,
    Refund,
    Dispute,
}

#[derive(Serialize)]
struct Line {
    id: String,
    settlement_id: String,
    #[serde(rename = "type")]
    kind: Kind,
    payment_id: String,
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute_id: Option<String>,
    amount: u64,
    currency: Currency,
    occurred_at: String,
    settled_at: String,
}

/// A day in UTC, from its first millisecond to the next day's.
struct Day {
    date: Date,
    from_ms: i64,
}

pub(crate) fn list(ledger: &Ledger, call: &Call<'_>) -> Reply {
    let day = day(ledger, call)?;
    let (start, limit) = (cursor(call)?, limit(call)?);
    // A day is paid out once it is over.
    let over = day.end_ms() <= ledger.now;
    let payments = ledger.payments.iter().filter(|_| over);
    let mut lines = payments.flat_map(|payment| day.lines_of(payment)).skip(start);
    let page: Vec<Line> = lines.by_ref().take(limit).collect();
    let next = start.saturating_add(page.len());
    let next_cursor = lines.next().map(|_| next.to_string());
    Answer::json(StatusCode::OK, &List { settlements: page, next_cursor })
}

/// The day that was asked for, or yesterday.
fn day(ledger: &Ledger, call: &Call<'_>) -> Result<Day, Refusal> {
    let date = match call.parameter("date") {
        Some(text) => Date::parse(&text, &Iso8601::DATE).ok(),
        None => OffsetDateTime::from_unix_timestamp(ledger.now.div_euclid(1_000))
            .ok()
            .and_then(|today| today.date().previous_day()),
    };
    let date =
        date.ok_or_else(|| Refusal::Invalid("date must be a day such as 2026-11-19".to_owned()))?;
    let from_s = date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
    Ok(Day { date, from_ms: from_s.saturating_mul(1_000) })
}

impl Day {
    fn end_ms(&self) -> i64 {
        self.from_ms.saturating_add(DAY_MS)
    }

    fn has(&self, at_ms: i64) -> bool {
        (self.from_ms..self.end_ms()).contains(&at_ms)
    }

    fn lines_of(&self, payment: &Payment) -> Vec<Line> {
        let taken = payment.captured.iter();
        let payments = taken.filter(|one| self.has(one.captured_at)).map(|one| {
            let at = one.captured_at;
            self.line(payment, Kind::Payment, one.amount, &one.currency, at)
        });
        let given = payment.refunds.iter();
        let given = given.filter(|one| one.status == RefundStatus::Succeeded);
        let refunds = given.filter(|one| self.has(one.changed_at)).map(|one| Line {
            id: one.id.clone(),
            refund_id: Some(one.id.clone()),
            refund_reference: one.reference.clone(),
            ..self.line(payment, Kind::Refund, one.amount, &one.currency, one.changed_at)
        });
        let lost = payment.disputes.iter();
        let lost = lost.filter(|one| one.status == DisputeStatus::Lost);
        let disputes = lost.filter(|one| self.has(one.changed_at)).map(|one| Line {
            id: one.id.clone(),
            dispute_id: Some(one.id.clone()),
            ..self.line(payment, Kind::Dispute, one.amount, &one.currency, one.changed_at)
        });
        payments.chain(refunds).chain(disputes).collect()
    }

    fn line(
        &self,
        payment: &Payment,
        kind: Kind,
        amount: u64,
        currency: &Currency,
        at: i64,
    ) -> Line {
        Line {
            id: payment.id.clone(),
            settlement_id: format!("stl_{}_{currency}", self.date.to_string().replace('-', "")),
            kind,
            payment_id: payment.id.clone(),
            reference: payment.reference.clone(),
            refund_id: None,
            refund_reference: None,
            dispute_id: None,
            amount,
            currency: currency.clone(),
            occurred_at: rfc3339(at),
            settled_at: rfc3339(self.end_ms()),
        }
    }
}
