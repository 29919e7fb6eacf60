//! Reading secrets: values, descriptions, lists.

use serde_json::{Map, Value, json};

use super::error::SecretsError;
use super::requests::{Filter, GetSecretValue, ListSecrets, OneSecret};
use super::secret::{CURRENT, Secret, SecretValue, Version};
use super::{SecretsManager, find};

const LIST_MAX: usize = 100;

impl SecretsManager {
    pub(super) fn value(&self, request: &GetSecretValue) -> Result<Value, SecretsError> {
        let secrets = self.secrets();
        let secret = find(&secrets, &request.secret_id)?;
        secret.check_not_deleted()?;
        let (id, version) = chosen(secret, request)?;
        let (member, value) = match &version.value {
            SecretValue::Text(text) => ("SecretString", text),
            SecretValue::Binary(base64) => ("SecretBinary", base64),
        };
        Ok(json!({
            "ARN": secret.arn,
            "Name": secret.name,
            "VersionId": id,
            member: value,
            "VersionStages": version.stages,
            "CreatedDate": version.created_ms / 1000,
        }))
    }

    pub(super) fn describe(&self, request: &OneSecret) -> Result<Value, SecretsError> {
        let secrets = self.secrets();
        let secret = find(&secrets, &request.secret_id)?;
        let mut description = summary(secret);
        description.insert("VersionIdsToStages".to_owned(), json!(secret.stages_by_version()));
        Ok(description.into())
    }

    pub(super) fn list(&self, request: &ListSecrets) -> Result<Value, SecretsError> {
        let page = request.max_results.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&page) {
            return Err(SecretsError::parameter("MaxResults must be between 1 and 100."));
        }
        let secrets = self.secrets();
        let after = request.next_token.as_deref().unwrap_or_default();
        let mut found: Vec<&Secret> = Vec::new();
        for secret in secrets.values().filter(|secret| secret.name.as_str() > after) {
            let is_shown = request.include_planned_deletion || secret.gone_ms.is_none();
            if is_shown && passes(secret, &request.filters)? {
                found.push(secret);
            }
        }
        let more = found.len() > page;
        found.truncate(page);
        let listed: Vec<Value> = found.iter().map(|secret| shown(secret)).collect();
        Ok(match found.last().filter(|_| more) {
            Some(last) => json!({ "SecretList": listed, "NextToken": last.name }),
            None => json!({ "SecretList": listed }),
        })
    }
}

/// By version id, by stage, by both if they agree; AWSCURRENT if by neither.
fn chosen<'s>(
    secret: &'s Secret,
    request: &GetSecretValue,
) -> Result<(&'s String, &'s Version), SecretsError> {
    let Some(id) = &request.version_id else {
        let stage = request.version_stage.as_deref().unwrap_or(CURRENT);
        let missing = || SecretsError::VersionNotFound(format!("staging label: {stage}"));
        return secret.version_at(stage).ok_or_else(missing);
    };
    let missing = || SecretsError::VersionNotFound(format!("VersionId: {id}"));
    let (id, version) = secret.versions.get_key_value(id).ok_or_else(missing)?;
    match &request.version_stage {
        Some(stage) if !version.stages.contains(stage) => Err(SecretsError::InvalidRequest(
            "You provided a VersionStage that is not associated to the provided VersionId.",
        )),
        Some(_) | None => Ok((id, version)),
    }
}

/// Everything but values.
fn summary(secret: &Secret) -> Map<String, Value> {
    let members = [
        ("ARN", Some(json!(secret.arn))),
        ("Name", Some(json!(secret.name))),
        ("Description", secret.description.as_ref().map(|text| json!(text))),
        ("KmsKeyId", secret.kms_key_id.as_ref().map(|text| json!(text))),
        ("CreatedDate", Some(json!(secret.created_ms / 1000))),
        ("LastChangedDate", Some(json!(secret.changed_ms / 1000))),
        ("DeletedDate", secret.gone_ms.map(|gone_ms| json!(gone_ms / 1000))),
    ];
    let known = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect()
}

/// A list spells one member differently.
fn shown(secret: &Secret) -> Value {
    let mut summary = summary(secret);
    summary.insert("SecretVersionsToStages".to_owned(), json!(secret.stages_by_version()));
    summary.into()
}

/// The only filter: the name begins with one of the values.
fn passes(secret: &Secret, filters: &[Filter]) -> Result<bool, SecretsError> {
    if filters.iter().any(|filter| filter.key != "name") {
        return Err(SecretsError::parameter("Here secrets can be filtered by name only."));
    }
    let begins = |value: &String| secret.name.starts_with(value.as_str());
    Ok(filters.iter().all(|filter| filter.values.iter().any(begins)))
}
