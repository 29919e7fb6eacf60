//! Removes the queues and secrets that a run has created at a persistent endpoint, because they cost
//! money.

use serde_json::json;

use super::case::Stop;
use super::desk::Desk;
use super::service::Service;

/// Far more pages than the cases of one service fill.
const PAGES_MAX: usize = 50;

pub(super) async fn sweep(desk: &Desk) -> Result<(), Stop> {
    match desk.service {
        Service::DynamoDb => {
            desk.call("DeleteTable", json!({ "TableName": desk.prefix })).await.map(drop)
        }
        Service::Sqs => queues(desk).await,
        Service::SecretsManager => secrets(desk).await,
    }
}

async fn queues(desk: &Desk) -> Result<(), Stop> {
    for _ in 0..PAGES_MAX {
        let page = json!({ "QueueNamePrefix": desk.prefix, "MaxResults": 100 });
        let page = desk.call("ListQueues", page).await?;
        for url in page["QueueUrls"].as_array().into_iter().flatten() {
            desk.outcome("DeleteQueue", json!({ "QueueUrl": url })).await?;
        }
        if page["NextToken"].is_null() {
            break;
        }
    }
    Ok(())
}

async fn secrets(desk: &Desk) -> Result<(), Stop> {
    for _ in 0..PAGES_MAX {
        let page = json!({
            "Filters": [{ "Key": "name", "Values": [desk.prefix] }],
            "IncludePlannedDeletion": true, "MaxResults": 100,
        });
        let page = desk.call("ListSecrets", page).await?;
        for secret in page["SecretList"].as_array().into_iter().flatten() {
            let forever = json!({ "SecretId": secret["Name"], "ForceDeleteWithoutRecovery": true });
            desk.outcome("DeleteSecret", forever).await?;
        }
        if page["NextToken"].is_null() {
            break;
        }
    }
    Ok(())
}
