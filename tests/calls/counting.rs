//! Counts calls that leave the process, by wrapping the AWS SDK's HTTP client and the gateways'
//! transport.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use bytes::Bytes;
use http::{Request, Response};
use quittance::ports::{Transport, TransportError};
use quittance::system::HttpTransport;

/// How often each service was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub dynamodb: usize,
    pub sqs: usize,
    pub gateway: usize,
}

/// Every call, in order: `DynamoDB_20120810.PutItem`, `POST /v1/payments`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<Vec<String>>>);

impl Tally {
    fn add(&self, call: String) {
        self.0.lock().unwrap().push(call);
    }

    /// The calls since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

pub(crate) fn count(calls: &[String]) -> Calls {
    let of = |service: &str| calls.iter().filter(|call| call.starts_with(service)).count();
    let gateway = calls.iter().filter(|call| call.contains(" /")).count();
    Calls { dynamodb: of("DynamoDB_20120810."), sqs: of("AmazonSQS."), gateway }
}

pub(crate) fn secret_reads(calls: &[String]) -> usize {
    calls.iter().filter(|call| call.starts_with("secretsmanager.")).count()
}

/// The same client the functions use, with a counter. The SDK's own retries are not counted: they depend
/// on the network, and a slow machine makes no more calls.
pub(crate) fn http_client(tally: &Tally) -> SharedHttpClient {
    let inner = quittance::aws::http_client().unwrap();
    SharedHttpClient::new(CountedClient { inner, tally: tally.clone() })
}

#[derive(Debug)]
struct CountedClient {
    inner: SharedHttpClient,
    tally: Tally,
}

impl HttpClient for CountedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(CountedConnector { inner, tally: self.tally.clone() })
    }
}

#[derive(Debug)]
struct CountedConnector {
    inner: SharedHttpConnector,
    tally: Tally,
}

impl HttpConnector for CountedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers();
        let attempt = headers.get("amz-sdk-request").unwrap_or_default();
        if attempt.is_empty() || attempt.starts_with("attempt=1") {
            self.tally.add(headers.get("x-amz-target").unwrap_or("without a target").to_owned());
        }
        self.inner.call(request)
    }
}

#[derive(Debug)]
pub(crate) struct CountedTransport {
    inner: HttpTransport,
    tally: Tally,
    deaf: AtomicBool,
}

impl CountedTransport {
    pub(crate) fn new(tally: &Tally) -> Self {
        let inner = HttpTransport::new(false).unwrap();
        Self { inner, tally: tally.clone(), deaf: AtomicBool::new(false) }
    }

    /// From now on requests arrive and answers are lost.
    pub(crate) fn lose_answers(&self) {
        self.deaf.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Transport for CountedTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        self.tally.add(format!("{} {}", request.method(), request.uri().path()));
        let answer = self.inner.send(request, timeout).await;
        if self.deaf.load(Ordering::Relaxed) { Err(TransportError::Unknown) } else { answer }
    }
}
