//! Lambda's `Invoke`, which runs any function now, and the list of functions with their processes.

use std::net::SocketAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{ApiGateway, message};
use crate::hosts;
use crate::runtime_api::Answer;

/// `GET /2015-03-31/functions`: the functions and their processes, for tests that kill children.
pub(super) async fn list(
    State(gateway): State<ApiGateway>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
) -> Response {
    if !is_ours(peer) {
        return message(StatusCode::NOT_FOUND);
    }
    let children = gateway.lambda.children().into_iter();
    let functions: Vec<_> =
        children.map(|(name, pids)| json!({ "name": name, "pids": pids })).collect();
    Json(json!({ "functions": functions })).into_response()
}

/// `POST /2015-03-31/functions/{name}/invocations`, as the AWS CLI's `lambda invoke` sends it.
pub(super) async fn invoke(
    State(gateway): State<ApiGateway>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_ours(peer) {
        return message(StatusCode::NOT_FOUND);
    }
    // No credentials are needed here, so a page of another site could make the stack sign anything.
    if hosts::is_from_elsewhere(&Method::POST, &headers) {
        return message(StatusCode::FORBIDDEN);
    }
    let payload = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    if serde_json::from_slice::<serde::de::IgnoredAny>(&payload).is_err() {
        return refusal(400, "InvalidRequestContentException", "the payload is not JSON");
    }
    let unknown = || refusal(404, "ResourceNotFoundException", &format!("no function {name}"));
    if headers.get("x-amz-invocation-type").is_some_and(|kind| kind == "Event") {
        if !gateway.lambda.has(&name) {
            return unknown();
        }
        tokio::spawn(async move { gateway.lambda.invoke(&name, payload).await });
        return StatusCode::ACCEPTED.into_response();
    }
    match gateway.lambda.invoke(&name, payload).await {
        None => unknown(),
        Some(Answer::Returned(answer)) => ([EXECUTED], answer).into_response(),
        Some(Answer::Failed(error)) => {
            ([EXECUTED, ("x-amz-function-error", "Unhandled")], error).into_response()
        }
    }
}

const EXECUTED: (&str, &str) = ("x-amz-executed-version", "$LATEST");

/// These two paths are not the merchant's API: with `--bind` they stay on this machine.
fn is_ours(peer: SocketAddr) -> bool {
    peer.ip().to_canonical().is_loopback()
}

fn refusal(status: u16, kind: &'static str, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({ "Type": "User", "Message": text });
    (status, [("x-amzn-errortype", kind)], Json(body)).into_response()
}
