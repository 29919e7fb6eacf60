//! The end of a secret, and its way back: it is deleted, it is restored.

use serde_json::{Value, json};

use super::error::SecretsError;
use super::requests::{DeleteSecret, OneSecret};
use super::{COLLECTION, SecretsManager, find};
use crate::disk::Change;

const DAY_MS: i64 = 86_400_000;
const RECOVERY_DAYS: i64 = 30;

impl SecretsManager {
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
