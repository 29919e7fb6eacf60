//! What a caller gets: an answer, or nothing.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::refusal::{Refusal, Reply};

const HTML: &str = "text/html; charset=utf-8";
/// The page runs nothing and loads nothing. `form-action` is left open: browsers apply it to the
/// redirect back to the shop too. The address of the page is a secret, so it is never a referrer.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What became of a call, for a socket or for an imitation of one.
#[derive(Debug)]
pub enum Outcome {
    Answer(Response<Bytes>),
    /// No answer ever comes. What the call asked for may have been done.
    Silence,
    /// The connection ends without an answer. What the call asked for was done.
    Close,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: String,
    content_type: &'static str,
    location: Option<String>,
    replayed: bool,
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
        let body = serde_json::to_string(body).map_err(|_| Refusal::Internal)?;
        Ok(Self::json_text(status, body))
    }

    pub(super) fn json_text(status: StatusCode, body: String) -> Self {
        Self::new(status, "application/json", body)
    }

    /// One that was given before.
    pub(super) fn stored(status: StatusCode, body: String) -> Self {
        Self { replayed: true, ..Self::json_text(status, body) }
    }

    pub(super) fn html(status: StatusCode, body: String) -> Self {
        Self::new(status, HTML, body)
    }

    pub(super) fn see_other(location: String) -> Self {
        let answer = Self::html(StatusCode::SEE_OTHER, String::new());
        Self { location: Some(location), ..answer }
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        Self { status, body, content_type, location: None, replayed: false }
    }

    fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.content_type == HTML {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if let Some(Ok(location)) = self.location.map(HeaderValue::try_from) {
            headers.insert(LOCATION, location);
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        let answer = reply.unwrap_or_else(Refusal::into_answer);
        Self::Answer(answer.into_response())
    }
}
