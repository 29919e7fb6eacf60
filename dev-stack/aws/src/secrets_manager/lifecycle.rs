//! What happens to a secret besides new values: stages move, tags change, it is deleted, it is restored.

use serde_json::{Value, json};

use super::error::SecretsError;
use super::requests::{
    DeleteSecret, OneSecret, TagResource, UntagResource, UpdateSecretVersionStage,
};
use super::secret::{CURRENT, Secret, Tag};
use super::{COLLECTION, SecretsManager, find};
use crate::disk::Change;

const DAY_MS: i64 = 86_400_000;
const RECOVERY_DAYS: i64 = 30;

impl SecretsManager {
    pub(super) fn move_stage(
        &self,
        request: &UpdateSecretVersionStage,
    ) -> Result<Value, SecretsError> {
        let now_ms = self.now_ms();
        let mut secrets = self.secrets();
        let mut secret = find(&secrets, &request.secret_id)?.clone();
        secret.check_not_deleted()?;
        move_in(&mut secret, request)?;
        secret.changed_ms = now_ms;
        let answer = json!({ "ARN": secret.arn, "Name": secret.name });
        self.keep(&mut secrets, secret)?;
        Ok(answer)
    }

    pub(super) fn delete(&self, request: &DeleteSecret) -> Result<Value, SecretsError> {
        let days = request.recovery_window_in_days;
        if request.force_delete_without_recovery && days.is_some() {
            return Err(SecretsError::parameter(
                "You can't use ForceDeleteWithoutRecovery in conjunction with \
                 RecoveryWindowInDays.",
            ));
        }
        if days.is_some_and(|days| !(7..=RECOVERY_DAYS).contains(&days)) {
            return Err(SecretsError::parameter("RecoveryWindowInDays must be 7 to 30 days."));
        }
        if request.force_delete_without_recovery {
            return self.delete_now(&request.secret_id);
        }
        let gone_ms = self.now_ms() + days.unwrap_or(RECOVERY_DAYS) * DAY_MS;
        let mut secrets = self.secrets();
        let mut secret = find(&secrets, &request.secret_id)?.clone();
        secret.check_not_deleted()?;
        secret.gone_ms = Some(gone_ms);
        let answer = deleted(&secret.arn, &secret.name, gone_ms);
        self.keep(&mut secrets, secret)?;
        Ok(answer)
    }

    /// A secret that does not exist counts as deleted.
    fn delete_now(&self, id: &str) -> Result<Value, SecretsError> {
        let now_ms = self.now_ms();
        let mut secrets = self.secrets();
        let Ok(secret) = find(&secrets, id) else {
            return Ok(deleted(id, id, now_ms));
        };
        let (arn, name) = (secret.arn.clone(), secret.name.clone());
        self.0.disk.write(&[Change::remove(COLLECTION, name.as_str())])?;
        secrets.remove(&name);
        Ok(deleted(&arn, &name, now_ms))
    }

    /// A tag replaces an existing one with the same key.
    pub(super) fn tag(&self, request: TagResource) -> Result<Value, SecretsError> {
        self.retag(&request.secret_id, |tags| {
            tags.retain(|tag| !request.tags.iter().any(|new| new.key == tag.key));
            tags.extend(request.tags);
        })
    }

    /// A key that does not exist is ignored.
    pub(super) fn untag(&self, request: &UntagResource) -> Result<Value, SecretsError> {
        let goes = |tag: &Tag| request.tag_keys.contains(&tag.key);
        self.retag(&request.secret_id, |tags| tags.retain(|tag| !goes(tag)))
    }

    fn retag(&self, id: &str, change: impl FnOnce(&mut Vec<Tag>)) -> Result<Value, SecretsError> {
        let mut secrets = self.secrets();
        let mut secret = find(&secrets, id)?.clone();
        secret.check_not_deleted()?;
        change(&mut secret.tags);
        self.keep(&mut secrets, secret)?;
        Ok(json!({}))
    }

    pub(super) fn restore(&self, request: &OneSecret) -> Result<Value, SecretsError> {
        let mut secrets = self.secrets();
        let mut secret = find(&secrets, &request.secret_id)?.clone();
        secret.gone_ms = None;
        let answer = json!({ "ARN": secret.arn, "Name": secret.name });
        self.keep(&mut secrets, secret)?;
        Ok(answer)
    }
}

fn deleted(arn: &str, name: &str, gone_ms: i64) -> Value {
    json!({ "ARN": arn, "Name": name, "DeletionDate": gone_ms / 1000 })
}

/// A stage is taken only from the version that the caller believes to have it, so that one of two
/// rotations notices the other.
fn move_in(secret: &mut Secret, request: &UpdateSecretVersionStage) -> Result<(), SecretsError> {
    let stage = request.version_stage.as_str();
    let (to, from) = (&request.move_to_version_id, &request.remove_from_version_id);
    for id in [to, from].into_iter().flatten() {
        if !secret.versions.contains_key(id) {
            return Err(SecretsError::VersionNotFound(format!("VersionId: {id}")));
        }
    }
    let holder = secret.version_at(stage).map(|(id, _)| id.clone());
    let elsewhere = holder.is_some() && holder != *to;
    if (from.is_some() || to.is_some() && elsewhere) && holder != *from {
        let holder = holder.as_deref().unwrap_or("none");
        return Err(SecretsError::parameter(format!(
            "Staging label {stage} is currently attached to version {holder}, so you must \
             explicitly reference that version in RemoveFromVersionId."
        )));
    }
    match (to, from) {
        (Some(to), _) => secret.attach(stage, to),
        (None, Some(_)) if stage == CURRENT => {
            return Err(SecretsError::parameter(
                "You can only move staging label AWSCURRENT to a different secret version. It \
                 can't be completely removed.",
            ));
        }
        (None, Some(_)) => secret.detach(stage),
        (None, None) => {
            return Err(SecretsError::parameter(
                "RemoveFromVersionId or MoveToVersionId is required.",
            ));
        }
    }
    Ok(())
}
