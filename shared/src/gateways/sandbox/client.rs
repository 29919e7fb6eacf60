//! Requests to the sandbox's API: URL, credentials, idempotency key. Each is sent once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response};
use serde::Serialize;
use url::{Host, Url};

use crate::gateways::Means;
use crate::ports::{Transport, TransportError};
use crate::secrets::Fault;

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Has no `Debug`, because it holds the API key.
pub(super) struct Client {
    transport: Arc<dyn Transport>,
    base_url: Url,
    authorization: HeaderValue,
}

impl Client {
    pub(super) fn new(means: &Means, base: &str, api_key: &str) -> Result<Self, Fault> {
        let bearer = HeaderValue::try_from(format!("Bearer {api_key}"));
        let mut authorization =
            bearer.map_err(|_| Fault::malformed("api_key", "does not fit into a header"))?;
        authorization.set_sensitive(true);
        let base_url = base_url(base, means.dev_stack)?;
        Ok(Self { transport: Arc::clone(&means.transport), base_url, authorization })
    }

    /// Reads `/v1/payments` or a path below it.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut url = self.address(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(Request::get(url.as_str()), Bytes::new(), timeout).await
    }

    /// With a `key`, the request takes effect only once, no matter how often it arrives.
    pub(super) async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        body: Option<&(impl Serialize + Sync)>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut request = Request::post(self.address(path).as_str());
        if let Some(key) = key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let Some(body) = body else {
            return self.send(request, Bytes::new(), timeout).await;
        };
        let body = serde_json::to_vec(body).map_err(|_| TransportError::NotSent)?;
        self.send(request.header(CONTENT_TYPE, "application/json"), body.into(), timeout).await
    }

    async fn send(
        &self,
        request: http::request::Builder,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = request.header(AUTHORIZATION, self.authorization.clone()).body(body);
        self.transport.send(request.map_err(|_| TransportError::NotSent)?, timeout).await
    }

    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["v1", "payments"]).extend(path);
        }
        url
    }
}

/// The API key is sent to this URL, so plain HTTP is allowed only within the machine. A container of the dev
/// stack reaches its machine by an address that is not loopback.
fn base_url(text: &str, dev_stack: bool) -> Result<Url, Fault> {
    let malformed = |why| Fault::malformed("base_url", why);
    let url = Url::parse(text).map_err(|_| malformed("is not a complete URL"))?;
    let within = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && (within || dev_stack));
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match (safe, plain) {
        (true, true) => Ok(url),
        (false, _) => Err(malformed("does not begin with https://")),
        (true, false) => Err(malformed("has a user name, a password, a query or a # part")),
    }
}
