//! A request to the gateway, read: path, query, key, body.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderName};
use http::{HeaderMap, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::refusal::Refusal;

pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;
const KEY_BYTES_MAX: usize = 255;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl<'a> Call<'a> {
    pub(crate) fn read(request: &'a Request<Bytes>) -> Result<Self, Refusal> {
        if request.body().len() > BODY_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        Ok(Self {
            method: request.method().as_str(),
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body(),
        })
    }

    pub(crate) fn segments(&self) -> Vec<&'a str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A field of a form. Sending it twice is an error.
    pub(crate) fn field(&self, name: &str) -> Result<Option<String>, Refusal> {
        let mut values = form_urlencoded::parse(self.body).filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::Invalid(format!("{name} is repeated"))),
            (value, None) => Ok(value.map(|(_, value)| value.into_owned())),
        }
    }

    /// Reads a JSON object. An error names the member that is wrong.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        // Serde would accept a list for an object, and calls a `null` in the wrong place malformed JSON.
        let value: Value = serde_json::from_slice(self.body).map_err(|_| Refusal::MalformedJson)?;
        if !value.is_object() {
            return Err(Refusal::Invalid("the body is not an object".to_owned()));
        }
        // From the text and not from the value, which has lost repeated members.
        let mut reader = serde_json::Deserializer::from_slice(self.body);
        serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| Refusal::Invalid(error.to_string()))
    }

    /// As `json`, but no body means an empty object.
    pub(crate) fn json_if_any<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = if self.body.is_empty() { b"{}" } else { self.body };
        Call { body, ..*self }.json()
    }

    pub(crate) fn bearer(&self) -> Option<&'a str> {
        self.header(&AUTHORIZATION)?.strip_prefix("Bearer ")
    }

    /// A browser asks for HTML by name; `curl` takes anything.
    pub(crate) fn is_from_browser(&self) -> bool {
        self.header(&ACCEPT).is_some_and(|accept| accept.contains("text/html"))
    }

    /// Whether JSON is asked for, as the page's own script does. A browser that opens the page wants the
    /// page.
    pub(crate) fn wants_json(&self) -> bool {
        self.header(&ACCEPT).is_some_and(|accept| accept.contains("application/json"))
            && !self.is_from_browser()
    }

    pub(crate) fn idempotency_key(&self) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.any(|other| other != value) {
            return Err(Refusal::Invalid("the idempotency key is repeated".to_owned()));
        }
        let visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
        value
            .to_str()
            .ok()
            .filter(|key| (1..=KEY_BYTES_MAX).contains(&key.len()))
            .filter(visible)
            .map(Some)
            .ok_or_else(|| {
                Refusal::Invalid(
                    "an idempotency key must be 1 to 255 visible characters".to_owned(),
                )
            })
    }

    /// Equal for requests with the same meaning: the same route, and the same JSON in any spelling.
    pub(crate) fn fingerprint(&self) -> String {
        let parsed = serde_json::from_slice::<Value>(self.body);
        let body = parsed.map_or_else(|_| self.body.to_vec(), |value| value.to_string().into());
        let route = format!("{} {}\n", self.method, self.path);
        let digest = Sha256::new_with_prefix(route).chain_update(body).finalize();
        data_encoding::HEXLOWER.encode(&digest)
    }

    fn header(&self, name: &HeaderName) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }
}
