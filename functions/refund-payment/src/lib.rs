//! `POST /api/payments/{payment_id}/refunds`: refunds captured money, in full or in part.

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::http::auth::Scope;
use quittance::http::fields::{AMOUNTS, Fields, Text};
use quittance::http::input::{KeyRule, admit, payment_id};
use quittance::http::problem::Problem;
use quittance::http::{Reply, budget, serve, views};
use quittance::operations::refund_payment::refund_payment;
use quittance::operations::requested::{Asked, Effected};
use quittance::telemetry;

#[derive(Debug)]
pub struct Body {
    amount_minor: Option<u64>,
    reason: Option<String>,
    despite_dispute: bool,
}

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::Gateways, Need::Confirmations, Need::ApiKeys])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    let input = admit(app, &request, Scope::RefundsWrite, KeyRule::Required).await?;
    let payment = payment_id(&request)?;
    let body = input.read(|body| Some(read(body)))?;
    let asked = Asked {
        amount_minor: body.amount_minor,
        key: input.required_key()?,
        payment: payment.clone(),
        note: body.reason,
        limit: input.caller.refund_limit,
        fingerprint: input.fingerprint,
    };
    let done = refund_payment(app, budget(&request), asked, body.despite_dispute).await?;
    let status = match done.outcome() {
        Effected::Unknown => StatusCode::ACCEPTED,
        Effected::Proven | Effected::Refused if done.replayed => StatusCode::OK,
        Effected::Proven | Effected::Refused => StatusCode::CREATED,
    };
    let view = views::find_refund(&done.order, &payment, &done.operation).unwrap_or_default();
    let gateway = done.order.attempts.get(&payment).map_or("", |a| a.gateway.as_str());
    let reply = Reply::new(status, view).naming(&done.order.id, Some((&payment, gateway)));
    Ok(if done.replayed { reply.replayed() } else { reply })
}

pub fn read(body: &mut Fields<'_, '_>) -> Body {
    let amount_minor = body
        .optional_not_null("amount")
        .means("The amount to refund, in the currency's minor unit. Default: all that is left.")
        .integer(AMOUNTS);
    let reason = body
        .optional("reason")
        .means("Your own words, kept with the refund.")
        .string(Text::chars(200));
    let despite_dispute = body
        .optional("despite_dispute")
        .means("Also refunds money that the shopper's bank disputes. Default `false`.")
        .boolean()
        .unwrap_or(false);
    Body { amount_minor, reason, despite_dispute }
}
