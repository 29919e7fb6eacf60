//! The tools of a function: store, queues, gateways, secrets, clock and names. Built once at start and
//! borrowed for the life of the process.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;

use crate::aws;
use crate::config::{Config, ConfigError, Need};
use crate::domain::history::Source;
use crate::domain::occasion::Occasion;
use crate::gateways::{Gateways, Standing};
use crate::ports::{Clock, Ids, Transport};
use crate::queues::Queues;
use crate::secrets::Secrets;
use crate::store::Store;
use crate::system::{HttpTransport, RandomIds, SystemClock};
use crate::telemetry;

#[derive(Clone, Debug)]
pub struct App {
    pub config: Config,
    pub store: Store,
    pub queues: Queues,
    pub secrets: Secrets,
    pub gateways: Gateways,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Aws(#[from] aws::AwsError),
    #[error("the HTTP client cannot be built")]
    Http(#[from] reqwest::Error),
}

/// The parts of the outside world that a test may replace.
#[derive(Clone, Debug)]
pub struct Outside {
    pub aws: SdkConfig,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl App {
    pub fn from_env(needs: &[Need]) -> Result<Self, AppError> {
        let config = Config::from_env(needs)?;
        telemetry::count_for(&config.stack);
        let outside = Outside {
            aws: aws::sdk_config(&config.aws, aws::http_client()?),
            transport: Arc::new(HttpTransport::new(config.public_addresses_only)?),
            clock: Arc::new(SystemClock { offset_file: config.clock_offset_file.clone() }),
            ids: Arc::new(RandomIds),
        };
        Ok(Self::new(config, outside))
    }

    pub fn new(config: Config, outside: Outside) -> Self {
        let Outside { aws, transport, clock, ids } = outside;
        let secrets = Secrets::new(
            aws_sdk_secretsmanager::Client::new(&aws),
            config.stack.clone(),
            Arc::clone(&clock),
        );
        let gateways = Gateways::new(
            secrets.clone(),
            Arc::clone(&transport),
            Arc::clone(&clock),
            config.gateways.clone(),
            Standing { dev_stack: config.dev_stack, live: config.live },
        );
        Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.table.clone()),
            queues: Queues::new(aws_sdk_sqs::Client::new(&aws), config.targets.clone()),
            secrets,
            gateways,
            transport,
            clock,
            ids,
            config,
        }
    }

    /// Reads the secrets before the first request needs them, which also opens the connection. A secret that
    /// cannot be read now is read again, and reported, when it is needed.
    pub async fn warm_up(&self) {
        let gateways = self.config.gateways.iter().map(|name| format!("gateways/{name}"));
        let names: Vec<String> =
            self.config.secrets.iter().map(|name| (*name).to_owned()).chain(gateways).collect();
        let reads = names.iter().map(|name| self.secrets.text(name));
        for (name, read) in names.iter().zip(futures_util::future::join_all(reads).await) {
            if let Err(error) = read {
                tracing::warn!(error = %error, secret = %name, "a secret is not available yet");
            }
        }
        self.gateways.warm_up().await;
    }

    /// The occasion of a write: its time, its nonce and its source. The caller is named only for the caller's
    /// own changes, not for what the request learns from a gateway.
    pub fn occasion(&self, source: Source) -> Occasion {
        Occasion {
            by: telemetry::caller().filter(|_| source == Source::Merchant),
            now: self.clock.now(),
            source,
            nonce: self.ids.nonce(),
            request: telemetry::request_id(),
        }
    }
}

/// The time left in an invocation.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    ends_at: tokio::time::Instant,
}

/// The longest wait for a gateway.
const GATEWAY_TIMEOUT_MAX: Duration = Duration::from_secs(15);
/// The time reserved for recording an answer and replying.
const RESERVE: Duration = Duration::from_secs(5);

impl Budget {
    pub fn of(left: Duration) -> Self {
        Self { ends_at: tokio::time::Instant::now() + left }
    }

    pub fn left(&self) -> Duration {
        self.ends_at.saturating_duration_since(tokio::time::Instant::now())
    }

    /// Whether the only time left is for recording and replying.
    pub fn is_over(&self) -> bool {
        self.left() <= RESERVE
    }

    pub fn gateway_timeout(&self) -> Duration {
        self.left().saturating_sub(RESERVE).min(GATEWAY_TIMEOUT_MAX)
    }
}
