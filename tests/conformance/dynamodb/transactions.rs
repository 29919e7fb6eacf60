//! Transactions: the consumer of a confirmation claims it together with its own write.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Row;
use super::orders::{NOW, tally};
use crate::{Case, Desk, Stop};

const TRANSACT: &str = "TransactWriteItems (DynamoDB API reference)";
const FAILURES: &str = "Transaction conflict and cancellation (developer guide)";

/// Lets a consumer take over an expired claim that is still in the table.
const CLAIM: &str = "attribute_not_exists(pk) OR #ttl < :now";

/// The claim of a message and the write that belongs to it.
fn claim(desk: &Desk, message: &Row, effect: &Row) -> Value {
    let claim = json!({ "Put": {
        "TableName": desk.prefix,
        "Item": message.item(json!({ "ttl": { "N": (NOW.unix() + 86_400).to_string() } })),
        "ConditionExpression": CLAIM,
        "ExpressionAttributeNames": { "#ttl": "ttl" },
        "ExpressionAttributeValues": { ":now": { "N": NOW.unix().to_string() } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } });
    let effect = json!({ "Put": {
        "TableName": desk.prefix, "Item": effect.item(json!({ "done": { "BOOL": true } })),
    } });
    json!({ "TransactItems": [claim, effect] })
}

async fn there(row: &Row) -> Result<&'static str, Stop> {
    Ok(if row.read().await?.is_string() { "not done" } else { "done" })
}

pub(super) fn cases() -> Vec<Case> {
    [claims(), documented(), failures(), tokens(), races()].into_iter().flatten().collect()
}

fn claims() -> Vec<Case> {
    vec![
        Case::new(
            "consume: an unclaimed message is claimed, with its effect",
            TRANSACT,
            "taken done",
            |desk| async move {
                let (message, effect) = (Row::new(&desk), Row::new(&desk));
                let outcome =
                    desk.outcome("TransactWriteItems", claim(&desk, &message, &effect)).await?;
                Ok(format!("{outcome} {}", there(&effect).await?))
            },
        ),
        Case::new(
            "consume: a message that was claimed is refused, without an effect",
            TRANSACT,
            "TransactionCanceledException not done",
            |desk| async move {
                let ahead = json!({ "ttl": { "N": (NOW.unix() + 1).to_string() } });
                let (message, effect) = (Row::of(&desk, ahead).await?, Row::new(&desk));
                let outcome =
                    desk.outcome("TransactWriteItems", claim(&desk, &message, &effect)).await?;
                Ok(format!("{outcome} {}", there(&effect).await?))
            },
        ),
        Case::new(
            "consume: an expired claim that still exists is taken over",
            TRANSACT,
            "taken done",
            |desk| async move {
                let past = json!({ "ttl": { "N": (NOW.unix() - 1).to_string() } });
                let (message, effect) = (Row::of(&desk, past).await?, Row::new(&desk));
                let outcome =
                    desk.outcome("TransactWriteItems", claim(&desk, &message, &effect)).await?;
                Ok(format!("{outcome} {}", there(&effect).await?))
            },
        ),
    ]
}

/// The call that `docs/integrate.md` recommends to consumers, with this desk's table and its own names.
fn call_of_the_document(desk: &Desk, message: &Row, effect: &Row) -> Result<Value, Stop> {
    let document = include_str!("../../../docs/integrate.md");
    let call =
        document.split_once("```json take.json\n").and_then(|(_, rest)| rest.split_once("```"));
    let call = call.map(|(call, _)| call).unwrap_or_default();
    let mut call: Value =
        serde_json::from_str(call).map_err(|error| Stop::Silent(error.to_string()))?;
    for (n, kind, member, row) in [(0, "Put", "Item", message), (1, "Update", "Key", effect)] {
        call["TransactItems"][n][kind]["TableName"] = desk.prefix.clone().into();
        call["TransactItems"][n][kind][member]["pk"] = json!({ "S": row.key });
    }
    Ok(call)
}

