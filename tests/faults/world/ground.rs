//! The initial state of a run: an empty table, empty queues, the secrets, and a gateway without payments.

use dev_stack::gateways::sandbox::{ApiKey, Profile, Sandbox, WebhookSecret};
use dev_stack::gateways::{Core, Ids, Settings};
use dynoxide::Database;
use local_aws::clock::Clock;
use local_aws::disk::Disk;
use local_aws::dynamodb::{
    self, IndexDescription, Key, KeyAttribute, Projection, TableDescription,
};
use local_aws::secrets_manager::{SecretSeed, SecretsManager};
use local_aws::sqs::{QueueDescription, Sqs, queue_arn};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::hold::writes::CLERK_MOST;
use crate::world::time::Time;

pub(crate) const API_KEY: &str = "sk_test_local";
/// A clerk's key, which limits a single refund.
pub(crate) const CLERK_KEY: &str = "op_clerk";
/// What each order costs.
pub(crate) const AMOUNT: u64 = 7500;
/// Short, so that a run reaches the end of an order's time soon.
pub(crate) const ORDER_SECONDS: i64 = 3600;
/// The target queue that one of our functions consumes.
pub(crate) const CONSUMED: &str = "deliveries";
pub(crate) const TARGETS: [&str; 2] = [CONSUMED, "fulfilment"];
pub(crate) const DEAD: &str = "deliveries-dead";
/// More than a plan's faults can use up.
pub(crate) const RECEIVES_MAX: usize = 6;
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const DELIVERY_SECRET: &str = "whsec_c2VhcmNoIHNlYXJjaCBzZWFyY2ggc2VhcmNo";
pub(crate) const GATEWAY_KEY: &str = "sbx_test_key";
/// Where the merchant's server is.
pub(crate) const MERCHANT: &str = "shop.example";

pub(crate) struct Ground {
    pub(crate) database: Database,
    pub(crate) sqs: Sqs,
    pub(crate) secrets: SecretsManager,
    pub(crate) gateways: Vec<Stood>,
}

/// A gateway of this world.
pub(crate) struct Stood {
    /// In `GATEWAYS`.
    pub(crate) name: &'static str,
    pub(crate) core: Core,
}

/// The names of the gateways, the preferred one first. Each is at the host of its name.
pub(crate) const GATEWAYS: [&str; 2] = ["sandbox", "second"];

fn address(gateway: &str) -> String {
    format!("http://{gateway}:3001")
}

impl Ground {
    /// The first `count` gateways. All of them give the same ids, so that those of two gateways can be taken
    /// for each other.
    pub(crate) fn lay(profile: Profile, count: usize, time: &Time) -> Self {
        let clock = Clock::fixed(time.hands());
        let ids = local_aws::Ids::counting();
        let database = dynamodb::open_memory(clock.clone()).unwrap();
        dynamodb::provide(&database, &[table()]).unwrap();
        let sqs = Sqs::open("http://sqs", clock.clone(), ids.clone(), Disk::none()).unwrap();
        sqs.provide(&queues()).unwrap();
        let secrets = SecretsManager::open(clock.clone(), ids, Disk::none()).unwrap();
        let names = GATEWAYS.get(..count).unwrap_or(&GATEWAYS);
        let of_gateways =
            names.iter().map(|name| (format!("gateways/{name}"), secret(name, profile)));
        for (name, value) in secret_values().into_iter().chain(of_gateways) {
            let seed = SecretSeed { name: format!("quittance/{name}"), value: value.to_string() };
            secrets.provide(&seed).unwrap();
        }
        let gateways = names.iter().map(|name| {
            let sandbox = Sandbox {
                profile,
                api_key: ApiKey::new(GATEWAY_KEY),
                webhook_secret: WebhookSecret::parse(WEBHOOK_SECRET).unwrap(),
            };
            let settings = Settings {
                base_url: address(name),
                clock: clock.clone(),
                ids: Ids::seeded([1; 32]),
                disk: Disk::none(),
            };
            Stood { name, core: sandbox.open(settings).unwrap() }
        });
        Self { database, sqs, secrets, gateways: gateways.collect() }
    }
}

fn table() -> TableDescription {
    let attribute =
        |name: &str, kind: &str| KeyAttribute { name: name.to_owned(), kind: kind.to_owned() };
    TableDescription {
        name: "payments".to_owned(),
        key: Key { hash: attribute("pk", "S"), range: None },
        indexes: vec![IndexDescription {
            name: "due".to_owned(),
            key: Key { hash: attribute("due_s", "N"), range: Some(attribute("due_at", "N")) },
            projection: Projection::KeysOnly,
        }],
        ttl_attribute: None,
    }
}

/// The target queues, and the dead-letter queue for messages that the merchant's server does not accept.
fn queues() -> Vec<QueueDescription> {
    let policy = json!({
        "deadLetterTargetArn": queue_arn(&format!("{DEAD}.fifo")), "maxReceiveCount": RECEIVES_MAX,
    });
    let mut queues: Vec<QueueDescription> = TARGETS.into_iter().chain([DEAD]).map(queue).collect();
    for consumed in queues.iter_mut().filter(|queue| queue.name == format!("{CONSUMED}.fifo")) {
        consumed.attributes.insert("RedrivePolicy".to_owned(), policy.to_string());
    }
    queues
}

fn queue(name: &str) -> QueueDescription {
    let attributes = [("FifoQueue", "true"), ("VisibilityTimeout", "30")];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    QueueDescription { name: format!("{name}.fifo"), attributes: attributes.into() }
}

fn secret_values() -> [(String, Value); 3] {
    let hash = |key| data_encoding::HEXLOWER.encode(&Sha256::digest(key));
    let scopes = ["orders:write", "payments:write", "refunds:write", "read"];
    let server = json!({ "id": "local", "sha256": hash(API_KEY), "scopes": scopes });
    let clerk = json!({
        "id": "clerk",
        "person": true,
        "sha256": hash(CLERK_KEY),
        "scopes": ["refunds:write"],
        "refund_max": { "USD": CLERK_MOST },
    });
    [
        ("api-keys".to_owned(), json!([server, clerk])),
        ("status-token".to_owned(), json!({ "key": "c2VhcmNoIHNlYXJjaCBzZWFyY2ggc2VhcmNo" })),
        (
            "delivery".to_owned(),
            json!({ "key": DELIVERY_SECRET, "url": format!("https://{MERCHANT}/confirmations") }),
        ),
    ]
}

fn secret(gateway: &str, profile: Profile) -> Value {
    json!({
        "adapter": "sandbox",
        "mode": "test",
        "api_key": GATEWAY_KEY,
        "base_url": address(gateway),
        "profile": profile.name(),
        "webhook_secrets": [{ "id": "w1", "key": WEBHOOK_SECRET }],
    })
}
