//! The secrets that a fresh stack starts with: made at random once, and kept by Secrets Manager.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::aws::AwsError;
use crate::aws::secrets_manager::{SecretSeed, SecretsError, SecretsManager};
use crate::disk::{Change, Disk, DiskError};
use crate::gateways::sandbox::{ApiKey, Profile, WebhookSecret};
use crate::template::Secret;

/// The merchant's API key on this machine. Functions refuse it outside the dev stack.
pub const LOCAL_API_KEY: &str = "sk_test_local";

/// The name of the one gateway that a stack has if it is asked for no other.
pub(crate) const SANDBOX: &str = "sandbox";

/// Every address that seeds have ever named; with other ports they are out of date.
const OWN_ADDRESSES: &str = "own-addresses";

/// An entry says only that its address is ours.
#[derive(Serialize, Deserialize)]
struct Own {}

/// What the seeds depend on.
#[derive(Debug, Clone)]
pub struct Seeds {
    pub stack_name: String,
    /// The names of the sandboxes.
    pub gateways: Vec<String>,
    pub sandbox_url: String,
    pub shop_url: String,
    /// From the command line, so it overrides the secret.
    pub delivery_url: Option<String>,
    pub profile: Profile,
}

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("cannot get random bytes from the operating system: {0}")]
    Random(#[from] getrandom::Error),
    #[error("template.yaml: the dev stack has no value for the secret {0}")]
    Unknown(String),
    #[error("cannot store a secret: {0}")]
    Secrets(#[from] SecretsError),
    #[error("cannot store a secret: {0}")]
    Aws(#[from] AwsError),
    #[error("{0}")]
    Disk(#[from] DiskError),
    #[error("cannot read the secrets in {}: {problem}", .file.display())]
    File { file: PathBuf, problem: String },
    #[error("nothing reads the secret {name} in {}; the secrets are {known}", .file.display())]
    Unread { file: PathBuf, name: String, known: String },
}

impl Seeds {
    /// Seeds what is missing, and updates the seeded addresses to the ports of this run.
    pub fn plant(
        &self,
        wanted: &[Secret],
        secrets: &SecretsManager,
        disk: &Disk,
    ) -> Result<(), SeedError> {
        for secret in wanted {
            let value = self.value(secret)?;
            secrets.provide_missing(&SecretSeed { name: secret.name.clone(), value })?;
        }
        let known: Vec<(String, Own)> = disk.all(OWN_ADDRESSES)?;
        let sandboxes = self.gateways.iter().map(|name| self.address_of(name));
        let ours: Vec<String> = sandboxes.chain([self.delivery_url()]).collect();
        // Recorded before use, so that an address that a crash leaves in a secret is recognised as ours.
        let put = |url: &String| Change::put(OWN_ADDRESSES, url.as_str(), &Own {});
        disk.write(&ours.iter().map(put).collect::<Result<Vec<_>, _>>()?)?;

        let follow = |secret: &mut Map<String, Value>, member: &str, url: String| {
            let before = secret.get(member).and_then(Value::as_str);
            if before.is_some_and(|before| known.iter().any(|(own, _)| own == before)) {
                secret.insert(member.to_owned(), json!(url));
            }
        };
        self.edit(secrets, "delivery", |secret| match &self.delivery_url {
            Some(url) => drop(secret.insert("url".to_owned(), json!(url))),
            None => follow(secret, "url", self.delivery_url()),
        })?;
        for name in &self.gateways {
            self.edit(secrets, &format!("gateways/{name}"), |secret| {
                follow(secret, "base_url", self.address_of(name));
                secret.insert("profile".to_owned(), json!(self.profile.name()));
            })?;
        }
        Ok(())
    }

    /// Where a gateway's API is. Each has a path of its own, but for the one that is simply `sandbox`.
    fn address_of(&self, gateway: &str) -> String {
        match gateway {
            SANDBOX => self.sandbox_url.clone(),
            name => format!("{}/{name}", self.sandbox_url),
        }
    }

    /// Puts the secrets of the developer's own file over the present ones. Only names in `wanted` are
    /// accepted, because a name that nothing reads is a typo.
    pub fn plant_file(
        wanted: &[Secret],
        secrets: &SecretsManager,
        file: &Path,
    ) -> Result<(), SeedError> {
        let wrong = |problem: String| SeedError::File { file: file.to_owned(), problem };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        // Without the parser's message, which may quote a secret.
        let malformed = |_| wrong("it is not a JSON object of secret names and values".to_owned());
        let values: BTreeMap<String, Value> = serde_json::from_str(&text).map_err(malformed)?;
        let known: Vec<&str> = wanted.iter().map(|secret| secret.name.as_str()).collect();
        if let Some(name) = values.keys().find(|name| !known.contains(&name.as_str())) {
            let (file, name, known) = (file.to_owned(), name.clone(), known.join(", "));
            return Err(SeedError::Unread { file, name, known });
        }
        for (name, value) in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            secrets.provide(&SecretSeed { name, value })?;
        }
        Ok(())
    }

    /// The keys that the sandbox gateway shares with its adapter. Where the secret has none, the
    /// gateway gets keys that nobody knows: both sides then refuse each other.
    pub fn sandbox_keys(
        &self,
        gateway: &str,
        secrets: &SecretsManager,
    ) -> Result<(ApiKey, WebhookSecret), SeedError> {
        let secret =
            current(secrets, &self.name(&format!("gateways/{gateway}"))).unwrap_or_default();
        let text = |place: &str| secret.pointer(place).and_then(Value::as_str);
        let api_key = text("/api_key").map(str::to_owned);
        let shared = text("/webhook_secrets/0/key").map(WebhookSecret::parse);
        let webhook_secret = match shared {
            Some(Ok(secret)) => secret,
            Some(Err(_)) | None => {
                WebhookSecret::parse(&format!("whsec_{}", crate::random::key()?))
                    .map_err(|_| SeedError::Unknown(self.name(gateway)))?
            }
        };
        Ok((ApiKey::new(api_key.unwrap_or_else(crate::random::hex)), webhook_secret))
    }

    pub fn name(&self, secret: &str) -> String {
        format!("{}/{secret}", self.stack_name)
    }

    fn delivery_url(&self) -> String {
        let shop = || format!("{}/webhooks/quittance", self.shop_url);
        self.delivery_url.clone().unwrap_or_else(shop)
    }

    fn value(&self, secret: &Secret) -> Result<String, SeedError> {
        let own = secret.name.strip_prefix(&self.name("")).unwrap_or(&secret.name);
        let value = match own {
            "api-keys" => api_keys(),
            "status-token" => json!({ "keys": [key("k1", &crate::random::key()?)] }),
            "delivery" => json!({ "url": self.delivery_url(), "keys": [webhook_key("k1")?] }),
            own if self.gateways.iter().any(|name| own == format!("gateways/{name}")) => {
                let name = own.trim_start_matches("gateways/");
                json!({
                    "adapter": SANDBOX,
                    "mode": "test",
                    "api_key": format!("sbx_test_{}", crate::random::hex()),
                    "base_url": self.address_of(name),
                    "profile": self.profile.name(),
                    "webhook_secrets": [webhook_key("w1")?],
                })
            }
            _ => {
                let placeholder = secret.placeholder.clone();
                return placeholder.ok_or_else(|| SeedError::Unknown(secret.name.clone()));
            }
        };
        Ok(value.to_string())
    }

    /// Changes a secret in place, if it is there and an object.
    fn edit(
        &self,
        secrets: &SecretsManager,
        secret: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), SeedError> {
        let name = self.name(secret);
        if let Some(Value::Object(mut members)) = current(secrets, &name) {
            change(&mut members);
            let value = Value::Object(members).to_string();
            secrets.provide(&SecretSeed { name, value })?;
        }
        Ok(())
    }
}

/// The current value of a secret, if it is there and JSON.
pub(crate) fn current(secrets: &SecretsManager, name: &str) -> Option<Value> {
    let request = json!({ "SecretId": name }).to_string();
    let answer = secrets.call("GetSecretValue", request.as_bytes()).ok()?;
    serde_json::from_str(answer.get("SecretString")?.as_str()?).ok()
}

fn api_keys() -> Value {
    json!([{
        "id": "local",
        "sha256": HEXLOWER.encode(&Sha256::digest(LOCAL_API_KEY)),
        "scopes": ["orders:write", "payments:write", "refunds:write", "read"],
        "not_after": null,
    }])
}

fn key(id: &str, key: &str) -> Value {
    json!({ "id": id, "key": key, "not_after": null })
}

fn webhook_key(id: &str) -> Result<Value, getrandom::Error> {
    Ok(key(id, &format!("whsec_{}", crate::random::key()?)))
}

#[cfg(test)]
mod tests;
