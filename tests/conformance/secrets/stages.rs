//! Versions, and the stages attached to them.

use serde_json::json;

use super::{ONE, Secret, THREE, TWO, word};
use crate::{Case, Desk, Stop};

const PUT: &str = "PutSecretValue (Secrets Manager API reference)";
const GET: &str = "GetSecretValue (Secrets Manager API reference)";
const STAGE: &str = "UpdateSecretVersionStage (Secrets Manager API reference)";

pub(super) fn cases() -> Vec<Case> {
    [versions(), first(), moved(), held()].into_iter().flatten().collect()
}

/// With a second version that waits to become current.
async fn pending(desk: &Desk) -> Result<Secret, Stop> {
    let secret = Secret::new(desk).await?;
    let members = json!({
        "SecretString": "two", "ClientRequestToken": TWO, "VersionStages": ["AWSPENDING"],
    });
    secret.call("PutSecretValue", members).await?;
    Ok(secret)
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
            |desk| async move { pending(&desk).await?.stages().await },
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

fn moved() -> Vec<Case> {
    vec![
        Case::new(
            "the current stage moves and leaves the previous one behind",
            STAGE,
            "taken 1:AWSPREVIOUS 2:AWSCURRENT,AWSPENDING",
            |desk| async move {
                let secret = pending(&desk).await?;
                let outcome = secret.move_stage("AWSCURRENT", Some(ONE), Some(TWO)).await?;
                Ok(format!("{outcome} {}", secret.stages().await?))
            },
        ),
        Case::new(
            "the current stage moves back",
            STAGE,
            "1:AWSCURRENT 2:AWSPREVIOUS",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.put(TWO, "two").await?;
                secret.move_stage("AWSCURRENT", Some(TWO), Some(ONE)).await?;
                secret.stages().await
            },
        ),
        Case::new("a stage is taken away", STAGE, "taken 1:AWSCURRENT", |desk| async move {
            let secret = pending(&desk).await?;
            let outcome = secret.move_stage("AWSPENDING", Some(TWO), None).await?;
            Ok(format!("{outcome} {}", secret.stages().await?))
        }),
        Case::new(
            "a stage of one's own is attached",
            STAGE,
            "taken 1:AWSCURRENT,mine",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let outcome = secret.move_stage("mine", None, Some(ONE)).await?;
                Ok(format!("{outcome} {}", secret.stages().await?))
            },
        ),
    ]
}

/// A move must say where the stage currently is.
fn held() -> Vec<Case> {
    vec![
        Case::new(
            "a stage does not move from where it is without saying so",
            STAGE,
            "InvalidParameterException 1:AWSCURRENT 2:AWSPENDING",
            |desk| async move {
                let secret = pending(&desk).await?;
                let outcome = secret.move_stage("AWSCURRENT", None, Some(TWO)).await?;
                Ok(format!("{outcome} {}", secret.stages().await?))
            },
        ),
        Case::new(
            "a stage does not move from where it is not",
            STAGE,
            "InvalidParameterException 1:AWSCURRENT 2:AWSPENDING",
            |desk| async move {
                let secret = pending(&desk).await?;
                let outcome = secret.move_stage("AWSCURRENT", Some(TWO), Some(TWO)).await?;
                Ok(format!("{outcome} {}", secret.stages().await?))
            },
        ),
        Case::new(
            "the current stage is never taken away",
            STAGE,
            "InvalidParameterException 1:AWSCURRENT",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let outcome = secret.move_stage("AWSCURRENT", Some(ONE), None).await?;
                Ok(format!("{outcome} {}", secret.stages().await?))
            },
        ),
        Case::new(
            "a stage does not move to a version that is not there",
            STAGE,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.move_stage("AWSCURRENT", Some(ONE), Some(TWO)).await
            },
        ),
    ]
}
