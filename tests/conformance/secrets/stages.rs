//! Versions, and the stages attached to them.

use serde_json::json;

use super::{ONE, Secret, THREE, TWO, word};
use crate::Case;

const PUT: &str = "PutSecretValue (Secrets Manager API reference)";
const GET: &str = "GetSecretValue (Secrets Manager API reference)";

pub(super) fn cases() -> Vec<Case> {
    [versions(), first()].into_iter().flatten().collect()
}

fn versions() -> Vec<Case> {
    vec![
        Case::new(
            "a new version is current, the one before it previous",
            PUT,
            "1:AWSPREVIOUS 2:AWSCURRENT",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.put(TWO, "two").await?;
                secret.stages().await
            },
        ),
        Case::new(
            "the version before the previous one has no stage",
            PUT,
            "2:AWSPREVIOUS 3:AWSCURRENT",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.put(TWO, "two").await?;
                secret.put(THREE, "three").await?;
                secret.stages().await
            },
        ),
        Case::new(
            "a version with a stage of its own leaves the current one",
            PUT,
            "1:AWSCURRENT 2:AWSPENDING",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let members = json!({
                    "SecretString": "two", "ClientRequestToken": TWO, "VersionStages": ["AWSPENDING"],
                });
                secret.call("PutSecretValue", members).await?;
                secret.stages().await
            },
        ),
        Case::new(
            "the first version is current whatever its stages",
            PUT,
            "1:AWSCURRENT,AWSPENDING",
            |desk| async move {
                let secret = Secret::create(&desk, json!({ "ClientRequestToken": THREE })).await?;
                let members = json!({
                    "SecretString": "one", "ClientRequestToken": ONE, "VersionStages": ["AWSPENDING"],
                });
                secret.call("PutSecretValue", members).await?;
                secret.stages().await
            },
        ),
    ]
}

fn first() -> Vec<Case> {
    vec![
        Case::new(
            "a secret without a value has none to read",
            GET,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::create(&desk, json!({ "ClientRequestToken": ONE })).await?;
                secret.outcome("GetSecretValue", json!({})).await
            },
        ),
        Case::new(
            "a new version answers its stages",
            PUT,
            format!(r#"{TWO} ["AWSCURRENT"]"#),
            |desk| async move {
                let put = Secret::new(&desk).await?.put(TWO, "two").await?;
                Ok(format!("{} {}", word(&put["VersionId"]), put["VersionStages"]))
            },
        ),
    ]
}
