//! A function's process: its application and its caches, which are lost when it dies.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use quittance::app::{App, Outside};
use quittance::aws::sdk_config;
use quittance::config::{AwsConfig, Config, Target};
use quittance::domain::names::{GatewayName, TargetName};
use tokio::sync::Notify;

use crate::world::World;
use crate::world::connector::Wires;
use crate::world::ground::TARGETS;
use crate::world::time::SharedClock;

/// The SDK keeps a process-wide retry quota per region, which a search would use up.
static REGION: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) app: App,
    wires: Wires,
}

impl Process {
    pub(crate) fn start(world: &Arc<World>, actor: Option<usize>) -> Self {
        let wires = Wires {
            world: Arc::clone(world),
            actor,
            death: Arc::new(Notify::new()),
            gateway_calls: Arc::default(),
        };
        let gateways = world.gateways.iter().map(|stood| GatewayName::new(stood.name));
        let config = config(world.shards, gateways.collect());
        let outside = Outside {
            aws: sdk_config(&config.aws, SharedHttpClient::new(wires.clone())),
            transport: Arc::new(wires.clone()),
            clock: Arc::new(SharedClock(Arc::clone(&world.time))),
            ids: Arc::clone(&world.ids),
        };
        Self { app: App::new(config, outside), wires }
    }

    pub(crate) fn gateway_calls(&self) -> usize {
        self.wires.gateway_calls.load(Ordering::Relaxed)
    }

    /// Runs a handler until it ends or the process dies; after a death there is no answer.
    pub(crate) async fn until_death<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.wires.death.notified() => None,
            done = work => Some(done),
        }
    }
}

fn config(due_shards: u32, gateways: Vec<GatewayName>) -> Config {
    let region = REGION.fetch_add(1, Ordering::Relaxed);
    let endpoint = |service: &str| format!("http://{service}");
    let queues = TARGETS.map(|name| Target {
        name: TargetName::new(name),
        url: format!("http://sqs/000000000000/{name}.fifo"),
    });
    Config {
        stack: "quittance".to_owned(),
        table: "payments".to_owned(),
        due_shards,
        parked_per_hour: Some(1),
        gateways,
        targets: queues.into(),
        dev_stack: true,
        aws: AwsConfig {
            region: format!("search-{region}"),
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
            endpoints: [
                ("DynamoDB", endpoint("dynamodb")),
                ("SQS", endpoint("sqs")),
                ("Secrets Manager", endpoint("secrets")),
            ]
            .into(),
        },
        ..Config::default()
    }
}
