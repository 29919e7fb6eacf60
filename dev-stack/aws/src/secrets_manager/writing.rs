//! Writing secrets: new ones, new versions of old ones, and what the stack seeds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error::SecretsError;
use super::requests::{CreateSecret, OneSecret, PutSecretValue, ValueMembers};
use super::secret::{CURRENT, Secret, SecretValue, check_stages};
use super::{SecretSeed, SecretsManager, find};
use crate::{ACCOUNT, REGION};

const NAME_MAX: usize = 512;

impl SecretsManager {
    /// Seeds a missing secret, and leaves an existing one as it is.
    pub fn provide_missing(&self, seed: &SecretSeed) -> Result<(), SecretsError> {
        if self.current(&seed.name).is_some() { Ok(()) } else { self.provide(seed) }
    }

    /// Seeds a missing secret, and adds a new version if the value differs.
    pub fn provide(&self, SecretSeed { name, value }: &SecretSeed) -> Result<(), SecretsError> {
        let is_deleted = self.secrets().get(name).map(|secret| secret.gone_ms.is_some());
        if is_deleted == Some(true) {
            self.restore(&OneSecret { secret_id: name.clone() })?;
        }
        if is_deleted.is_none() {
            self.create(CreateSecret::seed(name, value)).map(drop)
        } else if self.current(name) == Some(SecretValue::Text(value.clone())) {
            Ok(())
        } else {
            self.put_value(PutSecretValue::seed(name, value)).map(drop)
        }
    }

    fn current(&self, name: &str) -> Option<SecretValue> {
        let secrets = self.secrets();
        let secret = secrets.get(name).filter(|secret| secret.gone_ms.is_none())?;
        secret.version_at(CURRENT).map(|(_, version)| version.value.clone())
    }

    pub(super) fn create(&self, request: CreateSecret) -> Result<Value, SecretsError> {
        check_name(&request.name)?;
        let (token, value) = self.version(request.client_request_token, request.value)?;
        let now_ms = self.now_ms();
        let mut secrets = self.secrets();
        if let Some(secret) = secrets.get(&request.name) {
            return created_before(secret, &token, value.as_ref());
        }
        let mut secret = Secret {
            arn: self.new_arn(&request.name),
            name: request.name,
            description: request.description,
            kms_key_id: request.kms_key_id,
            versions: BTreeMap::new(),
            created_ms: now_ms,
            changed_ms: now_ms,
            gone_ms: None,
        };
        let token = value.is_some().then_some(token);
        if let Some((token, value)) = token.as_ref().zip(value) {
            secret.add(token, value, &[], now_ms)?;
        }
        let answer = answer(&secret, token.as_deref());
        self.keep(&mut secrets, secret)?;
        Ok(answer)
    }

    pub(super) fn put_value(&self, request: PutSecretValue) -> Result<Value, SecretsError> {
        let stages = request.version_stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
        check_stages(&stages)?;
        let (token, value) = self.version(request.client_request_token, request.value)?;
        let missing = || SecretsError::parameter("You must provide SecretString or SecretBinary.");
        let value = value.ok_or_else(missing)?;
        let now_ms = self.now_ms();
        let mut secrets = self.secrets();
        let mut secret = find(&secrets, &request.secret_id)?.clone();
        secret.check_not_deleted()?;
        secret.add(&token, value, &stages, now_ms)?;
        let stages = secret.versions.get(&token).map(|version| &version.stages);
        let answer = json!({
            "ARN": secret.arn, "Name": secret.name, "VersionId": token, "VersionStages": stages,
        });
        self.keep(&mut secrets, secret)?;
        Ok(answer)
    }

    /// The token of the request, which becomes the version's id, and its value.
    fn version(
        &self,
        token: Option<String>,
        value: ValueMembers,
    ) -> Result<(String, Option<SecretValue>), SecretsError> {
        let token = token.unwrap_or_else(|| self.next_token());
        if !(32..=64).contains(&token.len()) {
            return Err(SecretsError::parameter(
                "ClientRequestToken must be 32-64 characters long.",
            ));
        }
        Ok((token, value.checked()?))
    }

    /// The last six characters distinguish a new secret from a deleted one of the same name.
    fn new_arn(&self, name: &str) -> String {
        let suffix = data_encoding::BASE32_NOPAD.encode(self.0.ids.next().as_bytes());
        let suffix = suffix.get(suffix.len().saturating_sub(6)..).unwrap_or_default();
        format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{suffix}")
    }
}

fn answer(secret: &Secret, version_id: Option<&str>) -> Value {
    match version_id {
        Some(id) => json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id }),
        None => json!({ "ARN": secret.arn, "Name": secret.name }),
    }
}

/// A repeated request gets the answer of the first; anything else is refused.
fn created_before(
    secret: &Secret,
    token: &str,
    value: Option<&SecretValue>,
) -> Result<Value, SecretsError> {
    if secret.gone_ms.is_some() {
        return Err(SecretsError::InvalidRequest(
            "You can't create this secret because a secret with this name is already scheduled \
             for deletion.",
        ));
    }
    let same = secret.versions.get(token).is_some_and(|version| Some(&version.value) == value);
    if same {
        return Ok(answer(secret, Some(token)));
    }
    let reason = format!("The operation failed because the secret {} already exists.", secret.name);
    Err(SecretsError::AlreadyExists(reason))
}

fn check_name(name: &str) -> Result<(), SecretsError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
    if (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let reason = "Invalid name. Must be a valid name containing alphanumeric characters, or any \
                  of the following: -/_+=.@!";
    Err(SecretsError::parameter(reason))
}
