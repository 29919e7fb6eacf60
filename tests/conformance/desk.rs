//! Where a case is played: a service of its own or a shared one, names that nobody else uses, and a
//! clock that is moved or waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use quittance::config::AwsConfig;
use quittance::store::Store;
use serde_json::Value;

use super::case::Stop;
use super::service::Service;
use super::wire::{Answer, Wire};

/// The time of a desk.
#[derive(Clone, Debug)]
pub(super) enum Hands {
    /// Of an imitation's own clock.
    Ours(Arc<AtomicI64>),
    /// The world's; a case that waits longer than this is not run.
    Patience(Duration),
}

#[derive(Clone, Debug)]
pub struct Desk {
    pub(super) service: Service,
    pub(super) wire: Wire,
    pub(super) hands: Hands,
    /// Of every name that this run gives.
    pub(super) prefix: String,
    pub(super) named: Arc<AtomicU64>,
    /// What the store's SDK sends through.
    pub(super) sdk: SharedHttpClient,
}

impl Desk {
    /// The answer, whatever it is.
    pub async fn send(&self, action: &str, body: Value) -> Result<Answer, Stop> {
        self.wire.send(self.service, action, &body).await
    }

    /// The body of an answer that is no refusal.
    pub async fn call(&self, action: &str, body: Value) -> Result<Value, Stop> {
        let answer = self.send(action, body).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(Stop::Refused(answer.code())) }
    }

    /// The code of the refusal, or `taken`.
    pub async fn outcome(&self, action: &str, body: Value) -> Result<String, Stop> {
        let answer = self.send(action, body).await?;
        Ok(if answer.status == 200 { "taken".to_owned() } else { answer.code() })
    }

    /// A name that no other case and no earlier run has given; all of a run begin alike.
    pub fn name(&self, what: &str) -> String {
        let n = self.named.fetch_add(1, Ordering::SeqCst);
        format!("{}-{n}-{what}", self.prefix)
    }

    pub async fn pass(&self, seconds: i64) -> Result<(), Stop> {
        let too_long = Stop::TooLong(seconds);
        match &self.hands {
            Hands::Ours(now_ms) => {
                now_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
                Ok(())
            }
            Hands::Patience(patience) => {
                let wait = Duration::from_secs(seconds.try_into().unwrap_or_default());
                if wait > *patience {
                    return Err(too_long);
                }
                // Half a second more: the other clock may not be in step.
                tokio::time::sleep(wait + Duration::from_millis(500)).await;
                Ok(())
            }
        }
    }

    /// The functions' own store, on this run's table.
    pub fn store(&self) -> Store {
        let config = match &self.wire {
            Wire::Engine(_) => local(Some("http://engine".to_owned())),
            Wire::Socket { endpoint, account, .. } => {
                let endpoints = [("DynamoDB", endpoint.clone())].into();
                AwsConfig { endpoints, ..account.clone() }
            }
        };
        let config = quittance::aws::sdk_config(&config, self.sdk.clone());
        Store::new(aws_sdk_dynamodb::Client::new(&config), self.prefix.clone())
    }
}

/// An account for what looks at no signature.
pub fn local(endpoint: Option<String>) -> AwsConfig {
    AwsConfig {
        region: local_aws::REGION.to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local".to_owned(),
        session_token: None,
        endpoints: endpoint.map(|endpoint| ("DynamoDB", endpoint)).into_iter().collect(),
    }
}
