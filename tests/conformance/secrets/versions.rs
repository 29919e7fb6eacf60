//! Versions: the tokens that name them, and which one is read.

use serde_json::json;

use super::{ONE, Secret, THREE, TWO, word};
use crate::Case;

const PUT: &str = "PutSecretValue (Secrets Manager API reference)";
const CREATE: &str = "CreateSecret (Secrets Manager API reference)";
const GET: &str = "GetSecretValue (Secrets Manager API reference)";

pub(super) fn cases() -> Vec<Case> {
    [tokens(), chosen()].into_iter().flatten().collect()
}

fn tokens() -> Vec<Case> {
    vec![
        Case::new(
            "a version repeated under its token changes nothing",
            PUT,
            "2:AWSPREVIOUS 3:AWSCURRENT",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.put(TWO, "two").await?;
                secret.put(THREE, "three").await?;
                secret.put(TWO, "two").await?;
                secret.stages().await
            },
        ),
        Case::new(
            "another value under a token is refused",
            PUT,
            "ResourceExistsException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let members = json!({ "SecretString": "other", "ClientRequestToken": ONE });
                secret.outcome("PutSecretValue", members).await
            },
        ),
        Case::new(
            "a creation repeated under its token answers the same version",
            CREATE,
            ONE,
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let body = json!({
                    "Name": secret.name, "SecretString": "one", "ClientRequestToken": ONE,
                });
                Ok(word(&desk.call("CreateSecret", body).await?["VersionId"]))
            },
        ),
        Case::new(
            "a second secret of the same name is refused",
            CREATE,
            "ResourceExistsException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let body = json!({
                    "Name": secret.name, "SecretString": "two", "ClientRequestToken": TWO,
                });
                desk.outcome("CreateSecret", body).await
            },
        ),
    ]
}

fn chosen() -> Vec<Case> {
    vec![
        Case::new("a version is read by its id", GET, "one", |desk| async move {
            let secret = Secret::new(&desk).await?;
            secret.put(TWO, "two").await?;
            let read = secret.call("GetSecretValue", json!({ "VersionId": ONE })).await?;
            Ok(word(&read["SecretString"]))
        }),
        Case::new("a version is read by its stage", GET, "one two", |desk| async move {
            let secret = Secret::new(&desk).await?;
            secret.put(TWO, "two").await?;
            Ok(format!("{} {}", secret.at("AWSPREVIOUS").await?, secret.at("AWSCURRENT").await?))
        }),
        Case::new(
            "a version and a stage that disagree are refused",
            GET,
            "InvalidRequestException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.put(TWO, "two").await?;
                let members = json!({ "VersionId": ONE, "VersionStage": "AWSCURRENT" });
                secret.outcome("GetSecretValue", members).await
            },
        ),
        Case::new(
            "a stage that no version has is refused",
            GET,
            "ResourceNotFoundException",
            |desk| async move { Secret::new(&desk).await?.at("AWSPENDING").await },
        ),
        Case::new(
            "a missing version is refused",
            GET,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.outcome("GetSecretValue", json!({ "VersionId": TWO })).await
            },
        ),
    ]
}
