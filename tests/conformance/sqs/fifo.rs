//! FIFO queues: sequence, group lock, deduplication.

use serde_json::{Value, json};

use super::{Queue, compared, text};
use crate::{Case, Desk, Stop};

const ORDER: &str = "FIFO queue delivery logic (developer guide)";
const ONCE: &str = "Exactly-once processing in Amazon SQS (developer guide)";
const SEND: &str = "SendMessage (SQS API reference)";
const RECEIVE: &str = "ReceiveMessage (SQS API reference)";

pub(super) fn cases() -> Vec<Case> {
    [ordered(), handles(), recognised(), scopes(), groups(), repeated()]
        .into_iter()
        .flatten()
        .collect()
}

/// With these messages of one group.
async fn with(desk: &Desk, bodies: &[&str]) -> Result<Queue, Stop> {
    let queue = Queue::fifo(desk, json!({})).await?;
    for body in bodies {
        queue.send("g", body).await?;
    }
    Ok(queue)
}

fn ordered() -> Vec<Case> {
    vec![
        Case::new("messages of a group come in sequence", ORDER, "1 2 3", |desk| async move {
            with(&desk, &["1", "2", "3"]).await?.bodies().await
        }),
        Case::new(
            "a group waits while one of its messages is in flight",
            ORDER,
            "nothing",
            |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                queue.take().await?;
                queue.bodies().await
            },
        ),
        Case::new("a deletion lets the group go on", ORDER, "2 3", |desk| async move {
            let queue = with(&desk, &["1", "2", "3"]).await?;
            let first = queue.take().await?;
            queue.delete(&first).await?;
            queue.bodies().await
        }),
        Case::new("other groups go on meanwhile", ORDER, "h1", |desk| async move {
            let queue = with(&desk, &["g1", "g2"]).await?;
            queue.send("h", "h1").await?;
            queue.take().await?;
            queue.bodies().await
        }),
        Case::new(
            "a message given back comes before its successors",
            ORDER,
            "1 2",
            |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                let first = queue.take().await?;
                queue.change(&first, 0).await?;
                queue.bodies().await
            },
        ),
        Case::new(
            "after its timeout a message comes first again",
            ORDER,
            "1 2",
            |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                queue.receive(json!({ "VisibilityTimeout": 3 })).await?;
                desk.pass(3).await?;
                queue.bodies().await
            },
        ),
        Case::new("the queue's delay holds for every message", SEND, "0 0 2", |desk| async move {
            let queue = Queue::fifo(&desk, json!({ "DelaySeconds": "60" })).await?;
            queue.send("g", "1").await?;
            queue.send("h", "2").await?;
            queue.counts().await
        }),
    ]
}

fn handles() -> Vec<Case> {
    vec![
        Case::new(
            "a message given back waits for a later one of its group that is in flight",
            RECEIVE,
            "nothing, then 1",
            |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                let held = queue.receive(json!({ "MaxNumberOfMessages": 2 })).await?;
                let handle =
                    |n: usize| text(&held.get(n).cloned().unwrap_or_default()["ReceiptHandle"]);
                queue.change(&handle(0), 0).await?;
                let meanwhile = queue.bodies().await?;
                queue.delete(&handle(1)).await?;
                Ok(format!("{meanwhile}, then {}", queue.bodies().await?))
            },
        ),
        Case::new(
            "a message cannot be deleted after its timeout",
            RECEIVE,
            "InvalidParameterValue m",
            |desk| async move {
                let queue = with(&desk, &["m"]).await?;
                let received = queue.receive(json!({ "VisibilityTimeout": 2 })).await?;
                let handle = text(&received.first().cloned().unwrap_or_default()["ReceiptHandle"]);
                desk.pass(2).await?;
                let outcome = queue.delete(&handle).await?;
                Ok(format!("{outcome} {}", queue.bodies().await?))
            },
        ),
    ]
}

