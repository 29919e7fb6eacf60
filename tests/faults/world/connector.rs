//! Stands in for sockets: the SDK's connector and the gateways' transport of one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::{Response as SmithyResponse, StatusCode};
use bytes::Bytes;
use http::{Request, Response};
use quittance::ports::{Transport, TransportError};
use tokio::sync::Notify;

use crate::world::World;
use crate::world::call::Call;
use crate::world::fate::{Fate, never};
use crate::world::ground::MERCHANT;
use crate::world::meanwhile::meanwhile;

/// The wires of one process, and the signal of its death.
#[derive(Clone, Debug)]
pub(crate) struct Wires {
    pub(crate) world: Arc<World>,
    /// Its number among the concurrent actors.
    pub(crate) actor: Option<usize>,
    pub(crate) death: Arc<Notify>,
    pub(crate) gateway_calls: Arc<AtomicUsize>,
}

impl Wires {
    async fn die<T>(&self) -> T {
        self.death.notify_one();
        std::future::pending().await
    }

    async fn send_call(&self, call: &Call, invocation: Option<&str>) -> Fate {
        if let Some(actor) = self.actor {
            self.world.turns.turn(actor).await;
        }
        let fate = self.world.send(call, invocation);
        let other = self.world.state().meanwhile.take();
        if let Some(other) = other {
            meanwhile(Arc::clone(&self.world), other).await;
        }
        fate
    }

    async fn aws(self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        // Lets everything that is ready run before anything is decided.
        tokio::task::yield_now().await;
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let invocation = request.headers().get("amz-sdk-invocation-id").map(str::to_owned);
        let body = request.take_body();
        let body = Bytes::copy_from_slice(body.bytes().unwrap_or_default());
        let (service, action) = target.split_once('.').unwrap_or_default();
        let invocation = invocation.as_deref();
        let fate = match service {
            "secretsmanager" => self.world.secret(action, &body, invocation),
            "AmazonSQS" => {
                let call = Call::Sqs { action: action.to_owned(), body };
                self.send_call(&call, invocation).await
            }
            _ => {
                let body = serde_json::from_slice(&body).unwrap_or_default();
                let call = Call::DynamoDb { action: action.to_owned(), body };
                self.send_call(&call, invocation).await
            }
        };
        match fate {
            Fate::Answered(answer) => smithy(&answer),
            Fate::Unsent | Fate::Broken => Err(ConnectorError::io("the connection broke".into())),
            Fate::Silence => never().await,
            Fate::Death => self.die().await,
        }
    }
}

fn smithy(answer: &Response<Bytes>) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status().as_u16())
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = SmithyResponse::new(status, answer.body().clone().into());
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

impl HttpConnector for Wires {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().aws(request))
    }
}

impl HttpClient for Wires {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

#[async_trait]
impl Transport for Wires {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        tokio::task::yield_now().await;
        self.gateway_calls.fetch_add(1, Ordering::Relaxed);
        let call = match request.uri().host() {
            Some(MERCHANT) => Call::Merchant(request),
            _ => Call::Gateway(request),
        };
        match self.send_call(&call, None).await {
            Fate::Answered(answer) => Ok(answer),
            Fate::Unsent => Err(TransportError::NotSent),
            Fate::Broken => Err(TransportError::Unknown),
            Fate::Silence => {
                tokio::time::sleep(timeout).await;
                Err(TransportError::Unknown)
            }
            Fate::Death => self.die().await,
        }
    }
}
