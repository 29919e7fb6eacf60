//! API Gateway on localhost: an HTTP API with payload 2.0, and Lambda's own `Invoke` beside it.

mod event;
mod invoke;
mod reply;
mod routes;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::hosts::Hosts;
use crate::lambda::Lambda;
use crate::reference;
use crate::runtime_api::Answer;
use crate::template::Template;
use event::Arrival;
use routes::Routes;

/// The longest that an HTTP API waits for its integration.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest body that API Gateway takes, in bytes.
const BODY_MAX: usize = 10 * 1024 * 1024;

/// AWS: 10240 bytes of request line and header values together (quotas of HTTP APIs).
const HEAD_MAX: usize = 10_240;

/// How much is read of a body that is too large, so that its sender gets the answer and not a broken
/// connection.
const DISCARDED_MAX: usize = 4 * BODY_MAX;

/// The largest event that Lambda takes, in bytes.
const EVENT_MAX: usize = 6 * 1024 * 1024 + 100;

/// The HTTP API of the template.
#[derive(Debug, Clone)]
pub struct ApiGateway {
    routes: Arc<Routes>,
    lambda: Lambda,
    clock: Clock,
    timeout: Duration,
    /// The dev stack's own routes, beside those of the API.
    more: Router,
}

impl ApiGateway {
    pub fn new(template: &Template, lambda: Lambda, clock: Clock, timeout: Duration) -> Self {
        Self { routes: Arc::new(Routes::of(template)), lambda, clock, timeout, more: Router::new() }
    }

    #[must_use]
    pub fn with(self, more: Router) -> Self {
        Self { more, ..self }
    }

    /// Answers on `listener` until the stack ends.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let routes = Router::new()
            .route("/2015-03-31/functions", get(invoke::list))
            .route("/2015-03-31/functions/{name}/invocations", post(invoke::invoke))
            .fallback(answer)
            .layer(DefaultBodyLimit::max(EVENT_MAX))
            .with_state(self.clone())
            .merge(self.more);
        let routes = Hosts::of(&listener)?.guard(routes);
        axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await
    }

    async fn integrate(&self, arrival: Arrival) -> Response {
        let function = arrival.route.function.clone();
        let event = arrival.event();
        if event.len() > EVENT_MAX {
            return message(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let invoked = self.lambda.invoke(&function, event);
        match tokio::time::timeout(self.timeout, invoked).await {
            Err(_) => message(StatusCode::SERVICE_UNAVAILABLE),
            Ok(Some(Answer::Returned(body))) => {
                reply::read(&body).unwrap_or_else(|| message(StatusCode::INTERNAL_SERVER_ERROR))
            }
            Ok(Some(Answer::Failed(error))) => {
                let error = String::from_utf8_lossy(&error);
                tracing::warn!(function, %error, "function failed");
                message(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Ok(None) => message(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

async fn answer(
    State(gateway): State<ApiGateway>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let request_id = crate::random::hex();
    let mut response = match gateway.routes.find(&head.method, head.uri.path()) {
        _ if head_bytes(&head) > HEAD_MAX => message(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        None => reference::shown(&head.method, head.uri.path())
            .unwrap_or_else(|| message(StatusCode::NOT_FOUND)),
        Some(_) if !event::has_usable_host(&head.headers) => message(StatusCode::BAD_REQUEST),
        Some(route) => match read(body).await {
            Err(status) => message(status),
            Ok(body) => {
                let request_id = request_id.clone();
                let at_ms = gateway.clock.now_ms();
                let arrival = Arrival { head, body, route, peer: peer.ip(), request_id, at_ms };
                gateway.integrate(arrival).await
            }
        },
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("apigw-requestid", id);
    }
    response
}

fn head_bytes(head: &Parts) -> usize {
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let line = format!("{} {target} {:?}", head.method, head.version);
    head.headers.values().map(HeaderValue::len).fold(line.len(), usize::saturating_add)
}

/// The whole body, or the status to refuse it with.
async fn read(mut body: Body) -> Result<Bytes, StatusCode> {
    let mut read = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen <= BODY_MAX {
            read.extend_from_slice(&data);
        } else if seen > DISCARDED_MAX {
            break;
        }
    }
    if seen <= BODY_MAX { Ok(read.into()) } else { Err(StatusCode::PAYLOAD_TOO_LARGE) }
}

/// API Gateway's own answers.
fn message(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        other => other.canonical_reason().unwrap_or_default(),
    };
    let body = json!({ "message": text }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
