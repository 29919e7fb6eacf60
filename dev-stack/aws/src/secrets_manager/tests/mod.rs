//! Secrets on a clock that stands still until a test moves it.

mod lifecycle;
mod values;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::SecretsManager;
use crate::Ids;
use crate::clock::Clock;
use crate::disk::Disk;

const NAME: &str = "quittance/delivery";
const ONE: &str = "11111111-1111-1111-1111-111111111111";
const TWO: &str = "22222222-2222-2222-2222-222222222222";
const THREE: &str = "33333333-3333-3333-3333-333333333333";

struct Vault {
    secrets: SecretsManager,
    now_ms: Arc<AtomicI64>,
}

impl Vault {
    fn new() -> Self {
        Self::on(Disk::none())
    }

    fn on(disk: Disk) -> Self {
        let now_ms = Arc::new(AtomicI64::new(1_795_000_000_000));
        let clock = Clock::fixed(Arc::clone(&now_ms));
        let secrets = SecretsManager::open(clock, Ids::counting(), disk).unwrap();
        Self { secrets, now_ms }
    }

    /// With one secret, whose first version is `ONE` and holds "one".
    fn with_one() -> Self {
        let vault = Self::new();
        let create = json!({ "Name": NAME, "SecretString": "one", "ClientRequestToken": ONE });
        vault.call("CreateSecret", &create);
        vault
    }

    fn pass_days(&self, days: i64) {
        self.now_ms.fetch_add(days * 86_400_000, Ordering::SeqCst);
    }

    fn call(&self, action: &str, body: &Value) -> Value {
        self.secrets.call(action, body.to_string().as_bytes()).unwrap()
    }

    fn refused(&self, action: &str, body: &Value) -> &'static str {
        self.secrets.call(action, body.to_string().as_bytes()).unwrap_err().kind
    }

    fn put(&self, token: &str, value: &str, stages: Option<&[&str]>) -> Value {
        let mut body =
            json!({ "SecretId": NAME, "SecretString": value, "ClientRequestToken": token });
        if let Some(stages) = stages {
            body["VersionStages"] = json!(stages);
        }
        self.call("PutSecretValue", &body)
    }

    fn value(&self, stage: &str) -> Option<String> {
        let body = json!({ "SecretId": NAME, "VersionStage": stage });
        let answer = self.secrets.call("GetSecretValue", body.to_string().as_bytes()).ok()?;
        Some(answer["SecretString"].as_str().unwrap().to_owned())
    }

    fn stages(&self) -> Value {
        self.call("DescribeSecret", &json!({ "SecretId": NAME }))["VersionIdsToStages"].clone()
    }
}
