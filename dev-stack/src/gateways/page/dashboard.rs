//! The payments as a page, as a gateway's own staff sees them. Programs get the same as JSON.

use askama::Template;
use http::StatusCode;
use time::OffsetDateTime;

use crate::gateways::answer::Answer;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::payment::{Payment, Status};
use crate::gateways::refusal::{Refusal, Reply};
use crate::gateways::view::rfc3339;
use crate::site::{self, number};

/// More than a person looks through; the JSON holds them all.
const SHOWN_MAX: usize = 50;

#[derive(Template)]
#[template(path = "checkout/dashboard.html")]
struct Dashboard<'a> {
    title: &'static str,
    rows: Vec<Row<'a>>,
    left_out: usize,
}

struct Row<'a> {
    number: String,
    currency: String,
    tone: &'static str,
    status: &'static str,
    reference: &'a str,
    created_at: String,
    /// `created_at` for people.
    created: String,
    /// Names the checkout page; absent for a payment that was made without one.
    token: Option<&'a str>,
}

/// Newest first.
pub(crate) fn show(ledger: &Ledger) -> Reply {
    let mut rows: Vec<Row<'_>> = ledger.payments.iter().map(Row::of).collect();
    rows.reverse();
    let left_out = rows.len().saturating_sub(SHOWN_MAX);
    rows.truncate(SHOWN_MAX);
    let page = Dashboard { title: "Payments", rows, left_out }.render();
    Ok(Answer::page(StatusCode::OK, page.map_err(|_| Refusal::Internal)?, None))
}

impl<'a> Row<'a> {
    fn of(payment: &'a Payment) -> Self {
        let currency = payment.currency.to_string();
        let (tone, status) = match payment.status {
            Status::Pending => ("wait", "Pending"),
            Status::Authorized => ("wait", "Authorized"),
            Status::Captured => ("good", "Captured"),
            Status::Failed => ("bad", "Failed"),
            Status::Canceled => ("bad", "Canceled"),
            Status::Expired => ("bad", "Expired"),
        };
        Self {
            number: number(payment.amount, &currency),
            currency,
            tone,
            status,
            reference: &payment.reference,
            created_at: rfc3339(payment.created_at),
            created: OffsetDateTime::from_unix_timestamp(payment.created_at.div_euclid(1_000))
                .map(site::moment)
                .unwrap_or_default(),
            token: payment.client_token.as_deref(),
        }
    }
}
