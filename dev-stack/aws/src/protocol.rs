//! The awsJson protocol: an action named in `x-amz-target`, JSON in, JSON or a typed error out.

use std::future::Future;
use std::io;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::hosts::{self, Hosts};

/// Ten SQS messages of 1 MiB in all, every byte of them escaped as `\u0009`, and some room.
const BODY_BYTES_MAX: usize = 8 << 20;

/// A service with an awsJson API.
pub trait AwsJson: Clone + Send + Sync + 'static {
    /// The part before the dot in `x-amz-target`.
    const TARGET: &'static str;
    const CONTENT_TYPE: &'static str;
    /// The member of an error's body that holds its message; the services differ in its case.
    const MESSAGE: &'static str;

    fn answer(
        &self,
        action: &str,
        body: &[u8],
    ) -> impl Future<Output = Result<Value, AwsError>> + Send;
}

/// A refusal in the form in which the stock SDKs recognise it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct AwsError {
    pub status: u16,
    /// The error's name in the service's model, which becomes `__type`.
    pub kind: &'static str,
    /// Its name in the query protocol that SQS used before, which becomes `x-amzn-query-error`:
    /// older code compares with it.
    pub query_code: Option<String>,
    pub message: String,
}

impl AwsError {
    fn unknown_operation() -> Self {
        let message = "this endpoint speaks awsJson: send a POST with an x-amz-target it knows";
        let kind = "UnknownOperationException";
        Self { status: 400, kind, query_code: None, message: message.to_owned() }
    }

    fn too_large() -> Self {
        let message = format!("the request is larger than {BODY_BYTES_MAX} bytes");
        Self { status: 413, kind: "RequestEntityTooLarge", query_code: None, message }
    }
}

/// What can be wrong with a body before the action sees it.
pub(super) enum Unreadable {
    Missing(String),
    /// Without the text found there, which may be a secret.
    Malformed {
        line: usize,
        column: usize,
    },
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        match missing {
            Some((name, _)) => Unreadable::Missing(name.to_owned()),
            None => Unreadable::Malformed { line: error.line(), column: error.column() },
        }
    })
}

/// Answers on every path: SDKs post to `/` or to a queue's URL.
pub fn router<S: AwsJson>(service: S) -> Router {
    Router::new().fallback(handle::<S>).with_state(service)
}

pub async fn serve<S: AwsJson>(listener: TcpListener, service: S) -> io::Result<()> {
    let routes = Hosts::of(&listener)?.guard(only_from_here(router(service)));
    axum::serve(listener, routes).await
}

/// These services ask for no credentials here, so no page of another site may call them.
pub(super) fn only_from_here(routes: Router) -> Router {
    routes.layer(middleware::from_fn(async |request: Request, next: Next| {
        if hosts::is_from_elsewhere(request.method(), request.headers()) {
            StatusCode::FORBIDDEN.into_response()
        } else {
            next.run(request).await
        }
    }))
}

async fn handle<S: AwsJson>(State(service): State<S>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let result = match action::<S>(&head.method, &head.headers) {
        Some(action) => match to_bytes(body, BODY_BYTES_MAX).await {
            Ok(body) => service.answer(action, &body).await,
            Err(_) => Err(AwsError::too_large()),
        },
        None => Err(AwsError::unknown_operation()),
    };
    respond::<S>(result)
}

fn action<'a, S: AwsJson>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (service, action) = target.split_once('.')?;
    (method == Method::POST && service == S::TARGET).then_some(action)
}

fn respond<S: AwsJson>(result: Result<Value, AwsError>) -> Response {
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, S::CONTENT_TYPE)
        .header("x-amzn-requestid", Uuid::new_v4().to_string());
    let body = match result {
        Ok(body) => body,
        Err(error) => {
            tracing::debug!(service = S::TARGET, error = error.kind, "refused");
            response = response.status(error.status);
            if let Some(code) = error.query_code {
                let fault = if error.status < 500 { "Sender" } else { "Receiver" };
                response = response.header("x-amzn-query-error", format!("{code};{fault}"));
            }
            json!({ "__type": error.kind, S::MESSAGE: error.message })
        }
    };
    response.body(Body::from(body.to_string())).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
