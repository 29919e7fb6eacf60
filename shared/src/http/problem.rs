//! A failure as the client sees it: `application/problem+json` (RFC 9457).

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

/// One failure. The client sees the kind and, for its own mistakes, the detail and the extensions. The cause
/// goes only to the log.
#[derive(Debug)]
pub struct Problem {
    pub kind: Kind,
    pub detail: String,
    /// A detail that is shown even with a 5xx, if there is more to say than the kind does.
    public_detail: Option<&'static str>,
    pub extensions: Map<String, Value>,
    pub retry_after: Option<u32>,
    pub cause: Option<Box<dyn Error + Send + Sync>>,
    /// Counted by a metric of its own, not by `request.failed`, which rolls back a new version.
    pub counted_elsewhere: bool,
}

impl Problem {
    /// A problem with its kind's detail and `Retry-After`.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: kind.when().to_owned(),
            public_detail: None,
            extensions: Map::new(),
            retry_after: kind.retry_after(),
            cause: None,
            counted_elsewhere: false,
        }
    }

    /// Sets a more specific detail. It must not repeat what the client sent.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Sets a detail that is shown even with a 5xx: a constant text reveals nothing internal.
    #[must_use]
    pub fn public_detail(self, detail: &'static str) -> Self {
        Self { public_detail: Some(detail), ..self }.detail(detail)
    }

    /// Adds a member to those of RFC 9457, such as `errors` or `payment`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Sets the cause, for the log.
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

    /// The body. `instance` is the request's id, to search for in the log. A 5xx is our own failure: it
    /// shows its kind or a constant text, never details or extensions of this occurrence.
    pub fn body(&self, instance: &str) -> Value {
        let ours = self.status().is_server_error();
        let mut body = if ours { Map::new() } else { self.extensions.clone() };
        let detail = if ours {
            self.public_detail.unwrap_or_else(|| self.kind.when())
        } else {
            &self.detail
        };
        body.insert("type".to_owned(), format!("/problems/{}", self.kind.slug()).into());
        body.insert("title".to_owned(), self.kind.title().into());
        body.insert("status".to_owned(), self.status().as_u16().into());
        body.insert("detail".to_owned(), detail.into());
        body.insert("instance".to_owned(), instance.into());
        Value::Object(body)
    }

    /// The headers of the response. A 401 must name a scheme (RFC 9110, 11.6.1).
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