fn recognised() -> Vec<Case> {
    vec![
        Case::new(
            "a repeated id is answered with the first message's id and number, and delivered once",
            ONCE,
            "same same m",
            |desk| async move {
                let queue = with(&desk, &[]).await?;
                let (first, second) = (queue.send("g", "m").await?, queue.send("g", "m").await?);
                let compared = ["MessageId", "SequenceNumber"]
                    .map(|member| compared(&first[member], &second[member]));
                Ok(format!("{} {}", compared.join(" "), queue.bodies().await?))
            },
        ),
        Case::new(
            "an id is remembered after its message was deleted",
            ONCE,
            "nothing",
            |desk| async move {
                let queue = with(&desk, &["m"]).await?;
                let handle = queue.take().await?;
                queue.delete(&handle).await?;
                queue.send("g", "m").await?;
                queue.bodies().await
            },
        ),
        Case::new("an id is forgotten after 5 minutes", ONCE, "m m", |desk| async move {
            let queue = with(&desk, &["m"]).await?;
            desk.pass(301).await?;
            queue.send("g", "m").await?;
            queue.bodies().await
        }),
        Case::new("a repetition does not prolong the 5 minutes", ONCE, "m m", |desk| async move {
            let queue = with(&desk, &["m"]).await?;
            desk.pass(200).await?;
            queue.send("g", "m").await?;
            desk.pass(101).await?;
            queue.send("g", "m").await?;
            queue.bodies().await
        }),
        Case::new("an id is still known after 299 s", ONCE, "m", |desk| async move {
            let queue = with(&desk, &["m"]).await?;
            desk.pass(299).await?;
            queue.send("g", "m").await?;
            queue.bodies().await
        }),
        Case::new(
            "sequence numbers have 20 digits and rise",
            "FIFO queue key terms (developer guide)",
            "20 digits, rising",
            |desk| async move {
                let queue = with(&desk, &[]).await?;
                let sent = [queue.send("g", "1").await?, queue.send("h", "2").await?];
                let numbers = sent.map(|answer| text(&answer["SequenceNumber"]));
                let digits = numbers[0].bytes().filter(u8::is_ascii_digit).count();
                let rising = if numbers[0] < numbers[1] { "rising" } else { "falling" };
                Ok(format!("{digits} digits, {rising}"))
            },
        ),
    ]
}

fn scopes() -> Vec<Case> {
    let by_content = json!({ "ContentBasedDeduplication": "true" });
    vec![
        Case::new(
            "without an id the content decides if the queue says so",
            ONCE,
            "m",
            |desk| async move {
                let queue = Queue::fifo(&desk, by_content).await?;
                let message = json!({ "MessageBody": "m", "MessageGroupId": "g" });
                queue.call("SendMessage", message.clone()).await?;
                queue.call("SendMessage", message).await?;
                queue.bodies().await
            },
        ),
        Case::new(
            "the id of the content is its SHA-256, without the attributes",
            ONCE,
            "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
            |desk| async move {
                let by_content = json!({ "ContentBasedDeduplication": "true" });
                let queue = Queue::fifo(&desk, by_content).await?;
                let attribute = json!({ "DataType": "String", "StringValue": "v" });
                let message = json!({
                    "MessageBody": "m", "MessageGroupId": "g",
                    "MessageAttributes": { "a": attribute },
                });
                queue.call("SendMessage", message).await?;
                let received = queue.receive(json!({ "AttributeNames": ["All"] })).await?;
                let message = received.first().cloned().unwrap_or_default();
                Ok(text(&message["Attributes"]["MessageDeduplicationId"]))
            },
        ),
    ]
}

fn groups() -> Vec<Case> {
    vec![
        Case::new("an id counts for all groups of a queue", ONCE, "m", |desk| async move {
            let queue = with(&desk, &["m"]).await?;
            queue.send("h", "m").await?;
            queue.bodies().await
        }),
        Case::new(
            "an id counts only for its group if the queue says so",
            "High throughput for FIFO queues (developer guide)",
            "m m",
            |desk| async move {
                let attributes = json!({
                    "DeduplicationScope": "messageGroup",
                    "FifoThroughputLimit": "perMessageGroupId",
                });
                let queue = Queue::fifo(&desk, attributes).await?;
                queue.send("g", "m").await?;
                queue.send("h", "m").await?;
                queue.bodies().await
            },
        ),
        Case::new(
            "a throughput per group needs a deduplication per group",
            "High throughput for FIFO queues (developer guide)",
            "InvalidAttributeValue",
            |desk| async move {
                let attributes = json!({
                    "FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId",
                });
                let name = format!("{}.fifo", desk.name("q"));
                let body = json!({ "QueueName": name, "Attributes": attributes });
                desk.outcome("CreateQueue", body).await
            },
        ),
    ]
}

/// Receiving with a token returns a lost answer again.
fn repeated() -> Vec<Case> {
    let ask = |token: &str| {
        json!({
            "MaxNumberOfMessages": 10, "ReceiveRequestAttemptId": token,
        })
    };
    let handles = |messages: &[Value]| {
        let handles = messages.iter().map(|message| text(&message["ReceiptHandle"]));
        Value::from(handles.collect::<Vec<_>>())
    };
    vec![
        Case::new(
            "a receive repeated under its token gives the same messages and handles",
            RECEIVE,
            "2 same",
            move |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                let first = queue.receive(ask("t")).await?;
                let second = queue.receive(ask("t")).await?;
                let compared = compared(&handles(&first), &handles(&second));
                Ok(format!("{} {compared}", second.len()))
            },
        ),
        Case::new(
            "a token gives nothing again once one of its messages was deleted",
            RECEIVE,
            "nothing",
            move |desk| async move {
                let queue = with(&desk, &["1", "2"]).await?;
                let first = queue.receive(ask("t")).await?;
                let handle = text(&first.first().cloned().unwrap_or_default()["ReceiptHandle"]);
                queue.delete(&handle).await?;
                let second = queue.receive(ask("t")).await?;
                Ok(if second.is_empty() { "nothing" } else { "something" }.to_owned())
            },
        ),
    ]
}
