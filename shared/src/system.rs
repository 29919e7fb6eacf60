//! The real world: the machine's clock and randomness, and HTTP to the gateways.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use crate::domain::id::{OrderId, crockford};
use crate::domain::names::Nonce;
use crate::domain::time::Timestamp;
use crate::ports::{Clock, Ids, Transport, TransportError};
use crate::public_names::{PublicNames, names_no_private_address};

/// The longest wait for a gateway's name resolution, connection and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an idle connection is kept. One that went stale while the process was frozen would look like a
/// lost answer.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// No gateway sends a longer answer; a longer body is not read to its end.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug, Default)]
pub struct SystemClock {
    pub offset_file: Option<PathBuf>,
}

/// Milliseconds since 1970 on the machine's own clock.
pub fn unix_ms() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl SystemClock {
    fn offset_seconds(&self) -> i64 {
        let text = self.offset_file.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.outside().plus(self.offset_seconds())
    }

    fn outside(&self) -> Timestamp {
        Timestamp::from_unix(i64::try_from(unix_ms() / 1000).unwrap_or(i64::MAX))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct RandomIds;

impl RandomIds {
    /// Without the system's randomness no name is safe, so the process ends.
    fn random() -> [u8; 16] {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            std::process::abort();
        }
        bytes
    }
}

impl Ids for RandomIds {
    fn nonce(&self) -> Nonce {
        Nonce(crockford(&Self::random()))
    }

    fn order_id(&self) -> OrderId {
        OrderId::from_random(Self::random())
    }
}

/// `reqwest` without redirects, proxies or retries, and with compiled-in roots.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    public_only: bool,
}

impl HttpTransport {
    /// With `public_only`, connections to private, local and reserved addresses fail, so that whoever
    /// configures the URL cannot reach what only we can reach.
    pub fn new(public_only: bool) -> Result<Self, reqwest::Error> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = reqwest::Client::builder();
        let builder = match rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
        {
            Ok(tls) => builder
                .tls_backend_preconfigured(tls.with_root_certificates(roots).with_no_client_auth()),
            Err(_) => builder,
        };
        let builder = builder
            .no_proxy()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT);
        let builder =
            if public_only { builder.dns_resolver(Arc::new(PublicNames)) } else { builder };
        Ok(Self { client: builder.build()?, public_only })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::NotSent)?;
        // A numeric address does not use the resolver.
        if self.public_only && !names_no_private_address(request.url()) {
            return Err(TransportError::NotSent);
        }
        let mut answer = self.client.execute(request).await.map_err(|error| {
            tracing::debug!(%error, "no answer from the gateway");
            // The connection failed, so nothing was written.
            if error.is_connect() { TransportError::NotSent } else { TransportError::Broken }
        })?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| TransportError::Broken)? {
            body.extend_from_slice(&chunk);
            if body.len() > BODY_BYTES_MAX {
                return Err(TransportError::Broken);
            }
        }
        *response.body_mut() = body.freeze();
        Ok(response)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        tokio::time::timeout(timeout, self.exchange(request))
            .await
            .unwrap_or(Err(TransportError::Unknown))
    }
}
