//! Starts everything, prints where it is, and stops it.

mod ground;

use std::net::IpAddr;
use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use url::Url;

use crate::api_gateway::{self, ApiGateway};
use crate::aws;
use crate::aws::dynamodb::{self, DynamoDbError, Served};
use crate::aws::sqs::SqsError;
use crate::banner::{self, Addresses};
use crate::clock::Clock;
use crate::disk::DiskError;
use crate::event_sources::{self, EventSourceError};
use crate::gateways;
use crate::gateways::sandbox::Profile;
use crate::lambda::Lambda;
use crate::listeners::{Listeners, PortError};
use crate::seeds::SeedError;
use crate::shop::ShopError;
use crate::template::TemplateError;
use ground::Ground;

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The first of six ports; 0 takes free ones.
    pub port: u16,
    pub bind: IpAddr,
    /// Keeps everything between runs.
    pub data: Option<PathBuf>,
    /// The developer's own secrets.
    pub secrets: Option<PathBuf>,
    /// Written for containers: the functions' environment, as `sam local` takes it.
    pub env_vars: Option<PathBuf>,
    /// In the order in which they are tried; none: those of the template.
    pub gateways: Vec<String>,
    /// Shops beside the demo shop: shoppers return there, and their pages ask for a status.
    pub origins: Vec<String>,
    /// Where confirmations go, instead of to the demo shop.
    pub delivery_url: Option<Url>,
    pub profile: Profile,
    /// Drops the log.
    pub quiet: bool,
    /// Prints the addresses as one line of JSON.
    pub json: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StackError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("template.yaml has the function {0}, but this binary does not")]
    NoFunction(String),
    #[error("cannot create a queue of template.yaml: {0}")]
    Queue(#[from] SqsError),
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error(transparent)]
    EventSource(#[from] EventSourceError),
    #[error(transparent)]
    Sandbox(#[from] gateways::OpenError),
    #[error(transparent)]
    Shop(#[from] ShopError),
    #[error("cannot write {}: {source}", .file.display())]
    EnvVars { file: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("a part of the stack stopped unexpectedly: {0}")]
    Stopped(String),
}

/// The running stack.
#[derive(Debug)]
pub struct Stack {
    pub addresses: Addresses,
    clock: Clock,
    lambda: Lambda,
    tasks: JoinSet<std::io::Result<()>>,
    _database: Served,
}

/// Runs until Ctrl-C or SIGTERM.
pub async fn run(options: &Options) -> Result<(), StackError> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut stack = Stack::start(options).await?;
    banner::say(&if options.json {
        stack.addresses.json()
    } else {
        stack.addresses.text(stack.clock.ahead_seconds())
    });
    let ended = tokio::select! {
        _ = interrupted.recv() => Ok(()),
        _ = terminated.recv() => Ok(()),
        Some(ended) = stack.tasks.join_next() => Err(StackError::Stopped(format!("{ended:?}"))),
    };
    stack.lambda.stop().await;
    ended
}

impl Stack {
    pub async fn start(options: &Options) -> Result<Self, StackError> {
        let listeners = Listeners::bind(options.bind, options.port).await?;
        let ground = Ground::new(options, &listeners)?;
        let mut tasks = JoinSet::new();

        let database = ground.database(options)?;
        let database = dynamodb::serve(database, listeners.dynamodb.into_std()?)?;
        let sqs = ground.sqs()?;
        tasks.spawn(aws::serve(listeners.sqs, sqs.clone()));
        let secrets = ground.secrets(options)?;
        tasks.spawn(aws::serve(listeners.secrets_manager, secrets.clone()));
        let gateways = ground.gateways(&secrets)?;
        tasks.spawn(async move {
            let never = gateways::serve(listeners.sandbox, gateways).await;
            match never {}
        });

        let lambda = ground.lambda(options).await?;
        let clock = ground.clock.clone();
        let timeout = api_gateway::TIMEOUT;
        let api = ApiGateway::new(&ground.template, lambda.clone(), clock.clone(), timeout);
        let api = api.with(ground.rehearsal(sqs.clone(), secrets.clone()).routes());
        tasks.spawn(api.serve(listeners.api));
        tasks.spawn(ground.shop(secrets)?.serve(listeners.shop));
        event_sources::start(&ground.template, &sqs, &lambda, &clock, &mut tasks)?;
        if let Some(file) = &options.env_vars {
            ground.write_env_vars(file)?;
        }
        Ok(Self { addresses: ground.addresses, clock, lambda, tasks, _database: database })
    }

    /// Stops all children; everything else ends with the stack itself.
    pub async fn stop(self) {
        self.lambda.stop().await;
    }
}
