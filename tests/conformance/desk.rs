//! The place where a case is played: its own service or a shared one, unique names, and a clock that is
//! moved or waited for.

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

/// A desk's clock.
#[derive(Clone, Debug)]
pub(super) enum Hands {
    /// An imitation's own clock.
    Ours(Arc<AtomicI64>),
    /// Real time; a case that waits longer than this is not run.
    Patience(Duration),
}

#[derive(Clone, Debug)]
pub struct Desk {
    pub(super) service: Service,
    pub(super) wire: Wire,
    pub(super) hands: Hands,
    /// The prefix of every name in this run.
    pub(super) prefix: String,
    pub(super) named: Arc<AtomicU64>,
    /// The HTTP client that the store's SDK uses.
    pub(super) sdk: SharedHttpClient,
}

impl Desk {
    /// The answer, including refusals.
    pub async fn send(&self, action: &str, body: Value) -> Result<Answer, Stop> {
        self.wire.send(self.service, action, &body).await
    }

    /// The body of a successful answer.
    pub async fn call(&self, action: &str, body: Value) -> Result<Value, Stop> {
        let answer = self.send(action, body).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(Stop::Refused(answer.code())) }
    }

    /// The code of the refusal, or `taken`.
    pub async fn outcome(&self, action: &str, body: Value) -> Result<String, Stop> {
        let answer = self.send(action, body).await?;
        Ok(if answer.status == 200 { "taken".to_owned() } else { answer.code() })
    }

    /// A name that no other case and no earlier run uses. All names of a run have the same prefix.
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
                // Half a second more: the other clock may differ slightly.
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

/// An account for services that check no signature.
pub fn local(endpoint: Option<String>) -> AwsConfig {
    AwsConfig {
        region: local_aws::REGION.to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local".to_owned(),
        session_token: None,
        endpoints: endpoint.map(|endpoint| ("DynamoDB", endpoint)).into_iter().collect(),
    }
}
