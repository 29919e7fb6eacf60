//! `POST /api/orders`: validates and records an order. No money moves.

pub mod body;

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::http::auth::Scope;
use quittance::http::input::{KeyRule, admit};
use quittance::http::problem::Problem;
use quittance::http::{Reply, serve, views};
use quittance::operations::create_order::{NewOrder, OrderRecorded, create_order};
use quittance::telemetry;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::ApiKeys])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    let input = admit(app, &request, Scope::OrdersWrite, KeyRule::Optional).await?;
    let body = input.read(body::order)?;
    let recorded = create_order(
        app,
        NewOrder {
            total: body.total,
            details: body.details,
            expires_in_seconds: body.expires_in_seconds,
            key: input.key,
            fingerprint: input.fingerprint,
        },
    );
    Ok(match recorded.await? {
        OrderRecorded::New(order) => {
            Reply::new(StatusCode::CREATED, views::order(&order, app.clock.now()))
                .naming(&order.id, None)
        }
        OrderRecorded::Replayed(order) => {
            Reply::new(StatusCode::OK, views::order(&order, app.clock.now()))
                .naming(&order.id, None)
                .replayed()
        }
    })
}
