//! HTTP for our callers: requests are admitted, parsed once, and answered. Failures become problems in one
//! place and are logged there, once.

pub mod event;
pub mod input;
pub mod json;
pub mod fields;
pub mod card;
pub mod query;
pub mod auth;
pub mod status_token;
pub mod views;
pub mod problem;
#[cfg(feature = "openapi")]
pub mod schemas;
pub mod answers;

use std::convert::Infallible;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, ORIGIN, VARY,
};
use http::{HeaderName, HeaderValue, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{
    Adapter, Body, Error, LambdaEvent, Request, RequestExt, Response, Service, lambda_runtime,
    service_fn,
};
use serde_json::Value;

use crate::app::{App, Budget};
use crate::domain::id::{OrderId, PaymentId};
use crate::http::problem::{Kind, Problem};
use crate::operations;
use crate::secrets::Fault;
use crate::system::unix_ms;
use crate::telemetry::{self, Metric};

/// A handler's answer on success.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    body: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    named: Named,
}

/// The ids in the log line of a request.
#[derive(Debug, Default)]
struct Named {
    order: Option<OrderId>,
    payment: Option<PaymentId>,
    gateway: Option<String>,
    replayed: bool,
}

impl Reply {
    pub fn new(status: StatusCode, body: Value) -> Self {
        let headers = vec![(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        Self { status, body: Some(body), headers, named: Named::default() }
    }

    /// Answers a browser that asks whether a page of another origin may read.
    pub fn preflight() -> Self {
        let headers = vec![
            (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET")),
            (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization")),
            (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
        ];
        let status = StatusCode::NO_CONTENT;
        Self { status, body: None, headers, named: Named::default() }
    }

    /// Names what the reply is about in the log line of the request.
    #[must_use]
    pub fn naming(mut self, order: &OrderId, payment: Option<(&PaymentId, &str)>) -> Self {
        self.named.order = Some(order.clone());
        self.named.payment = payment.map(|(id, _)| id.clone());
        self.named.gateway = payment.map(|(_, gateway)| gateway.to_owned());
        self
    }

    /// Marks the reply to a repeat, whose work an earlier call did.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.named.replayed = true;
        let name = HeaderName::from_static("idempotent-replayed");
        self.headers.push((name, HeaderValue::from_static("true")));
        self
    }
}

static COLD: AtomicBool = AtomicBool::new(true);

/// Runs a function: passes every request to `handle`, and every outcome to the caller and the log.
pub async fn serve<'a, H, F>(app: &'a App, handle: H) -> Result<(), Error>
where
    H: Fn(&'a App, Request) -> F + Copy + Send + 'a,
    F: Future<Output = Result<Reply, Problem>> + Send + 'a,
{
    app.warm_up().await;
    // Boxed: nested in the runtime's types, that of a request exceeds rustc's layout limit.
    let mut adapter = Adapter::from(service_fn(move |request: Request| {
        Box::pin(async move { Ok::<_, Infallible>(respond(app, request, handle).await) })
    }));
    let mut refusing = Adapter::from(service_fn(move |request: Request| {
        Box::pin(async move { Ok::<_, Infallible>(respond(app, request, refuse).await) })
    }));
    lambda_runtime::run(service_fn(move |it: LambdaEvent<Value>| match event::read(it.payload) {
        Ok(event) => adapter.call(LambdaEvent::new(event, it.context)),
        Err(_) => refusing.call(LambdaEvent::new(event::nothing(), it.context)),
    }))
    .await
}

/// To Lambda, an error would be a crash and raise an alarm.
async fn refuse(_: &App, _: Request) -> Result<Reply, Problem> {
    Err(Problem::new(Kind::MalformedJson).detail("The event is not a request from API Gateway."))
}

/// The only place where an outcome becomes a response and a log line.
pub async fn respond<'a, H, F>(app: &'a App, request: Request, handle: H) -> Response<Body>
where
    H: Fn(&'a App, Request) -> F,
    F: Future<Output = Result<Reply, Problem>> + 'a,
{
    let started = tokio::time::Instant::now();
    let line = Line::begin(&request);
    let origin = allowed_origin(app, &request);
    let handled = handle(app, request);
    let work = async {
        let outcome = handled.await;
        line.write(&outcome, started.elapsed());
        outcome
    };
    let outcome = telemetry::within(&line.request_id, work).await;
    let mut response = match outcome {
        Ok(reply) => build(reply.status, reply.body, reply.headers, "application/json"),
        Err(problem) => {
            let body = problem.body(&line.request_id);
            build(problem.status(), Some(body), problem.headers(), "application/problem+json")
        }
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn build(
    status: StatusCode,
    body: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    content_type: &'static str,
) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    if let Some(body) = body {
        *response.body_mut() = Body::Text(body.to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The caller's origin, if it is one of `CORS_ORIGINS`.
fn allowed_origin(app: &App, request: &Request) -> Option<HeaderValue> {
    let origin = input::one(request.headers(), &ORIGIN)?;
    let listed = app.config.cors_origins.iter().any(|allowed| allowed == origin);
    listed.then(|| HeaderValue::from_str(origin).ok()).flatten()
}

/// The API's name of the route, such as `GET /api/orders/{order_id}`, without the caller's values.
pub fn route(request: &Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.route_key.clone(),
        _ => None,
    }
    .unwrap_or_default()
}

/// How long this invocation may still take.
pub fn budget(request: &Request) -> Budget {
    let deadline = request.lambda_context_ref().map_or(0, |context| context.deadline);
    Budget::of(Duration::from_millis(deadline.saturating_sub(unix_ms())))
}

struct Line {
    request_id: String,
    function: String,
    route: String,
    cold_start: bool,
}

impl Line {
    fn begin(request: &Request) -> Self {
        let context = request.lambda_context_ref();
        Self {
            request_id: context.map(|c| c.request_id.clone()).unwrap_or_default(),
            function: context.map(|c| c.env_config.function_name.clone()).unwrap_or_default(),
            route: route(request),
            cold_start: COLD.swap(false, Ordering::Relaxed),
        }
    }

    fn write(&self, outcome: &Result<Reply, Problem>, took: Duration) {
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (status, named, problem) = match outcome {
            Ok(reply) => (reply.status, Some(&reply.named), None),
            Err(problem) => (problem.status(), None, Some(problem)),
        };
        let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
        tracing::info!(
            function = %self.function,
            route = %self.route,
            status = status.as_u16(),
            duration_ms,
            cold_start = self.cold_start,
            caller = text(telemetry::caller().as_deref()),
            request.id = %self.request_id,
            order.id = text(named.and_then(|a| a.order.as_ref()).map(OrderId::as_str)),
            payment.id = text(named.and_then(|a| a.payment.as_ref()).map(PaymentId::as_str)),
            gateway.name = text(named.and_then(|a| a.gateway.as_deref())),
            idempotent_replay = named.is_some_and(|a| a.replayed),
            problem = problem.map(|p| p.kind.slug()).unwrap_or_default(),
            "request"
        );
        if let Some(problem) = problem.filter(|p| p.status().is_server_error()) {
            let cause =
                problem.cause.as_ref().map(|cause| operations::chain(&**cause)).unwrap_or_default();
            if problem.counted_elsewhere {
                tracing::warn!(request.id = %self.request_id, error = %cause, "request put off");
            } else {
                tracing::error!(request.id = %self.request_id, error = %cause, "request failed");
                telemetry::metric(failure(problem), "");
            }
        }
        if let Some(metric) = refusal(&self.route, status) {
            telemetry::metric(metric, "");
        }
    }
}

/// The metric of a refused caller. Refused webhooks are counted where their signature is checked.
fn refusal(route: &str, status: StatusCode) -> Option<Metric> {
    match status {
        _ if route.contains("/webhooks/") => None,
        StatusCode::UNAUTHORIZED => Some(Metric::RequestUnauthorized),
        StatusCode::FORBIDDEN => Some(Metric::RequestForbidden),
        StatusCode::NOT_FOUND => Some(Metric::RequestNotFound),
        _ => None,
    }
}

/// A secret that somebody has to fix is not a failure of this version of the functions.
fn failure(problem: &Problem) -> Metric {
    let mut next =
        problem.cause.as_deref().map(|cause| -> &(dyn std::error::Error + 'static) { cause });
    while let Some(error) = next {
        if error.is::<Fault>() {
            return Metric::SecretUnusable;
        }
        next = error.source();
    }
    Metric::RequestFailed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_kind_and_a_strangers_webhook_is_none() {
        let order = |status: u16| {
            refusal("GET /api/orders/{order_id}", StatusCode::from_u16(status).unwrap())
        };
        assert_eq!(order(401), Some(Metric::RequestUnauthorized));
        assert_eq!(order(403), Some(Metric::RequestForbidden));
        assert_eq!(order(404), Some(Metric::RequestNotFound));
        assert_eq!((order(200), order(409), order(422), order(503)), (None, None, None, None));
        assert_eq!(refusal("POST /api/webhooks/{gateway}", StatusCode::UNAUTHORIZED), None);
    }
}
