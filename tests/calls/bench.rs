//! One `App`, built as the functions build theirs, with the addresses of a running stack.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dev_stack::functions::answer;
use e2e::{Options, Stack};
use quittance::app::{App, Outside};
use quittance::aws::sdk_config;
use quittance::config::{Config, Need};
use quittance::domain::time::Timestamp;
use quittance::ports::Clock;
use quittance::system::{RandomIds, SystemClock};
use serde_json::{Value, json};

use crate::STACK;
use crate::counting::{Calls, CountedTransport, Tally, count, http_client, secret_reads};
use crate::event::Event;

const NEEDS: [Need; 7] = [
    Need::Store,
    Need::Parking,
    Need::Gateways,
    Need::Confirmations,
    Need::ApiKeys,
    Need::StatusTokens,
    Need::Delivery,
];

/// Shards of the index of unfinished work, as the dev stack has them.
pub(crate) const SHARDS: usize = 8;
/// The queues that receive every confirmation.
pub(crate) const TARGETS: usize = 3;

pub(crate) struct Bench {
    pub app: App,
    pub stack: Stack,
    tally: Tally,
    clock: Arc<Ahead>,
    transport: Arc<CountedTransport>,
}

/// A handler's answer, and the calls it made.
pub(crate) struct Outcome {
    pub status: u16,
    pub body: Value,
    pub calls: Calls,
    pub secret_reads: usize,
    /// The names of the calls, for failure messages.
    pub names: Vec<String>,
}

/// The machine's clock, moved ahead by this many seconds.
#[derive(Debug, Default)]
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock::default().now().plus(self.0.load(Ordering::Relaxed))
    }
}

impl Bench {
    /// With its own stack, whose gateway sends no webhooks, so nothing else changes an order.
    pub(crate) async fn start(profile: &'static str) -> Self {
        let bench = Self::cold(profile).await;
        bench.app.warm_up().await;
        bench.tally.take();
        bench
    }

    /// Before any secret has been read.
    pub(crate) async fn cold(profile: &'static str) -> Self {
        let options = Options { profile: Some(profile), ..Options::default() };
        Self::on(Stack::with(STACK, options).await).await
    }

    pub(crate) async fn on(stack: Stack) -> Self {
        Self::made(stack, "false").await
    }

    /// On a stack with real money.
    pub(crate) async fn live(stack: Stack) -> Self {
        Self::made(stack, "true").await
    }

    async fn made(stack: Stack, live: &str) -> Self {
        stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
        let (tally, clock) = (Tally::default(), Arc::new(Ahead::default()));
        let variables = environment(&stack, live);
        let config = Config::read(&NEEDS, &|name| variables.get(name).cloned()).unwrap();
        let transport = Arc::new(CountedTransport::new(&tally));
        let outside = Outside {
            aws: sdk_config(&config.aws, http_client(&tally)),
            transport: transport.clone(),
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
        };
        Self { app: App::new(config, outside), stack, tally, clock, transport }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().unix()
    }

    /// Sets the time from now on.
    pub(crate) fn set_now(&self, unix: i64) {
        self.clock.0.fetch_add(unix - self.now(), Ordering::Relaxed);
    }

    /// Calls the function of the event's route.
    pub(crate) async fn ask(&self, event: &Event) -> Outcome {
        self.tally.take();
        let response = answer(&self.app, event.request()).await.unwrap();
        let status = response.status().as_u16();
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        self.outcome(status, body)
    }

    /// The result of a run that is not an HTTP request, and the calls it made.
    pub(crate) async fn run<T>(&self, run: impl Future<Output = T>) -> (T, Outcome) {
        self.tally.take();
        let result = Box::pin(run).await;
        (result, self.outcome(200, Value::Null))
    }

    fn outcome(&self, status: u16, body: Value) -> Outcome {
        let names = self.tally.take();
        let (calls, secret_reads) = (count(&names), secret_reads(&names));
        Outcome { status, body, calls, secret_reads, names }
    }

    /// From now on the gateway's answers are lost.
    pub(crate) fn lose_answers(&self) {
        self.transport.lose_answers();
    }

    pub(crate) async fn webhook_secret(&self) -> String {
        let secret = self.stack.secret("quittance/gateways/sandbox").await;
        secret["webhook_secrets"][0]["key"].as_str().unwrap().to_owned()
    }
}

impl Outcome {
    #[track_caller]
    pub(crate) fn answered(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{:?}", self.body, self.names);
        self
    }

    pub(crate) fn word(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }
}

/// The environment that the template sets, with the addresses of the stack.
fn environment(stack: &Stack, live: &str) -> BTreeMap<String, String> {
    let queue =
        |name: &str| format!("{name}={}/000000000000/quittance-{name}.fifo", stack.address("sqs"));
    let queues = ["deliveries", "fulfilment", "notifications"].map(queue).join(",");
    let shards = SHARDS.to_string();
    let region = stack.address("region").to_owned();
    let variables = [
        ("STACK_NAME", "quittance"),
        ("TABLE_NAME", e2e::TABLE),
        ("DUE_SHARDS", &shards),
        ("PARKED_PER_HOUR", "1000"),
        ("GATEWAYS", "sandbox"),
        ("LIVE", live),
        ("CONFIRMATION_QUEUES", &queues),
        ("QUITTANCE_DEV_STACK", "1"),
        ("AWS_REGION", &region),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL_DYNAMODB", stack.address("dynamodb")),
        ("AWS_ENDPOINT_URL_SQS", stack.address("sqs")),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", stack.address("secrets_manager")),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
