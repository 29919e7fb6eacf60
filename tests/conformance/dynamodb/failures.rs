//! The form of failures, which stock SDKs turn into their errors.

use serde_json::{Value, json};

use super::Row;
use crate::Case;

const ERRORS: &str = "Error handling with DynamoDB (developer guide)";
const UPDATE: &str = "UpdateItem (DynamoDB API reference)";
const PUT: &str = "PutItem (DynamoDB API reference)";

pub(super) fn cases() -> Vec<Case> {
    [conditions(), returned(), validation()].into_iter().flatten().collect()
}

fn version() -> Value {
    json!({ "ver": { "N": "1" } })
}

/// An update that fails on an item with version 1.
fn stale(returned: Option<&str>) -> Value {
    let mut members = json!({
        "UpdateExpression": "SET #a = :v",
        "ConditionExpression": "#ver = :read",
        "ExpressionAttributeNames": { "#a": "a", "#ver": "ver" },
        "ExpressionAttributeValues": { ":v": { "S": "v" }, ":read": { "N": "2" } },
    });
    if let Some(returned) = returned {
        members["ReturnValuesOnConditionCheckFailure"] = returned.into();
    }
    members
}

fn conditions() -> Vec<Case> {
    vec![
        Case::new(
            "a failed condition is a 400 with its name and AWS's message",
            ERRORS,
            "400 ConditionalCheckFailedException The conditional request failed",
            |desk| async move {
                let row = Row::of(&desk, version()).await?;
                let answer = desk.send("UpdateItem", row.update_body(stale(None))).await?;
                Ok(format!("{} {} {}", answer.status, answer.kind(), answer.message()))
            },
        ),
        Case::new(
            "a failure carries the old item if it was asked for",
            UPDATE,
            r#"{"N":"1"}"#,
            |desk| async move {
                let row = Row::of(&desk, version()).await?;
                let answer =
                    desk.send("UpdateItem", row.update_body(stale(Some("ALL_OLD")))).await?;
                Ok(answer.body["Item"]["ver"].to_string())
            },
        ),
        Case::new(
            "a failure carries no item if none was asked for",
            UPDATE,
            "null",
            |desk| async move {
                let row = Row::of(&desk, version()).await?;
                let answer = desk.send("UpdateItem", row.update_body(stale(None))).await?;
                Ok(answer.body["Item"].to_string())
            },
        ),
    ]
}

fn returned() -> Vec<Case> {
    vec![
        Case::new(
            "a failure on a missing item carries no item",
            UPDATE,
            "null absent",
            |desk| async move {
                let row = Row::new(&desk);
                let answer =
                    desk.send("UpdateItem", row.update_body(stale(Some("ALL_OLD")))).await?;
                let read = row.read().await?;
                Ok(format!("{} {}", answer.body["Item"], read.as_str().unwrap_or("there")))
            },
        ),
        Case::new(
            "a failed put carries the old item too",
            PUT,
            r#"{"N":"1"}"#,
            |desk| async move {
                let row = Row::of(&desk, version()).await?;
                let body = json!({
                    "TableName": desk.prefix, "Item": row.item(json!({})),
                    "ConditionExpression": "attribute_not_exists(pk)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                });
                let answer = desk.send("PutItem", body).await?;
                Ok(answer.body["Item"]["ver"].to_string())
            },
        ),
        Case::new(
            "a failed delete is a failed condition",
            "DeleteItem (DynamoDB API reference)",
            "ConditionalCheckFailedException",
            |desk| async move {
                let row = Row::of(&desk, version()).await?;
                let body = json!({
                    "TableName": desk.prefix, "Key": row.key(),
                    "ConditionExpression": "attribute_not_exists(pk)",
                });
                desk.outcome("DeleteItem", body).await
            },
        ),
    ]
}

fn validation() -> Vec<Case> {
    vec![
        Case::new(
            "a missing table is a ResourceNotFoundException",
            ERRORS,
            "ResourceNotFoundException",
            |desk| async move {
                let body = json!({ "TableName": desk.name("none"), "Key": { "pk": { "S": "k" } } });
                desk.outcome("GetItem", body).await
            },
        ),
        Case::new(
            "an existing table is not created again",
            "CreateTable (DynamoDB API reference)",
            "ResourceInUseException",
            |desk| async move {
                let body = json!({
                    "TableName": desk.prefix, "BillingMode": "PAY_PER_REQUEST",
                    "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
                    "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
                });
                desk.outcome("CreateTable", body).await
            },
        ),
        Case::new(
            "an item without its key is refused",
            PUT,
            "ValidationException",
            |desk| async move {
                let body = json!({ "TableName": desk.prefix, "Item": { "a": { "S": "v" } } });
                desk.outcome("PutItem", body).await
            },
        ),
        Case::new(
            "a key of the wrong type is refused",
            PUT,
            "ValidationException",
            |desk| async move {
                let body = json!({ "TableName": desk.prefix, "Item": { "pk": { "N": "1" } } });
                desk.outcome("PutItem", body).await
            },
        ),
    ]
}
