//! The form of refusals, which stock SDKs turn into their errors.

use serde_json::json;

use super::Queue;
use crate::Case;

const PROTOCOL: &str =
    "AWS JSON protocol in Amazon SQS (developer guide); awsQueryCompatible trait";
const COMMON: &str = "Common errors (SQS API reference)";
const SEND: &str = "SendMessage (SQS API reference)";

pub(super) fn cases() -> Vec<Case> {
    [forms(), kinds()].into_iter().flatten().collect()
}

fn forms() -> Vec<Case> {
    vec![
        Case::new(
            "a refusal names its error in __type and the old code in a header",
            PROTOCOL,
            "400 QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue;Sender",
            |desk| async move {
                let body = json!({ "QueueName": desk.name("none") });
                let answer = desk.send("GetQueueUrl", body).await?;
                let query = answer.query_error.clone().unwrap_or_default();
                Ok(format!("{} {} {query}", answer.status, answer.kind()))
            },
        ),
        Case::new(
            "a refusal's message is in the member message",
            PROTOCOL,
            "The specified queue does not exist.",
            |desk| async move {
                let body = json!({ "QueueName": desk.name("none") });
                let answer = desk.send("GetQueueUrl", body).await?;
                Ok(answer.body["message"].as_str().unwrap_or_default().to_owned())
            },
        ),
        Case::new(
            "answers are JSON of version 1.0",
            PROTOCOL,
            "application/x-amz-json-1.0",
            |desk| async move { Ok(desk.send("ListQueues", json!({})).await?.content_type) },
        ),
    ]
}

fn kinds() -> Vec<Case> {
    vec![
        Case::new(
            "an action without its parameter is refused",
            COMMON,
            "MissingParameter",
            |desk| async move { desk.outcome("GetQueueUrl", json!({})).await },
        ),
        Case::new(
            "every action on a missing queue is refused alike",
            SEND,
            "AWS.SimpleQueueService.NonExistentQueue",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let nowhere = Queue { url: format!("{}x", queue.url), ..queue };
                let handle = json!({ "ReceiptHandle": "h", "VisibilityTimeout": 1 });
                let calls = [
                    ("SendMessage", json!({ "MessageBody": "m" })),
                    ("ReceiveMessage", json!({})),
                    ("DeleteMessage", handle.clone()),
                    ("ChangeMessageVisibility", handle),
                    ("GetQueueAttributes", json!({ "AttributeNames": ["All"] })),
                    ("PurgeQueue", json!({})),
                ];
                let mut codes = Vec::new();
                for (action, members) in calls {
                    codes.push(nowhere.outcome(action, members).await?);
                }
                codes.dedup();
                Ok(codes.join(" "))
            },
        ),
        Case::new(
            "an attribute of the wrong name is refused by its name",
            "GetQueueAttributes (SQS API reference)",
            "InvalidAttributeName",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let names = json!({ "AttributeNames": ["Nonsense"] });
                queue.outcome("GetQueueAttributes", names).await
            },
        ),
    ]
}
