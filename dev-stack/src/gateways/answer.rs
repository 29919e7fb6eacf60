//! What a caller gets: an answer, or nothing.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::refusal::{Refusal, Reply};
use crate::site::{ASSET_CACHE, Asset, Reach};

const HTML: &str = "text/html; charset=utf-8";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The outcome of a call, for a socket or for an imitation of one.
#[derive(Debug)]
pub enum Outcome {
    Answer(Response<Bytes>),
    /// No answer ever comes. What the call asked for may have been done.
    Silence,
    /// The connection ends without an answer. What the call asked for was done.
    Close,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    content_type: &'static str,
    location: Option<String>,
    replayed: bool,
    /// The origins that a page may reach; `None` if the answer is not a page.
    reach: Option<Reach>,
    cache: &'static str,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
        let body = serde_json::to_string(body).map_err(|_| Refusal::Internal)?;
        Ok(Self::json_text(status, body))
    }

    pub(crate) fn json_text(status: StatusCode, body: String) -> Self {
        Self::new(status, "application/json", body)
    }

    /// An answer that was given before.
    pub(crate) fn stored(status: StatusCode, body: String) -> Self {
        Self { replayed: true, ..Self::json_text(status, body) }
    }

    /// A page whose forms may redirect the shopper to `forms_to`.
    pub(crate) fn page(status: StatusCode, body: String, forms_to: Option<String>) -> Self {
        let reach = Reach { forms: forms_to.into_iter().collect(), calls: Vec::new() };
        Self { reach: Some(reach), ..Self::new(status, HTML, body) }
    }

    pub(crate) fn asset(asset: &Asset) -> Self {
        let body = asset.body.to_owned();
        Self { cache: ASSET_CACHE, ..Self::new(StatusCode::OK, asset.content_type, body) }
    }

    pub(crate) fn see_other(location: String) -> Self {
        let answer = Self::page(StatusCode::SEE_OTHER, String::new(), None);
        Self { location: Some(location), ..answer }
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let (location, replayed, reach) = (None, false, None);
        Self { status, body, content_type, location, replayed, reach, cache: "no-store" }
    }

    fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        for (name, value) in self.reach.iter().flat_map(Reach::headers) {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
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
