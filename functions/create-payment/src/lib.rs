//! `POST /api/payments`: claims the one live attempt of an order and starts it at a gateway.

pub mod body;

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::http::auth::{Scope, issue_token};
use quittance::http::input::{KeyRule, admit};
use quittance::http::problem::Problem;
use quittance::http::{Reply, budget, serve, views};
use quittance::operations::create_payment::{PaymentAnswer, create_payment};
use quittance::telemetry;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[
        Need::Store,
        Need::Gateways,
        Need::Confirmations,
        Need::ApiKeys,
        Need::StatusTokens,
    ])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    let input = admit(app, &request, Scope::PaymentsWrite, KeyRule::Optional).await?;
    let new = body::payment(app, &input)?;
    let (status, order, id) = match create_payment(app, budget(&request), &new).await? {
        PaymentAnswer::Started(order, id) => (StatusCode::CREATED, order, id),
        PaymentAnswer::OutcomeUnknown(order, id) => (StatusCode::ACCEPTED, order, id),
        PaymentAnswer::Replayed(order, id) => (StatusCode::OK, order, id),
    };
    let token = issue_token(app, &order, &id).await?;
    let gateway = order.attempts.get(&id).map_or("", |attempt| attempt.gateway.as_str());
    let reply = Reply::new(status, views::created_payment(&order, &id, Some(token)))
        .naming(&order.id, Some((&id, gateway)));
    Ok(if status == StatusCode::OK { reply.replayed() } else { reply })
}
