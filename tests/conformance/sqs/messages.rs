//! Allowed messages, and when they arrive.

use serde_json::{Value, json};

use super::Queue;
use crate::{Case, Desk, Stop};

const SEND: &str = "SendMessage (SQS API reference)";
const QUOTAS: &str = "Amazon SQS message quotas (developer guide)";
/// AWS: 1 MiB since August 2025 (message quotas).
const MESSAGE_BYTES_MAX: usize = 1_048_576;

async fn sent(desk: &Desk, message: Value) -> Result<String, Stop> {
    Queue::standard(desk, json!({})).await?.outcome("SendMessage", message).await
}

pub(super) fn cases() -> Vec<Case> {
    [contents(), sizes(), delays(), kinds(), fifo()].into_iter().flatten().collect()
}

fn contents() -> Vec<Case> {
    let mut cases = vec![
        Case::new("an empty body is refused", SEND, "MissingParameter", |desk| async move {
            sent(&desk, json!({ "MessageBody": "" })).await
        }),
        Case::new(
            "characters that XML allows come back unchanged",
            QUOTAS,
            "same",
            |desk| async move {
                let body = "\t\r\n ~\u{7f}\u{fffd}\u{10000}\u{10ffff}";
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.post(body).await?;
                Ok(if queue.bodies().await? == body { "same" } else { "other" }.to_owned())
            },
        ),
    ];
    for character in ['\0', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        let body = format!("a{character}");
        cases.push(Case::new(
            format!("a body with U+{:04X} is refused", u32::from(character)),
            SEND,
            "InvalidMessageContents",
            |desk| async move { sent(&desk, json!({ "MessageBody": body })).await },
        ));
    }
    cases
}

fn sizes() -> Vec<Case> {
    vec![
        Case::new("a message has up to 1 MiB", QUOTAS, "taken", |desk| async move {
            sent(&desk, json!({ "MessageBody": "m".repeat(MESSAGE_BYTES_MAX) })).await
        }),
        Case::new(
            "a message of more than 1 MiB is refused",
            QUOTAS,
            "InvalidParameterValue",
            |desk| async move {
                sent(&desk, json!({ "MessageBody": "m".repeat(MESSAGE_BYTES_MAX + 1) })).await
            },
        ),
        Case::new(
            "names, types and values of attributes count too, in bytes",
            "Amazon SQS message metadata (developer guide)",
            "taken InvalidParameterValue",
            |desk| async move {
                let attributes = json!({ "MaximumMessageSize": "1024" });
                let queue = Queue::standard(&desk, attributes).await?;
                let mut outcomes = Vec::new();
                // 4 bytes of name, 6 of type, 3 of value.
                for length in [1024 - 13, 1024 - 12] {
                    let attribute = json!({ "DataType": "String", "StringValue": "✓" });
                    let message = json!({
                        "MessageBody": "m".repeat(length),
                        "MessageAttributes": { "name": attribute },
                    });
                    outcomes.push(queue.outcome("SendMessage", message).await?);
                }
                Ok(outcomes.join(" "))
            },
        ),
    ]
}

fn delays() -> Vec<Case> {
    vec![
        Case::new(
            "a delayed message comes when its delay is over",
            SEND,
            "nothing m",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.call("SendMessage", json!({ "MessageBody": "m", "DelaySeconds": 3 })).await?;
                let before = queue.bodies().await?;
                desk.pass(3).await?;
                Ok(format!("{before} {}", queue.bodies().await?))
            },
        ),
        Case::new(
            "the queue's delay applies to a message without one",
            SEND,
            "1 0 1",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({ "DelaySeconds": "60" })).await?;
                queue.post("slow").await?;
                let now = json!({ "MessageBody": "now", "DelaySeconds": 0 });
                queue.call("SendMessage", now).await?;
                queue.counts().await
            },
        ),
        Case::new(
            "a delay of more than 900 s is refused",
            SEND,
            "InvalidParameterValue",
            |desk| async move { sent(&desk, json!({ "MessageBody": "m", "DelaySeconds": 901 })).await },
        ),
    ]
}

/// Messages that only one of the two kinds of queue accepts.
fn kinds() -> Vec<Case> {
    vec![
        Case::new(
            "a standard queue takes a group, which locks nothing",
            SEND,
            "0 2 0",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                for body in ["1", "2"] {
                    let message = json!({ "MessageBody": body, "MessageGroupId": "tenant" });
                    queue.call("SendMessage", message).await?;
                }
                queue.take().await?;
                queue.take().await?;
                queue.counts().await
            },
        ),
        Case::new(
            "a standard queue takes no deduplication id",
            SEND,
            "InvalidParameterValue",
            |desk| async move {
                sent(&desk, json!({ "MessageBody": "m", "MessageDeduplicationId": "m" })).await
            },
        ),
    ]
}

fn fifo() -> Vec<Case> {
    let rules = [
        ("without a group", json!({ "MessageDeduplicationId": "m" }), "MissingParameter"),
        ("without a deduplication id", json!({ "MessageGroupId": "g" }), "InvalidParameterValue"),
        (
            "with a delay of its own",
            json!({ "MessageGroupId": "g", "MessageDeduplicationId": "m", "DelaySeconds": 1 }),
            "InvalidParameterValue",
        ),
        (
            "with a space in its group",
            json!({ "MessageGroupId": "g h", "MessageDeduplicationId": "m" }),
            "InvalidParameterValue",
        ),
        (
            "with a group of 129 characters",
            json!({ "MessageGroupId": "g".repeat(129), "MessageDeduplicationId": "m" }),
            "InvalidParameterValue",
        ),
        (
            "with a deduplication id of 129 characters",
            json!({ "MessageGroupId": "g", "MessageDeduplicationId": "m".repeat(129) }),
            "InvalidParameterValue",
        ),
    ];
    let case = |(which, mut message, expected): (&str, Value, &str)| {
        let name = format!("a message {which} is refused by a FIFO queue");
        Case::new(name, SEND, expected, |desk| async move {
            message["MessageBody"] = "m".into();
            let queue = Queue::fifo(&desk, json!({})).await?;
            queue.outcome("SendMessage", message).await
        })
    };
    rules.into_iter().map(case).collect()
}
