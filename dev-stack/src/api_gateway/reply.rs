//! A function's answer as an HTTP response, in payload format 2.0.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::BASE64;
use serde_json::{Map, Value};

/// Headers that only the server of the connection can know.
const NOT_PASSED_ON: [HeaderName; 3] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// `None` where API Gateway gives up with a 500.
pub(super) fn read(answer: &[u8]) -> Option<Response> {
    match serde_json::from_slice(answer).ok()? {
        Value::Object(reply) if reply.contains_key("statusCode") => structured(&reply),
        Value::String(text) => inferred(text),
        body @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => inferred(body.to_string()),
    }
}

/// An answer without a status is taken as the body of a 200, always as JSON.
fn inferred(body: String) -> Option<Response> {
    let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(body)).ok()
}

fn structured(reply: &Map<String, Value>) -> Option<Response> {
    let code = reply.get("statusCode")?.as_u64()?;
    let status = StatusCode::from_u16(u16::try_from(code).ok()?).ok()?;
    if status.is_informational() {
        return None;
    }
    let mut response = Response::new(body(reply)?);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in members(reply.get("headers"))? {
        let name = HeaderName::try_from(name.as_str()).ok()?;
        if !NOT_PASSED_ON.contains(&name) {
            headers.insert(name, HeaderValue::try_from(scalar(value)?).ok()?);
        }
    }
    for cookie in reply.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(header::SET_COOKIE, HeaderValue::try_from(cookie.as_str()?).ok()?);
    }
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.entry(header::CONTENT_TYPE).or_insert(text);
    Some(response)
}

fn body(reply: &Map<String, Value>) -> Option<Body> {
    let text = match reply.get("body") {
        None | Some(Value::Null) => return Some(Body::empty()),
        Some(body) => body.as_str()?,
    };
    if reply.get("isBase64Encoded").and_then(Value::as_bool) == Some(true) {
        return BASE64.decode(text.as_bytes()).ok().map(Body::from);
    }
    Some(Body::from(text.to_owned()))
}

fn members(headers: Option<&Value>) -> Option<Vec<(&String, &Value)>> {
    match headers {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(headers) => Some(headers.as_object()?.iter().collect()),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
