//! A failure as the client sees it (RFC 9457): `application/problem+json`.

mod document;
mod kind;
mod members;
#[cfg(test)]
mod tests;
mod words;

use std::error::Error;
use std::fmt;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

pub use document::{GATEWAY_ANSWERS, document};
pub use kind::Kind;
pub use members::Member;

/// One failure. What a client reads is the kind and, for its own mistakes, the detail and the
/// extensions; the cause goes to the log only.
#[derive(Debug)]
pub struct Problem {
    pub kind: Kind,
    pub detail: String,
    /// A detail that a 5xx shows, if it says more than its kind.
    told: Option<&'static str>,
    pub extensions: Map<String, Value>,
    pub retry_after: Option<u32>,
    pub cause: Option<Box<dyn Error + Send + Sync>>,
    /// No `request.failed`, for which a new version is taken back: a metric of its own tells of it.
    pub counted_elsewhere: bool,
}

impl Problem {
    /// With the kind's own detail and `Retry-After`.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: kind.when().to_owned(),
            told: None,
            extensions: Map::new(),
            retry_after: kind.retry_after(),
            cause: None,
            counted_elsewhere: false,
        }
    }

    /// Says more than the kind does. The sentence must not repeat what the client sent.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Sets a detail that a 5xx shows, too: a fixed sentence reveals nothing internal.
    #[must_use]
    pub fn tell(self, told: &'static str) -> Self {
        Self { told: Some(told), ..self }.detail(told)
    }

    /// Adds a member beside those of RFC 9457, such as `errors` or `payment`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// What went wrong, for the log.
    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    #[must_use]
    pub fn counted_elsewhere(self) -> Self {
        Self { counted_elsewhere: true, ..self }
    }

    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// The body. `instance` is the request's id, by which the log is searched. A 5xx is our own
    /// failure and tells its kind, or a sentence that was written for it: neither detail nor extensions of
    /// this occurrence.
    pub fn body(&self, instance: &str) -> Value {
        let ours = self.status().is_server_error();
        let mut body = if ours { Map::new() } else { self.extensions.clone() };
        let detail =
            if ours { self.told.unwrap_or_else(|| self.kind.when()) } else { &self.detail };
        body.insert("type".to_owned(), format!("/problems/{}", self.kind.slug()).into());
        body.insert("title".to_owned(), self.kind.title().into());
        body.insert("status".to_owned(), self.status().as_u16().into());
        body.insert("detail".to_owned(), detail.into());
        body.insert("instance".to_owned(), instance.into());
        Value::Object(body)
    }

    /// The headers that belong to the body. A 401 must name a scheme (RFC 9110, 11.6.1).
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        headers.extend(self.retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        headers
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.slug(), self.detail)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause: &(dyn Error + 'static) = self.cause.as_deref()?;
        Some(cause)
    }
}
