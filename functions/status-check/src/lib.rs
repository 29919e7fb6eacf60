//! `GET` of orders, payments and refunds. The merchant sees everything, the shopper's browser only the
//! status of its own payment.

use http::StatusCode;
use http::header::AUTHORIZATION;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::domain::id::OperationId;
use quittance::http::auth::{Scope, bearer, caller, shopper};
use quittance::http::fields::invalid;
use quittance::http::input::{order_id, parameter, payment_id};
use quittance::http::problem::{Kind, Problem};
use quittance::http::query::Query;
use quittance::http::{Reply, budget, route, serve, views};
use quittance::operations::read_order::{read_order, read_payment};
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
    match route(&request).as_str() {
        "GET /api/orders/{order_id}" => order(app, &request).await,
        "GET /api/payments/{payment_id}/refunds/{refund_id}" => refund(app, &request).await,
        "OPTIONS /api/payments/{payment_id}" => Ok(Reply::preflight()),
        _ => payment(app, &request).await,
    }
}

/// For a browser that cannot send a header.
const TOKEN: &str = "token";

async fn order(app: &App, request: &Request) -> Result<Reply, Problem> {
    caller(app, request.headers(), Scope::Read).await?;
    let id = order_id(request)?;
    Query::of(request).checked()?;
    let order = read_order(app, budget(request), &id).await?;
    let order = order.ok_or_else(|| Problem::new(Kind::OrderNotFound))?;
    Ok(Reply::new(StatusCode::OK, views::order_with_payments(&order, app.clock.now()))
        .naming(&id, None))
}

async fn payment(app: &App, request: &Request) -> Result<Reply, Problem> {
    let headers = request.headers();
    let mut query = Query::of(request);
    let token = match query.text(TOKEN) {
        // Both identify the caller. We do not guess which one is meant, valid or not.
        Some(_) if headers.contains_key(AUTHORIZATION) => {
            query.refuse(TOKEN, "must not be sent together with an Authorization header");
            query.flag("refresh");
            return Err(invalid(query.wrong()));
        }
        Some(token) => Some(token),
        None => bearer(headers).filter(|key| key.starts_with("v1.")).map(str::to_owned),
    };
    match token {
        Some(token) => payment_for_shopper(app, request, &token, query).await,
        None => payment_for_merchant(app, request).await,
    }
}

async fn payment_for_merchant(app: &App, request: &Request) -> Result<Reply, Problem> {
    caller(app, request.headers(), Scope::Read).await?;
    let id = payment_id(request)?;
    let mut query = Query::of(request);
    let refresh = query.flag("refresh");
    query.checked()?;
    let order = read_payment(app, budget(request), &id, refresh).await?;
    let order = order.ok_or_else(|| Problem::new(Kind::PaymentNotFound))?;
    let gateway = order.attempts.get(&id).map_or("", |attempt| attempt.gateway.as_str());
    let reply = Reply::new(StatusCode::OK, views::payment(&order, &id));
    Ok(reply.naming(&order.id, Some((&id, gateway))))
}

/// `query` already knows the token, unless it came in the header.
async fn payment_for_shopper(
    app: &App,
    request: &Request,
    token: &str,
    query: Query,
) -> Result<Reply, Problem> {
    let id = payment_id(request)?;
    shopper(app, token, &id).await?;
    query.checked()?;
    let order = read_payment(app, budget(request), &id, false).await?;
    let order = order.ok_or_else(|| Problem::new(Kind::PaymentNotFound))?;
    let reply = Reply::new(StatusCode::OK, views::reduced_payment(&order, &id, app.clock.now()));
    Ok(reply.naming(&order.id, Some((&id, ""))))
}

async fn refund(app: &App, request: &Request) -> Result<Reply, Problem> {
    caller(app, request.headers(), Scope::Read).await?;
    let payment = payment_id(request)?;
    let missing = || Problem::new(Kind::RefundNotFound);
    let id = OperationId::parse_refund(&parameter(request, "refund_id")).map_err(|_| missing())?;
    Query::of(request).checked()?;
    let order = read_payment(app, budget(request), &payment, false).await?;
    let order = order.ok_or_else(|| Problem::new(Kind::PaymentNotFound))?;
    let view = views::find_refund(&order, &payment, &id).ok_or_else(missing)?;
    Ok(Reply::new(StatusCode::OK, view).naming(&order.id, Some((&payment, ""))))
}
