//! Batches: whole refusals and partial failures.

use serde_json::{Value, json};

use super::{Queue, text};
use crate::Case;

const BATCH: &str = "SendMessageBatch (SQS API reference)";
const CHANGE: &str = "ChangeMessageVisibilityBatch (SQS API reference)";
const DELETE: &str = "DeleteMessageBatch (SQS API reference)";

fn entry(id: &str, body: &str) -> Value {
    json!({ "Id": id, "MessageBody": body })
}

/// The ids of each list, or its codes.
fn listed(answer: &Value, list: &str, member: &str) -> String {
    let entries = answer[list].as_array().cloned().unwrap_or_default();
    let values: Vec<String> = entries.iter().map(|entry| text(&entry[member])).collect();
    values.join(" ")
}

pub(super) fn cases() -> Vec<Case> {
    [whole(), partial(), handles()].into_iter().flatten().collect()
}

fn whole() -> Vec<Case> {
    let eleven: Vec<Value> = (0..11).map(|n| entry(&n.to_string(), "m")).collect();
    let half = "m".repeat(600_000);
    let rules = [
        ("without entries", vec![], "EmptyBatchRequest"),
        ("of eleven entries", eleven, "TooManyEntriesInBatchRequest"),
        ("with an id twice", vec![entry("a", "1"), entry("a", "2")], "BatchEntryIdsNotDistinct"),
        ("with a space in an id", vec![entry("a b", "m")], "InvalidBatchEntryId"),
        ("with an id of 81 characters", vec![entry(&"a".repeat(81), "m")], "InvalidBatchEntryId"),
        (
            "of more than 1 MiB in all",
            vec![entry("a", &half), entry("b", &half)],
            "BatchRequestTooLong",
        ),
    ];
    let mut cases: Vec<Case> = rules
        .into_iter()
        .map(|(which, entries, code)| {
            Case::new(
                format!("a batch {which} is refused whole"),
                BATCH,
                format!("AWS.SimpleQueueService.{code} 0 0 0"),
                |desk| async move {
                    let queue = Queue::standard(&desk, json!({})).await?;
                    let entries = json!({ "Entries": entries });
                    let outcome = queue.outcome("SendMessageBatch", entries).await?;
                    Ok(format!("{outcome} {}", queue.counts().await?))
                },
            )
        })
        .collect();
    cases.push(Case::new("a batch of ten is taken", BATCH, "10 0 0", |desk| async move {
        let queue = Queue::standard(&desk, json!({})).await?;
        let ten: Vec<Value> = (0..10).map(|n| entry(&n.to_string(), "m")).collect();
        queue.call("SendMessageBatch", json!({ "Entries": ten })).await?;
        queue.counts().await
    }));
    cases
}

fn partial() -> Vec<Case> {
    vec![
        Case::new(
            "one entry fails, the others are sent",
            BATCH,
            "1 2, bad MissingParameter true",
            |desk| async move {
                let queue = Queue::fifo(&desk, json!({})).await?;
                let good = |id: &str| {
                    json!({
                        "Id": id, "MessageBody": id,
                        "MessageGroupId": "g", "MessageDeduplicationId": id,
                    })
                };
                let bad = json!({ "Id": "bad", "MessageBody": "m", "MessageDeduplicationId": "b" });
                let entries = json!({ "Entries": [good("1"), bad, good("2")] });
                let answer = queue.call("SendMessageBatch", entries).await?;
                let failed = ["Id", "Code", "SenderFault"].map(|it| listed(&answer, "Failed", it));
                Ok(format!("{}, {}", listed(&answer, "Successful", "Id"), failed.join(" ")))
            },
        ),
        Case::new(
            "each entry is answered with its digest",
            BATCH,
            "0cc175b9c0f1b6a831c399e269772661 92eb5ffee6ae2fec3ad71c777531578f",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let entries = json!({ "Entries": [entry("1", "a"), entry("2", "b")] });
                let answer = queue.call("SendMessageBatch", entries).await?;
                Ok(listed(&answer, "Successful", "MD5OfMessageBody"))
            },
        ),
    ]
}

fn handles() -> Vec<Case> {
    vec![
        Case::new(
            "handles are prolonged in a batch, each by itself",
            CHANGE,
            "a, InvalidParameterValue ReceiptHandleIsInvalid",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.post("1").await?;
                queue.post("2").await?;
                let (first, second) = (queue.take().await?, queue.take().await?);
                let of = |id: &str, handle: &str, seconds: i64| json!({ "Id": id, "ReceiptHandle": handle, "VisibilityTimeout": seconds });
                let entries = [of("a", &first, 600), of("b", &second, 43_201), of("c", "x", 1)];
                let entries = json!({ "Entries": entries });
                let answer = queue.call("ChangeMessageVisibilityBatch", entries).await?;
                let failed = listed(&answer, "Failed", "Code");
                Ok(format!("{}, {failed}", listed(&answer, "Successful", "Id")))
            },
        ),
        Case::new(
            "handles are deleted in a batch, each by itself",
            DELETE,
            "a, ReceiptHandleIsInvalid, 0 0 0",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.post("1").await?;
                let handle = queue.take().await?;
                let of = |id: &str, handle: &str| json!({ "Id": id, "ReceiptHandle": handle });
                let entries = json!({ "Entries": [of("a", &handle), of("b", "x")] });
                let answer = queue.call("DeleteMessageBatch", entries).await?;
                let (done, failed) =
                    (listed(&answer, "Successful", "Id"), listed(&answer, "Failed", "Code"));
                Ok(format!("{done}, {failed}, {}", queue.counts().await?))
            },
        ),
        Case::new(
            "an id of a batch may have 80 characters, - and _",
            BATCH,
            "1 0 0",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let id = format!("-_{}", "a".repeat(78));
                queue.call("SendMessageBatch", json!({ "Entries": [entry(&id, "m")] })).await?;
                queue.counts().await
            },
        ),
    ]
}
