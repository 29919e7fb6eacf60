//! Values: the allowed ones, and how they are read.

use serde_json::{Value, json};

use super::{ONE, Secret, TWO, word};
use crate::Case;

const CREATE: &str = "CreateSecret (Secrets Manager API reference)";
const GET: &str = "GetSecretValue (Secrets Manager API reference)";
const PUT: &str = "PutSecretValue (Secrets Manager API reference)";
const DESCRIBE: &str = "DescribeSecret (Secrets Manager API reference)";

pub(super) fn cases() -> Vec<Case> {
    [read(), bounds(), refusals(), refused()].into_iter().flatten().collect()
}

fn read() -> Vec<Case> {
    vec![
        Case::new(
            "a value is read by name, ARN and ARN without its suffix",
            GET,
            "one one one",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let partial = secret.arn.rsplit_once('-').map_or("", |(partial, _)| partial);
                let mut values = Vec::new();
                for id in [secret.name.as_str(), secret.arn.as_str(), partial] {
                    let read = desk.call("GetSecretValue", json!({ "SecretId": id })).await?;
                    values.push(word(&read["SecretString"]));
                }
                Ok(values.join(" "))
            },
        ),
        Case::new(
            "an ARN ends with the name, a hyphen and six characters",
            CREATE,
            "true",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let suffix = secret.arn.rsplit_once(&format!(":secret:{}-", secret.name));
                Ok(suffix.is_some_and(|(_, suffix)| suffix.len() == 6).to_string())
            },
        ),
        Case::new(
            "a first value is current and named by its token",
            GET,
            format!(r#"{ONE} ["AWSCURRENT"]"#),
            |desk| async move {
                let read = Secret::new(&desk).await?.call("GetSecretValue", json!({})).await?;
                Ok(format!("{} {}", word(&read["VersionId"]), read["VersionStages"]))
            },
        ),
        Case::new(
            "bytes come back unchanged, without a text",
            GET,
            "AAH/ null",
            |desk| async move {
                let secret = Secret::create(&desk, json!({ "SecretBinary": "AAH/" })).await?;
                let read = secret.call("GetSecretValue", json!({})).await?;
                Ok(format!("{} {}", word(&read["SecretBinary"]), read["SecretString"]))
            },
        ),
    ]
}

fn bounds() -> Vec<Case> {
    vec![
        Case::new("a date is a number of seconds", GET, "true", |desk| async move {
            let read = Secret::new(&desk).await?.call("GetSecretValue", json!({})).await?;
            let seconds = read["CreatedDate"].as_f64().unwrap_or_default();
            Ok((seconds > 1.7e9 && seconds < 1e10).to_string())
        }),
        Case::new("a description shows no value", DESCRIBE, "false", |desk| async move {
            let secret = Secret::create(&desk, json!({ "SecretString": "hidden" })).await?;
            let described = secret.call("DescribeSecret", json!({})).await?;
            Ok(described.to_string().contains("hidden").to_string())
        }),
        Case::new("a value has up to 65536 bytes", PUT, "taken", |desk| async move {
            let secret = Secret::new(&desk).await?;
            let value = json!({ "SecretString": "s".repeat(65_536), "ClientRequestToken": TWO });
            secret.outcome("PutSecretValue", value).await
        }),
    ]
}

fn refusals() -> Vec<Case> {
    vec![
        Case::new(
            "a refusal names its error in __type, and its message begins with a capital",
            GET,
            "400 ResourceNotFoundException Secrets Manager can't find the specified secret.",
            |desk| async move {
                let body = json!({ "SecretId": desk.name("none") });
                let answer = desk.send("GetSecretValue", body).await?;
                let message = answer.body["Message"].as_str().unwrap_or_default();
                Ok(format!("{} {} {message}", answer.status, answer.kind()))
            },
        ),
        Case::new(
            "answers are JSON of version 1.1",
            "AWS JSON 1.1 protocol (Smithy)",
            "application/x-amz-json-1.1",
            |desk| async move { Ok(desk.send("ListSecrets", json!({})).await?.content_type) },
        ),
        Case::new(
            "every action on a missing secret is refused alike",
            GET,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                let nowhere = Secret { name: desk.name("none"), ..secret };
                let value = json!({ "SecretString": "s", "ClientRequestToken": TWO });
                let calls = [
                    ("GetSecretValue", json!({})),
                    ("DescribeSecret", json!({})),
                    ("PutSecretValue", value),
                    ("RestoreSecret", json!({})),
                    ("DeleteSecret", json!({})),
                ];
                let mut codes = Vec::new();
                for (action, members) in calls {
                    codes.push(nowhere.outcome(action, members).await?);
                }
                codes.dedup();
                Ok(codes.join(" "))
            },
        ),
    ]
}

fn refused() -> Vec<Case> {
    let rules: [(&str, Value); 4] = [
        ("both text and bytes", json!({ "SecretBinary": "AAH/", "SecretString": "both" })),
        ("neither text nor bytes", json!({})),
        ("a value of 65537 bytes", json!({ "SecretString": "s".repeat(65_537) })),
        ("a token of 31 characters", {
            json!({ "SecretString": "s", "ClientRequestToken": "t".repeat(31) })
        }),
    ];
    let mut cases: Vec<Case> = rules
        .into_iter()
        .map(|(which, mut members)| {
            Case::new(
                format!("a new version with {which} is refused"),
                PUT,
                "InvalidParameterException or ValidationException",
                |desk| async move {
                    if members["ClientRequestToken"].is_null() {
                        members["ClientRequestToken"] = TWO.into();
                    }
                    let secret = Secret::new(&desk).await?;
                    Ok(either(secret.outcome("PutSecretValue", members).await?))
                },
            )
        })
        .collect();
    for (which, name) in [("a space", "a b"), ("a colon", "a:b"), ("no characters", "")] {
        cases.push(Case::new(
            format!("a name with {which} is refused"),
            CREATE,
            "InvalidParameterException or ValidationException",
            move |desk| async move {
                let body = json!({ "Name": name, "SecretString": "s", "ClientRequestToken": ONE });
                Ok(either(desk.outcome("CreateSecret", body).await?))
            },
        ));
    }
    cases
}

/// Lengths and characters are refused either by the service or by the protocol before it; AWS's pages do
/// not say which.
fn either(code: String) -> String {
    match code.as_str() {
        "InvalidParameterException" | "ValidationException" => {
            "InvalidParameterException or ValidationException".to_owned()
        }
        _ => code,
    }
}
