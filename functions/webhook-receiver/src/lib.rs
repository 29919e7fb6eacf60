//! `POST /api/webhooks/{gateway}`: authenticates a gateway's event and merges its fact. A 200 means
//! that the event is committed, parked, or not ours.

use http::StatusCode;
use lambda_http::{Error, Request};
use quittance::app::App;
use quittance::config::Need;
use quittance::gateways::named_in_path;
use quittance::http::input::{bytes, parameter};
use quittance::http::problem::{Kind, Problem};
use quittance::http::{Reply, budget, serve};
use quittance::operations::receive_webhook::{Receipt, Received, receive_webhook};
use quittance::telemetry;
use serde_json::json;

const EVENT_BYTES_MAX: usize = 512 * 1024;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::Parking, Need::Gateways, Need::Confirmations])?;
    serve(&app, handle).await
}

pub async fn handle(app: &App, request: Request) -> Result<Reply, Problem> {
    let body = bytes(request.body());
    if body.len() > EVENT_BYTES_MAX {
        return Err(Problem::new(Kind::TooLarge));
    }
    let gateway = named_in_path(&parameter(&request, "gateway"));
    let Received { receipt, payment } =
        receive_webhook(app, budget(&request), &gateway, request.headers(), body).await?;
    let word = match receipt {
        Receipt::Committed => "committed",
        Receipt::Ignored => "ignored",
        Receipt::Parked => "parked",
    };
    let reply = Reply::new(StatusCode::OK, json!({ "received": word }));
    Ok(match payment {
        Some(payment) => reply.naming(&payment.order(), Some((&payment, gateway.as_str()))),
        None => reply,
    })
}
