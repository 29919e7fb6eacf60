//! Secrets Manager: a synchronous core for one process, and the awsJson service around it.

mod reading;
mod writing;
mod lifecycle;
mod secret;
mod requests;
mod error;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

pub use error::SecretsError;
use secret::Secret;

use super::protocol::read;
use super::{AwsError, AwsJson, Ids};
use crate::clock::Clock;
use crate::disk::{Change, Disk, DiskError};

const COLLECTION: &str = "secrets";

/// All secrets of one stack. Cheap to clone; `Debug` shows no value.
#[derive(Clone, Debug)]
pub struct SecretsManager(Arc<Service>);

#[derive(Debug)]
struct Service {
    clock: Clock,
    ids: Ids,
    disk: Disk,
    secrets: Mutex<BTreeMap<String, Secret>>,
}

/// A secret as the stack seeds it.
#[derive(Clone)]
pub struct SecretSeed {
    pub name: String,
    pub value: String,
}

impl fmt::Debug for SecretSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretSeed({}, ..)", self.name)
    }
}

impl AwsJson for SecretsManager {
    const TARGET: &'static str = "secretsmanager";
    const CONTENT_TYPE: &'static str = "application/x-amz-json-1.1";
    const MESSAGE: &'static str = "Message";

    async fn answer(&self, action: &str, body: &[u8]) -> Result<Value, AwsError> {
        self.call(action, body)
    }
}

impl SecretsManager {
    /// Opens with everything that is on disk.
    pub fn open(clock: Clock, ids: Ids, disk: Disk) -> Result<Self, DiskError> {
        let secrets = Mutex::new(disk.all(COLLECTION)?.into_iter().collect());
        Ok(Self(Arc::new(Service { clock, ids, disk, secrets })))
    }

    /// One action in awsJson.
    pub fn call(&self, action: &str, body: &[u8]) -> Result<Value, AwsError> {
        Ok(self.act(action, body)?)
    }

    fn act(&self, action: &str, body: &[u8]) -> Result<Value, SecretsError> {
        match action {
            "CreateSecret" => self.create(read(body)?),
            "PutSecretValue" => self.put_value(read(body)?),
            "DeleteSecret" => self.delete(&read(body)?),
            "RestoreSecret" => self.restore(&read(body)?),
            "GetSecretValue" => self.value(&read(body)?),
            "DescribeSecret" => self.describe(&read(body)?),
            "ListSecrets" => self.list(&read(body)?),
            _ => Err(SecretsError::UnknownOperation(action.to_owned())),
        }
    }

    /// Drops those whose deletion has become final.
    fn secrets(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        let now_ms = self.now_ms();
        let mut secrets = self.0.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.retain(|_, secret| secret.gone_ms.is_none_or(|gone_ms| gone_ms > now_ms));
        secrets
    }

    /// Writes to disk first, so that an answered change survives.
    fn keep(
        &self,
        secrets: &mut BTreeMap<String, Secret>,
        secret: Secret,
    ) -> Result<(), SecretsError> {
        let name = secret.name.clone();
        self.0.disk.write(&[Change::put(COLLECTION, name.as_str(), &secret)?])?;
        secrets.insert(name, secret);
        Ok(())
    }

    fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    fn next_token(&self) -> String {
        self.0.ids.next().to_string()
    }
}

/// By name or by ARN.
fn find<'s>(secrets: &'s BTreeMap<String, Secret>, id: &str) -> Result<&'s Secret, SecretsError> {
    let by_arn = || secrets.values().find(|secret| secret.has_arn(id));
    secrets.get(id).or_else(by_arn).ok_or(SecretsError::NotFound)
}
