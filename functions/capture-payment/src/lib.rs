//! `POST /api/payments/{payment_id}/capture`: captures an authorized payment, in full or in part.

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::domain::limit::RefundLimit;
use quittance::http::auth::Scope;
use quittance::http::fields::{AMOUNTS, Fields};
use quittance::http::input::{KeyRule, admit, payment_id};
use quittance::http::problem::{Kind, Problem};
use quittance::http::{Reply, budget, serve, views};
use quittance::operations::capture_payment::capture_payment;
use quittance::operations::requested::{Asked, Effected};
use quittance::telemetry;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::Gateways, Need::Confirmations, Need::ApiKeys])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    let input = admit(app, &request, Scope::PaymentsWrite, KeyRule::Required).await?;
    let payment = payment_id(&request)?;
    let asked = Asked {
        amount_minor: input.read(|body| Some(read(body)))?,
        key: input.required_key()?,
        payment: payment.clone(),
        note: None,
        limit: RefundLimit::Unlimited,
        fingerprint: input.fingerprint,
    };
    let done = capture_payment(app, budget(&request), asked).await?;
    let status = match done.outcome() {
        Effected::Proven => StatusCode::OK,
        Effected::Unknown => StatusCode::ACCEPTED,
        Effected::Refused => return Err(Problem::new(Kind::PaymentNotAuthorized)),
    };
    let gateway = done.order.attempts.get(&payment).map_or("", |a| a.gateway.as_str());
    let reply = Reply::new(status, views::payment(&done.order, &payment))
        .naming(&done.order.id, Some((&payment, gateway)));
    Ok(if done.replayed { reply.replayed() } else { reply })
}

/// The amount to capture; `None` captures all of it.
pub fn read(body: &mut Fields<'_, '_>) -> Option<u64> {
    body.optional_not_null("amount")
        .means(
            "The amount to capture, in the currency's minor unit. Default: all that is reserved.",
        )
        .integer(AMOUNTS)
}
