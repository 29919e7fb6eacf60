//! An HTTP answer as the caller sees it, and as a snapshot shows it.

use std::fmt;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Answer {
    /// The API route that was called; empty for anything else.
    pub route: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// `Null` if the body is not JSON.
    pub body: Value,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { route: String::new(), status, headers, text, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A member of the body as text; empty if it is missing.
    pub fn word(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    /// The problem's slug; empty for a success.
    pub fn slug(&self) -> &str {
        self.word("type").strip_prefix("/problems/").unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    #[track_caller]
    pub fn expect_problem(self, status: u16, slug: &str) -> Self {
        assert_eq!((self.status, self.slug()), (status, slug), "{self}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = StatusCode::from_u16(self.status).unwrap();
        write!(f, "{status} {}\n{}", self.header("content-type"), self.text)
    }
}
