//! Secrets Manager as its API reference describes it.

mod lifecycle;
mod stages;
mod values;
mod versions;

use serde_json::{Value, json};

use super::{Case, Desk, Stop};

const ONE: &str = "11111111-1111-1111-1111-111111111111";
const TWO: &str = "22222222-2222-2222-2222-222222222222";
const THREE: &str = "33333333-3333-3333-3333-333333333333";

pub(super) fn cases() -> Vec<Case> {
    let chapters = [values::cases(), stages::cases(), versions::cases(), lifecycle::cases()];
    chapters.into_iter().flatten().collect()
}

/// A secret of one case, with the versions `ONE`, `TWO`, `THREE`.
#[derive(Clone, Debug)]
struct Secret {
    desk: Desk,
    name: String,
    arn: String,
}

impl Secret {
    /// With one version, which contains `one`.
    async fn new(desk: &Desk) -> Result<Self, Stop> {
        Self::create(desk, json!({ "SecretString": "one", "ClientRequestToken": ONE })).await
    }

    async fn create(desk: &Desk, mut members: Value) -> Result<Self, Stop> {
        let name = desk.name("secret");
        members["Name"] = name.clone().into();
        if members["ClientRequestToken"].is_null() {
            members["ClientRequestToken"] = ONE.into();
        }
        let created = desk.call("CreateSecret", members).await?;
        Ok(Self { desk: desk.clone(), name, arn: word(&created["ARN"]) })
    }

    fn with_id(&self, mut members: Value) -> Value {
        members["SecretId"] = self.name.clone().into();
        members
    }

    async fn call(&self, action: &str, members: Value) -> Result<Value, Stop> {
        self.desk.call(action, self.with_id(members)).await
    }

    async fn outcome(&self, action: &str, members: Value) -> Result<String, Stop> {
        self.desk.outcome(action, self.with_id(members)).await
    }

    async fn put(&self, token: &str, value: &str) -> Result<Value, Stop> {
        let members = json!({ "SecretString": value, "ClientRequestToken": token });
        self.call("PutSecretValue", members).await
    }

    /// The value at a stage, or the code of the refusal.
    async fn at(&self, stage: &str) -> Result<String, Stop> {
        let body = self.with_id(json!({ "VersionStage": stage }));
        let answer = self.desk.send("GetSecretValue", body).await?;
        Ok(if answer.status == 200 { word(&answer.body["SecretString"]) } else { answer.code() })
    }

    /// Each version's first digit with its stages, such as `1:AWSPREVIOUS 2:AWSCURRENT`.
    async fn stages(&self) -> Result<String, Stop> {
        let described = self.call("DescribeSecret", json!({})).await?;
        let versions = described["VersionIdsToStages"].as_object().cloned().unwrap_or_default();
        let mut shown: Vec<String> = versions
            .iter()
            .filter(|(_, stages)| stages.as_array().is_some_and(|stages| !stages.is_empty()))
            .map(|(id, stages)| {
                let mut names: Vec<String> =
                    stages.as_array().into_iter().flatten().map(word).collect();
                names.sort();
                format!("{}:{}", id.chars().take(1).collect::<String>(), names.join(","))
            })
            .collect();
        shown.sort();
        Ok(shown.join(" "))
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
