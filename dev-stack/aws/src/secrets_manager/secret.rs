//! One secret: its versions and the stages that point at them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::SecretsError;

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";
/// Beyond this number, versions without a stage are dropped, the oldest first.
const VERSIONS_MAX: usize = 100;
/// AWS: a version of the last 24 hours is never dropped (`PutSecretValue`).
const YOUNG_MS: i64 = 86_400_000;
const STAGES_MAX: usize = 20;

/// Text, or bytes in base64 as they are sent. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SecretValue {
    Text(String),
    Binary(String),
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(..)")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) value: SecretValue,
    pub(super) stages: BTreeSet<String>,
    pub(super) created_ms: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) description: Option<String>,
    pub(super) kms_key_id: Option<String>,
    pub(super) versions: BTreeMap<String, Version>,
    pub(super) created_ms: i64,
    pub(super) changed_ms: i64,
    /// When a deletion becomes final; until then the secret can be restored.
    pub(super) gone_ms: Option<i64>,
}

impl Secret {
    /// In full, or without the six characters that nobody knows before the secret exists.
    pub(super) fn has_arn(&self, arn: &str) -> bool {
        let partial = self.arn.rsplit_once('-').map(|(partial, _)| partial);
        self.arn == arn || partial == Some(arn)
    }

    pub(super) fn check_not_deleted(&self) -> Result<(), SecretsError> {
        let reason = "You can't perform this operation on the secret because it was marked for \
                      deletion.";
        if self.gone_ms.is_some() { Err(SecretsError::InvalidRequest(reason)) } else { Ok(()) }
    }

    pub(super) fn version_at(&self, stage: &str) -> Option<(&String, &Version)> {
        self.versions.iter().find(|(_, version)| version.stages.contains(stage))
    }

    pub(super) fn stages_by_version(&self) -> BTreeMap<&String, &BTreeSet<String>> {
        let staged = self.versions.iter().filter(|(_, version)| !version.stages.is_empty());
        staged.map(|(id, version)| (id, &version.stages)).collect()
    }

    /// Adds a version, unless the token has made the same one before. A version never changes:
    /// the same token with another value is refused.
    pub(super) fn add(
        &mut self,
        token: &str,
        value: SecretValue,
        stages: &[String],
        now_ms: i64,
    ) -> Result<(), SecretsError> {
        if let Some(version) = self.versions.get(token) {
            if version.value == value {
                return Ok(());
            }
            let name = &self.name;
            return Err(SecretsError::AlreadyExists(format!(
                "You can't use ClientRequestToken {token} because that value is already in use \
                 for a version of secret {name}."
            )));
        }
        let version = Version { value, stages: BTreeSet::new(), created_ms: now_ms };
        self.versions.insert(token.to_owned(), version);
        if self.version_at(CURRENT).is_none() {
            self.attach(CURRENT, token);
        }
        for stage in stages {
            self.attach(stage, token);
        }
        self.changed_ms = now_ms;
        self.drop_oldest_unstaged(now_ms);
        Ok(())
    }

    /// Moves a stage to a version. The version that loses AWSCURRENT becomes AWSPREVIOUS.
    fn attach(&mut self, stage: &str, to: &str) {
        let from = self.version_at(stage).map(|(id, _)| id.clone());
        if from.as_deref() == Some(to) {
            return;
        }
        self.detach(stage);
        if let Some(version) = self.versions.get_mut(to) {
            version.stages.insert(stage.to_owned());
        }
        if let Some(from) = from.filter(|_| stage == CURRENT) {
            self.attach(PREVIOUS, &from);
        }
    }

    fn detach(&mut self, stage: &str) {
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
    }

    fn drop_oldest_unstaged(&mut self, now_ms: i64) {
        let surplus = self.versions.len().saturating_sub(VERSIONS_MAX);
        let unstaged = self.versions.iter().filter(|(_, version)| {
            version.stages.is_empty() && now_ms - version.created_ms >= YOUNG_MS
        });
        let mut oldest: Vec<(i64, String)> =
            unstaged.map(|(id, version)| (version.created_ms, id.clone())).collect();
        oldest.sort_unstable();
        for (_, id) in oldest.into_iter().take(surplus) {
            self.versions.remove(&id);
        }
    }
}

pub(super) fn check_stages(stages: &[String]) -> Result<(), SecretsError> {
    let fits = |stage: &String| (1..=256).contains(&stage.chars().count());
    if (1..=STAGES_MAX).contains(&stages.len()) && stages.iter().all(fits) {
        return Ok(());
    }
    Err(SecretsError::parameter("VersionStages takes 1 to 20 labels of 1 to 256 characters."))
}
