//! The service under test: one of our imitations, served on a free port, or any other endpoint.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dynoxide::Database;
use local_aws::clock::Clock;
use local_aws::disk::Disk;
use local_aws::dynamodb::{self, Served};
use local_aws::secrets_manager::SecretsManager;
use local_aws::sqs::Sqs;
use local_aws::{AwsJson, Ids, serve};
use quittance::config::AwsConfig;
use quittance::system::{HttpTransport, unix_ms};

use super::case::Stop;
use super::desk::{Desk, Hands, local};
use super::engine::Connection;
use super::recorder::Recorder;
use super::service::Service;
use super::wire::Wire;

#[derive(Clone, Debug)]
pub enum Target {
    /// Over HTTP.
    Ours,
    /// The embedded engine, called without a socket.
    InProcess,
    Endpoint {
        url: String,
        account: AwsConfig,
        patience: Duration,
    },
}

/// The services on which one service's cases are played.
pub(super) struct Stage {
    service: Service,
    target: Target,
    wire: Option<Wire>,
    prefix: String,
    named: Arc<AtomicU64>,
    sdk: SharedHttpClient,
    pub(super) recorder: Recorder,
    /// Stops when dropped.
    _served: Option<Served>,
}

impl Stage {
    pub(super) fn set(service: Service, target: &Target) -> Result<Self, Stop> {
        let (wire, served) = shared(service, target)?;
        let sdk = match &wire {
            Some(Wire::Engine(database)) => SharedHttpClient::new(Connection(database.clone())),
            Some(Wire::Socket { .. }) | None => quittance::aws::http_client().map_err(stop)?,
        };
        let recorder = Recorder::default();
        Ok(Self {
            service,
            target: target.clone(),
            wire,
            prefix: format!("conformance-{:x}", unix_ms()),
            named: Arc::default(),
            sdk: recorder.over(sdk),
            recorder,
            _served: served,
        })
    }

    /// A desk for one case.
    pub(super) async fn desk(&self) -> Result<Desk, Stop> {
        let (wire, hands) = match (&self.wire, &self.target) {
            (Some(wire), Target::Endpoint { patience, .. }) => {
                (wire.clone(), Hands::Patience(*patience))
            }
            (Some(wire), Target::Ours | Target::InProcess) => (wire.clone(), Hands::Ours(now())),
            (None, _) => self.fresh().await?,
        };
        Ok(Desk {
            service: self.service,
            wire,
            hands,
            prefix: self.prefix.clone(),
            named: Arc::clone(&self.named),
            sdk: self.sdk.clone(),
        })
    }

    /// An imitation with its own clock, so that no case moves another's time.
    async fn fresh(&self) -> Result<(Wire, Hands), Stop> {
        let now_ms = now();
        let clock = Clock::fixed(Arc::clone(&now_ms));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(stop)?;
        let url = format!("http://{}", listener.local_addr().map_err(stop)?);
        match self.service {
            Service::Sqs => {
                let sqs = Sqs::open(&url, clock, Ids::random(), Disk::none());
                run(listener, sqs.map_err(stop)?);
            }
            Service::SecretsManager | Service::DynamoDb => {
                let secrets = SecretsManager::open(clock, Ids::random(), Disk::none());
                run(listener, secrets.map_err(stop)?);
            }
        }
        Ok((socket(&url, &local(None))?, Hands::Ours(now_ms)))
    }
}

fn run<S: AwsJson>(listener: tokio::net::TcpListener, service: S) {
    // Ends with the runtime.
    tokio::spawn(async move { serve(listener, service).await });
}

/// The wire that all cases of a service share; `None` if each case has its own service.
fn shared(service: Service, target: &Target) -> Result<(Option<Wire>, Option<Served>), Stop> {
    match (target, service) {
        (Target::Endpoint { url, account, .. }, _) => Ok((Some(socket(url, account)?), None)),
        (Target::InProcess, Service::DynamoDb) => Ok((Some(Wire::Engine(engine()?)), None)),
        (Target::Ours, Service::DynamoDb) => {
            let listener = TcpListener::bind("127.0.0.1:0").map_err(stop)?;
            let url = format!("http://{}", listener.local_addr().map_err(stop)?);
            let served = dynamodb::serve(engine()?, listener).map_err(stop)?;
            Ok((Some(socket(&url, &local(None))?), Some(served)))
        }
        (Target::Ours | Target::InProcess, Service::Sqs | Service::SecretsManager) => {
            Ok((None, None))
        }
    }
}

fn engine() -> Result<Database, Stop> {
    dynamodb::open_memory(Clock::system()).map_err(stop)
}

fn socket(url: &str, account: &AwsConfig) -> Result<Wire, Stop> {
    let transport = HttpTransport::new(false).map_err(stop)?;
    let endpoint = format!("{}/", url.trim_end_matches('/'));
    Ok(Wire::Socket { transport, endpoint, account: account.clone() })
}

fn now() -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(i64::try_from(unix_ms()).unwrap_or_default()))
}

fn stop(error: impl std::fmt::Display) -> Stop {
    Stop::Silent(error.to_string())
}