fn documented() -> Vec<Case> {
    vec![Case::new(
        "consume: the document's call for consumers has its effect once",
        TRANSACT,
        "taken, TransactionCanceledException ConditionalCheckFailed, 2 reserved",
        |desk| async move {
            let (message, effect) = (Row::new(&desk), Row::new(&desk));
            let call = call_of_the_document(&desk, &message, &effect)?;
            let first = desk.outcome("TransactWriteItems", call.clone()).await?;
            let second = desk.send("TransactWriteItems", call).await?;
            let reason = second.body["CancellationReasons"][0]["Code"].clone();
            let reserved = effect.read().await?["reserved"]["N"].clone();
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (kind, reason, reserved) = (second.kind(), word(&reason), word(&reserved));
            Ok(format!("{first}, {kind} {reason}, {reserved} reserved"))
        },
    )]
}

fn failures() -> Vec<Case> {
    vec![
        Case::new(
            "a cancellation has a reason for each item, with the old one",
            FAILURES,
            "ConditionalCheckFailed None true",
            |desk| async move {
                let ahead = json!({ "ttl": { "N": (NOW.unix() + 1).to_string() } });
                let (message, effect) = (Row::of(&desk, ahead).await?, Row::new(&desk));
                let body = claim(&desk, &message, &effect);
                let answer = desk.send("TransactWriteItems", body).await?;
                let reasons = &answer.body["CancellationReasons"];
                let code = |n: usize| reasons[n]["Code"].as_str().unwrap_or_default().to_owned();
                let old = reasons[0]["Item"]["ttl"].is_object();
                Ok(format!("{} {} {old}", code(0), code(1)))
            },
        ),
        Case::new(
            "one item cannot be in a transaction twice",
            TRANSACT,
            "ValidationException",
            |desk| async move {
                let row = Row::new(&desk);
                let body = claim(&desk, &row, &row);
                desk.outcome("TransactWriteItems", body).await
            },
        ),
    ]
}

fn tokens() -> Vec<Case> {
    vec![
        Case::new(
            "a transaction repeated under its token is done once",
            TRANSACT,
            "1",
            |desk| async move {
                let row = Row::new(&desk);
                let add = json!({ "Update": row.update_body(json!({
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": { ":one": { "N": "1" } },
            })) });
                let token = desk.name("t").chars().rev().take(36).collect::<String>();
                let body = json!({ "TransactItems": [add], "ClientRequestToken": token });
                desk.call("TransactWriteItems", body.clone()).await?;
                desk.call("TransactWriteItems", body).await?;
                Ok(row.read().await?["n"]["N"].as_str().unwrap_or_default().to_owned())
            },
        ),
        Case::new(
            "another transaction under a token is refused",
            TRANSACT,
            "IdempotentParameterMismatchException",
            |desk| async move {
                let token = desk.name("t").chars().rev().take(36).collect::<String>();
                let mut outcome = String::new();
                for _ in 0..2 {
                    let put = json!({ "Put": {
                    "TableName": desk.prefix, "Item": Row::new(&desk).item(json!({})),
                } });
                    let body = json!({ "TransactItems": [put], "ClientRequestToken": token });
                    outcome = desk.outcome("TransactWriteItems", body).await?;
                }
                Ok(outcome)
            },
        ),
    ]
}

fn races() -> Vec<Case> {
    vec![Case::new(
        "consume: only one of many consumers claims a message",
        TRANSACT,
        "1 taken, 7 canceled",
        |desk| async move {
            let message = Row::new(&desk);
            let racers = (0..8).map(|_| {
                let (desk, message) = (desk.clone(), message.clone());
                async move {
                    let effect = Row::new(&desk);
                    // A conflict decides nothing: the caller retries.
                    for _ in 0..20 {
                        let body = claim(&desk, &message, &effect);
                        let answer = desk.send("TransactWriteItems", body).await?;
                        if answer.status == 200 {
                            return Ok("taken");
                        }
                        if answer.body["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed"
                        {
                            return Ok("canceled");
                        }
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    Ok("undecided")
                }
            });
            let outcomes = join_all(racers).await.into_iter().collect::<Result<Vec<_>, Stop>>()?;
            Ok(tally(&outcomes))
        },
    )]
}
