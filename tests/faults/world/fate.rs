//! The fate of a call, in the forms in which callers see it.

use std::time::Duration;

use bytes::Bytes;
use dynoxide::DynoxideError;
use http::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The result of a call.
#[derive(Debug)]
pub(crate) enum Fate {
    Answered(Response<Bytes>),
    /// No byte was sent.
    Unsent,
    /// The connection broke.
    Broken,
    /// No answer, ever.
    Silence,
    /// The process dies here.
    Death,
}

/// Never returns. The SDK or a transport decides how long it waits.
pub(crate) async fn never<T>() -> T {
    tokio::time::sleep(Duration::from_hours(24 * 365)).await;
    std::future::pending().await
}

pub(crate) fn run<Q: DeserializeOwned, A: Serialize>(
    body: &Value,
    act: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_value(body.clone())
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    act(request).map(|answer| serde_json::to_string(&answer).unwrap())
}

pub(crate) fn aws(outcome: Result<Value, local_aws::AwsError>) -> Response<Bytes> {
    match outcome {
        Ok(body) => answer(200, body.to_string()),
        Err(error) => {
            let body = json!({ "__type": error.kind, "message": error.message });
            answer(error.status, body.to_string())
        }
    }
}

/// How AWS throttles a caller.
pub(crate) fn in_haste(kind: &str) -> Response<Bytes> {
    answer(400, json!({ "__type": kind }).to_string())
}

pub(crate) fn answer(status: u16, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    response
}
