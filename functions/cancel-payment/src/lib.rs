//! `POST …/cancel` of a payment or an order ends an unpaid page or voids an authorization. `POST …/redact`
//! removes personal data from an order that has ended.

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::http::auth::Scope;
use quittance::http::fields::Fields;
use quittance::http::input::{KeyRule, admit, order_id, payment_id};
use quittance::http::problem::Problem;
use quittance::http::{Reply, budget, route, serve, views};
use quittance::operations::cancel_order::cancel_order;
use quittance::operations::cancel_payment::{CancelAnswer, cancel_payment};
use quittance::operations::redact_order::redact_order;
use quittance::telemetry;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::Gateways, Need::Confirmations, Need::ApiKeys])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    match route(&request).as_str() {
        "POST /api/orders/{order_id}/cancel" => order(app, &request).await,
        "POST /api/orders/{order_id}/redact" => redacted(app, &request).await,
        _ => payment(app, &request).await,
    }
}

async fn payment(app: &App, request: &Request) -> Result<Reply, Problem> {
    let input = admit(app, request, Scope::PaymentsWrite, KeyRule::Unused).await?;
    let id = payment_id(request)?;
    input.read(no_members)?;
    let answer = cancel_payment(app, budget(request), &id).await;
    let (status, order) = status(answer.map_err(|error| error.problem(&id))?);
    let gateway = order.attempts.get(&id).map_or("", |attempt| attempt.gateway.as_str());
    let reply = Reply::new(status, views::payment(&order, &id));
    Ok(reply.naming(&order.id, Some((&id, gateway))))
}

async fn order(app: &App, request: &Request) -> Result<Reply, Problem> {
    let input = admit(app, request, Scope::OrdersWrite, KeyRule::Unused).await?;
    let id = order_id(request)?;
    input.read(no_members)?;
    let limit = &input.caller.refund_limit;
    let (status, order) = status(cancel_order(app, budget(request), &id, limit).await?);
    Ok(Reply::new(status, views::order_with_payments(&order, app.clock.now())).naming(&id, None))
}

async fn redacted(app: &App, request: &Request) -> Result<Reply, Problem> {
    let input = admit(app, request, Scope::OrdersWrite, KeyRule::Unused).await?;
    let id = order_id(request)?;
    input.read(no_members)?;
    let order = redact_order(app, budget(request), &id).await?;
    let view = views::order_with_payments(&order, app.clock.now());
    Ok(Reply::new(StatusCode::OK, view).naming(&id, None))
}

/// A cancellation or a redaction takes no fields.
pub fn no_members(_: &mut Fields<'_, '_>) -> Option<()> {
    Some(())
}

fn status(answer: CancelAnswer) -> (StatusCode, Box<quittance::domain::order::Order>) {
    match answer {
        CancelAnswer::Canceled(order) => (StatusCode::OK, order),
        CancelAnswer::Closing(order) => (StatusCode::ACCEPTED, order),
    }
}
