//! The bodies of the actions, as awsJson spells them. None has a `Debug` that could show a value.

use data_encoding::BASE64;
use serde::Deserialize;

use super::error::SecretsError;
use super::secret::SecretValue;

/// The most bytes of a value.
const VALUE_BYTES_MAX: usize = 65_536;

/// At most one of the two.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ValueMembers {
    secret_string: Option<String>,
    secret_binary: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateSecret {
    pub(super) name: String,
    pub(super) client_request_token: Option<String>,
    pub(super) description: Option<String>,
    pub(super) kms_key_id: Option<String>,
    #[serde(flatten)]
    pub(super) value: ValueMembers,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutSecretValue {
    pub(super) secret_id: String,
    pub(super) client_request_token: Option<String>,
    pub(super) version_stages: Option<Vec<String>>,
    #[serde(flatten)]
    pub(super) value: ValueMembers,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetSecretValue {
    pub(super) secret_id: String,
    pub(super) version_id: Option<String>,
    pub(super) version_stage: Option<String>,
}

/// Describe, restore.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneSecret {
    pub(super) secret_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListSecrets {
    pub(super) max_results: Option<usize>,
    pub(super) next_token: Option<String>,
    #[serde(default)]
    pub(super) include_planned_deletion: bool,
    #[serde(default)]
    pub(super) filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filter {
    pub(super) key: String,
    #[serde(default)]
    pub(super) values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteSecret {
    pub(super) secret_id: String,
    pub(super) recovery_window_in_days: Option<i64>,
    #[serde(default)]
    pub(super) force_delete_without_recovery: bool,
}

impl CreateSecret {
    pub(super) fn seed(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            client_request_token: None,
            description: None,
            kms_key_id: None,
            value: ValueMembers::text(value),
        }
    }
}

impl PutSecretValue {
    pub(super) fn seed(name: &str, value: &str) -> Self {
        Self {
            secret_id: name.to_owned(),
            client_request_token: None,
            version_stages: None,
            value: ValueMembers::text(value),
        }
    }
}

impl ValueMembers {
    fn text(value: &str) -> Self {
        Self { secret_string: Some(value.to_owned()), secret_binary: None }
    }

    pub(super) fn checked(self) -> Result<Option<SecretValue>, SecretsError> {
        let (value, length) = match (self.secret_string, self.secret_binary) {
            (None, None) => return Ok(None),
            (Some(text), None) => {
                let length = text.len();
                (SecretValue::Text(text), length)
            }
            (None, Some(base64)) => {
                let bytes = BASE64.decode(base64.as_bytes());
                let length = bytes.map_err(|_| refused("SecretBinary is not base64."))?.len();
                (SecretValue::Binary(base64), length)
            }
            (Some(_), Some(_)) => {
                return Err(refused("You can't specify both a binary value and a text value."));
            }
        };
        if (1..=VALUE_BYTES_MAX).contains(&length) {
            return Ok(Some(value));
        }
        Err(refused("A value has 1 to 65536 bytes."))
    }
}

fn refused(reason: &str) -> SecretsError {
    SecretsError::parameter(reason)
}
