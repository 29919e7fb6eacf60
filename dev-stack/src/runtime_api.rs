//! The Lambda Runtime API: where a child fetches its next event and leaves the answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::clock::machine_ms;

/// Lambda's limit for an answer, in bytes.
const ANSWER_MAX: usize = 6 * 1024 * 1024 + 100;

/// A function's result for an event.
#[derive(Debug, Clone)]
pub enum Answer {
    Returned(Bytes),
    /// The function failed; the JSON has `errorType` and `errorMessage`.
    Failed(Bytes),
}

impl Answer {
    pub(crate) fn failed(kind: &str, message: &str) -> Self {
        let body = json!({ "errorType": kind, "errorMessage": message });
        Self::Failed(body.to_string().into())
    }
}

/// One invocation on its way to a child.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) timeout_ms: i64,
    pub(crate) payload: Bytes,
    /// Signalled when the child has fetched the event; its timeout counts from then.
    pub(crate) fetched: oneshot::Sender<()>,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// One child's place at the Runtime API.
#[derive(Debug)]
struct Desk {
    events: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    open: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    init_error: Mutex<Option<Bytes>>,
}

/// The server; every child has a path of its own below it.
#[derive(Debug, Clone)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    desks: Arc<Mutex<BTreeMap<u64, Arc<Desk>>>>,
}

impl RuntimeApi {
    /// Serves on a private port of the loopback interface.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let api = Self { address: listener.local_addr()?, desks: Arc::default() };
        let invocation = "/{child}/2018-06-01/runtime/invocation";
        let routes = Router::new()
            .route(&format!("{invocation}/next"), get(next))
            .route(&format!("{invocation}/{{request}}/response"), post(response))
            .route(&format!("{invocation}/{{request}}/error"), post(error))
            .route("/{child}/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::max(ANSWER_MAX))
            .with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(api)
    }

    /// `AWS_LAMBDA_RUNTIME_API` of a child. It has the scheme, because without it the runtime does not
    /// accept an address with a path as a URI.
    pub(crate) fn address_of(&self, child: u64) -> String {
        format!("http://{}/{child}", self.address)
    }

    pub(crate) fn open_desk(&self, child: u64) -> mpsc::Sender<Event> {
        // A child has one event at a time; a second one would wait unseen behind it.
        let (sender, events) = mpsc::channel(1);
        let desk = Desk {
            events: tokio::sync::Mutex::new(events),
            open: Mutex::default(),
            init_error: Mutex::default(),
        };
        lock(&self.desks).insert(child, Arc::new(desk));
        sender
    }

    /// Forgets a child that is gone, and returns what it reported about a failed start.
    pub(crate) fn close_desk(&self, child: u64) -> Option<Bytes> {
        let desk = lock(&self.desks).remove(&child)?;
        lock(&desk.init_error).take()
    }

    fn desk(&self, child: u64) -> Result<Arc<Desk>, Refused> {
        lock(&self.desks).get(&child).cloned().ok_or(Refused("unknown child"))
    }
}

async fn next(State(api): State<RuntimeApi>, Path(child): Path<u64>) -> Result<Response, Refused> {
    let desk = api.desk(child)?;
    let event = desk.events.lock().await.recv().await;
    let event = event.ok_or(Refused("the stack is stopping"))?;
    let deadline_ms = machine_ms().saturating_add(event.timeout_ms);
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", event.request_id.clone()),
        ("Lambda-Runtime-Deadline-Ms", deadline_ms.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", event.function_arn),
        ("Lambda-Runtime-Trace-Id", format!("Root=1-{}", event.request_id)),
        ("Content-Type", "application/json".to_owned()),
    ];
    *lock(&desk.open) = Some((event.request_id, event.answer));
    // Nobody listens if the invocation was given up meanwhile; its answer is dropped in the same way.
    let _ = event.fetched.send(());
    Ok((headers, event.payload).into_response())
}

async fn response(
    State(api): State<RuntimeApi>,
    Path((child, request)): Path<(u64, String)>,
    body: Bytes,
) -> Result<Response, Refused> {
    api.desk(child)?.close(&request, Answer::Returned(body))
}

async fn error(
    State(api): State<RuntimeApi>,
    Path((child, request)): Path<(u64, String)>,
    body: Bytes,
) -> Result<Response, Refused> {
    api.desk(child)?.close(&request, Answer::Failed(body))
}

async fn init_error(
    State(api): State<RuntimeApi>,
    Path(child): Path<u64>,
    body: Bytes,
) -> Result<Response, Refused> {
    *lock(&api.desk(child)?.init_error) = Some(body);
    Ok(accepted())
}

impl Desk {
    fn close(&self, request: &str, answer: Answer) -> Result<Response, Refused> {
        let open = lock(&self.open).take_if(|(id, _)| id == request);
        let (_, waiting) = open.ok_or(Refused("no such request"))?;
        let _ = waiting.send(answer);
        Ok(accepted())
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, axum::Json(json!({ "status": "OK" }))).into_response()
}

/// A call that does not match what the child was given.
#[derive(Debug)]
struct Refused(&'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({ "errorType": "InvalidRequestID", "errorMessage": self.0 });
        (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
    }
}

/// Every statement leaves the data behind our locks whole, so a poisoned lock is safe to use.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
