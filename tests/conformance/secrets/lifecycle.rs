//! Deletion, its recovery window, and lists.

use serde_json::{Value, json};

use super::{ONE, Secret, TWO};
use crate::Case;

const DELETE: &str = "DeleteSecret (Secrets Manager API reference)";
const RESTORE: &str = "RestoreSecret (Secrets Manager API reference)";
const LIST: &str = "ListSecrets (Secrets Manager API reference)";
const DAY: i64 = 86_400;

pub(super) fn cases() -> Vec<Case> {
    [window(), after(), forced(), refused(), listed()].into_iter().flatten().collect()
}

fn window() -> Vec<Case> {
    vec![
        Case::new(
            "a deleted secret is neither read nor written",
            DELETE,
            "InvalidRequestException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.call("DeleteSecret", json!({})).await?;
                let value = json!({ "SecretString": "two", "ClientRequestToken": TWO });
                let calls = [("GetSecretValue", json!({})), ("PutSecretValue", value)];
                let mut codes = Vec::new();
                for (action, members) in calls {
                    codes.push(secret.outcome(action, members).await?);
                }
                codes.dedup();
                Ok(codes.join(" "))
            },
        ),
        Case::new(
            "a deleted secret can still be described, with its date",
            "DescribeSecret (Secrets Manager API reference)",
            "true",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.call("DeleteSecret", json!({})).await?;
                let described = secret.call("DescribeSecret", json!({})).await?;
                Ok(described["DeletedDate"].is_number().to_string())
            },
        ),
        Case::new("a deletion takes 30 days, or those given", DELETE, "30 7", |desk| async move {
            let mut days = Vec::new();
            for window in [json!({}), json!({ "RecoveryWindowInDays": 7 })] {
                let secret = Secret::new(&desk).await?;
                let described = secret.call("DescribeSecret", json!({})).await?;
                let created = described["CreatedDate"].clone();
                let deleted = secret.call("DeleteSecret", window).await?;
                let gone = seconds(&deleted["DeletionDate"]) - seconds(&created);
                days.push(((gone + DAY / 2) / DAY).to_string());
            }
            Ok(days.join(" "))
        }),
    ]
}

fn after() -> Vec<Case> {
    vec![
        Case::new("a deleted secret can be restored", RESTORE, "one", |desk| async move {
            let secret = Secret::new(&desk).await?;
            secret.call("DeleteSecret", json!({})).await?;
            secret.call("RestoreSecret", json!({})).await?;
            secret.at("AWSCURRENT").await
        }),
        Case::new(
            "a deleted secret is gone after its window",
            DELETE,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.call("DeleteSecret", json!({ "RecoveryWindowInDays": 7 })).await?;
                desk.pass(7 * DAY + 1).await?;
                secret.outcome("RestoreSecret", json!({})).await
            },
        ),
        Case::new(
            "the name of a deleted secret is not free before its window ends",
            DELETE,
            "InvalidRequestException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.call("DeleteSecret", json!({})).await?;
                let body = json!({
                    "Name": secret.name, "SecretString": "two", "ClientRequestToken": TWO,
                });
                desk.outcome("CreateSecret", body).await
            },
        ),
    ]
}

/// Whole seconds of a date, which may have a fraction.
fn seconds(date: &Value) -> i64 {
    let text = date.to_string();
    text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default()
}

fn forced() -> Vec<Case> {
    let force = json!({ "ForceDeleteWithoutRecovery": true });
    let again = force.clone();
    vec![
        Case::new(
            "a forced deletion is final",
            DELETE,
            "ResourceNotFoundException",
            |desk| async move {
                let secret = Secret::new(&desk).await?;
                secret.call("DeleteSecret", force).await?;
                secret.outcome("DescribeSecret", json!({})).await
            },
        ),
        Case::new(
            "a forced deletion of a missing secret is no error",
            DELETE,
            "taken",
            |desk| async move {
                let body =
                    json!({ "SecretId": desk.name("none"), "ForceDeleteWithoutRecovery": true });
                desk.outcome("DeleteSecret", body).await
            },
        ),
        Case::new("a forced deletion frees the name", DELETE, "taken", |desk| async move {
            let secret = Secret::new(&desk).await?;
            secret.call("DeleteSecret", again).await?;
            let body = json!({
                "Name": secret.name, "SecretString": "two", "ClientRequestToken": TWO,
            });
            desk.outcome("CreateSecret", body).await
        }),
    ]
}

fn refused() -> Vec<Case> {
    let rules = [
        ("a window of 6 days", json!({ "RecoveryWindowInDays": 6 })),
        ("a window of 31 days", json!({ "RecoveryWindowInDays": 31 })),
        (
            "both a window and force",
            json!({ "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true }),
        ),
    ];
    rules
        .into_iter()
        .map(|(which, members)| {
            Case::new(
                format!("a deletion with {which} is refused"),
                DELETE,
                "InvalidParameterException",
                |desk| async move {
                    Secret::new(&desk).await?.outcome("DeleteSecret", members).await
                },
            )
        })
        .collect()
}

fn names(page: &Value) -> usize {
    page["SecretList"].as_array().map_or(0, Vec::len)
}

fn listed() -> Vec<Case> {
    vec![
        Case::new(
            "a list is filtered by the beginning of names, in pages",
            LIST,
            "2 1 false",
            |desk| async move {
                let prefix = desk.name("list");
                for n in 0..3 {
                    let body = json!({
                        "Name": format!("{prefix}/{n}"), "SecretString": "s",
                        "ClientRequestToken": ONE,
                    });
                    desk.call("CreateSecret", body).await?;
                }
                let filter = json!([{ "Key": "name", "Values": [prefix] }]);
                let first = json!({ "MaxResults": 2, "Filters": filter });
                let first = desk.call("ListSecrets", first).await?;
                let second =
                    json!({ "MaxResults": 2, "Filters": filter, "NextToken": first["NextToken"] });
                let second = desk.call("ListSecrets", second).await?;
                let more = !second["NextToken"].is_null();
                Ok(format!("{} {} {more}", names(&first), names(&second)))
            },
        ),
        Case::new("a deleted secret is listed only if asked for", LIST, "0 1", |desk| async move {
            let secret = Secret::new(&desk).await?;
            secret.call("DeleteSecret", json!({})).await?;
            let mut counts = Vec::new();
            for all in [false, true] {
                let body = json!({
                    "IncludePlannedDeletion": all,
                    "Filters": [{ "Key": "name", "Values": [secret.name] }],
                });
                counts.push(names(&desk.call("ListSecrets", body).await?).to_string());
            }
            Ok(counts.join(" "))
        }),
    ]
}
