//! Dead-letter queues.

use serde_json::{Value, json};

use super::{Queue, text};
use crate::{Case, Desk, Stop};

const DEAD: &str = "Using dead-letter queues in Amazon SQS (developer guide)";
const BACK: &str =
    "Learn how to configure a dead-letter queue redrive in Amazon SQS (developer guide)";
const CREATE: &str = "CreateQueue (SQS API reference)";

pub(super) fn cases() -> Vec<Case> {
    [moved(), dead(), dead_in_order(), policies()].into_iter().flatten().collect()
}

async fn policy(dead: &Queue, receives_max: u32) -> Result<Value, Stop> {
    let arn = dead.attribute("QueueArn").await?;
    let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": receives_max });
    Ok(json!({ "RedrivePolicy": policy.to_string() }))
}

/// A FIFO queue that gives up after this many receives, and its dead-letter queue.
async fn fifo(desk: &Desk, receives_max: u32) -> Result<(Queue, Queue), Stop> {
    let dead = Queue::fifo(desk, json!({})).await?;
    let attributes = policy(&dead, receives_max).await?;
    Ok((Queue::fifo(desk, attributes).await?, dead))
}

fn first(messages: Vec<Value>) -> Value {
    messages.into_iter().next().unwrap_or_default()
}

fn sent_at(message: &Value) -> i64 {
    text(&message["Attributes"]["SentTimestamp"]).parse().unwrap_or_default()
}

/// Receives a message and returns it at once.
async fn fail(queue: &Queue) -> Result<(), Stop> {
    queue.receive(json!({ "VisibilityTimeout": 0 })).await.map(drop)
}

fn moved() -> Vec<Case> {
    vec![
        Case::new(
            "a message received too often moves to the dead-letter queue",
            DEAD,
            "nothing m",
            |desk| async move {
                let dead = Queue::standard(&desk, json!({})).await?;
                let attributes = policy(&dead, 2).await?;
                let queue = Queue::standard(&desk, attributes).await?;
                queue.post("m").await?;
                fail(&queue).await?;
                fail(&queue).await?;
                let left = queue.bodies().await?;
                Ok(format!("{left} {}", dead.bodies().await?))
            },
        ),
        Case::new(
            "the last allowed receive can still succeed",
            DEAD,
            "taken nothing",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                queue.send("g", "m").await?;
                let handle = queue.take().await?;
                let outcome = queue.delete(&handle).await?;
                Ok(format!("{outcome} {}", dead.bodies().await?))
            },
        ),
        Case::new("a dead letter unlocks its group", DEAD, "good", |desk| async move {
            let (queue, _) = fifo(&desk, 1).await?;
            queue.send("g", "bad").await?;
            queue.send("g", "good").await?;
            fail(&queue).await?;
            queue.bodies().await
        }),
    ]
}

fn dead() -> Vec<Case> {
    vec![
        Case::new(
            "a dead letter keeps its id and its group and names its source queue",
            "ReceiveMessage (SQS API reference)",
            "same g true",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                let sent = queue.send("g", "m").await?;
                fail(&queue).await?;
                queue.bodies().await?;
                let received = dead.receive(json!({ "AttributeNames": ["All"] })).await?;
                let message = received.first().cloned().unwrap_or_default();
                let id = super::compared(&sent["MessageId"], &message["MessageId"]);
                let of = |name: &str| text(&message["Attributes"][name]);
                let source = of("DeadLetterQueueSourceArn").ends_with(&queue.name);
                Ok(format!("{id} {} {source}", of("MessageGroupId")))
            },
        ),
        Case::new(
            "a dead letter of a FIFO queue has its message id as deduplication id",
            BACK,
            "before: m, dead: its message id",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                queue.send("g", "m").await?;
                let all = json!({ "AttributeNames": ["All"], "VisibilityTimeout": 0 });
                let before = first(queue.receive(all.clone()).await?);
                queue.bodies().await?;
                let dead = first(dead.receive(all).await?);
                let id = &dead["Attributes"]["MessageDeduplicationId"];
                let is_own = super::compared(id, &dead["MessageId"]) == "same";
                let id = if is_own { "its message id".to_owned() } else { text(id) };
                let before = text(&before["Attributes"]["MessageDeduplicationId"]);
                Ok(format!("before: {before}, dead: {id}"))
            },
        ),
    ]
}

fn dead_in_order() -> Vec<Case> {
    vec![
        Case::new(
            "two messages that shared a deduplication id are both in the dead-letter queue",
            BACK,
            "m m",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                for _ in 0..2 {
                    queue.send("g", "m").await?;
                    fail(&queue).await?;
                    queue.bodies().await?;
                    desk.pass(301).await?;
                }
                dead.bodies().await
            },
        ),
        Case::new(
            "the sent time of a dead letter of a FIFO queue is that of its move",
            "Setting-up dead-letter queue retention in Amazon SQS (developer guide)",
            "later",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                queue.send("g", "m").await?;
                let all = json!({ "AttributeNames": ["All"], "VisibilityTimeout": 0 });
                let before = first(queue.receive(all.clone()).await?);
                desk.pass(2).await?;
                queue.bodies().await?;
                let after = first(dead.receive(all).await?);
                Ok(if sent_at(&after) > sent_at(&before) { "later" } else { "as it was" }
                    .to_owned())
            },
        ),
        Case::new(
            "a group keeps its sequence in the dead-letter queue",
            DEAD,
            "1 2",
            |desk| async move {
                let (queue, dead) = fifo(&desk, 1).await?;
                for body in ["1", "2"] {
                    queue.send("g", body).await?;
                }
                fail(&queue).await?;
                fail(&queue).await?;
                queue.bodies().await?;
                dead.bodies().await
            },
        ),
    ]
}

fn policies() -> Vec<Case> {
    vec![
        Case::new(
            "a dead-letter queue of the other type is refused",
            DEAD,
            "InvalidParameterValue",
            |desk| async move {
                let dead = Queue::standard(&desk, json!({})).await?;
                let mut attributes = policy(&dead, 5).await?;
                attributes["FifoQueue"] = "true".into();
                let name = format!("{}.fifo", desk.name("q"));
                let body = json!({ "QueueName": name, "Attributes": attributes });
                desk.outcome("CreateQueue", body).await
            },
        ),
        Case::new(
            "a missing dead-letter queue is refused",
            DEAD,
            "InvalidParameterValue",
            |desk| async move {
                let there = Queue::standard(&desk, json!({})).await?;
                let arn = format!("{}x", there.attribute("QueueArn").await?);
                let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 5 });
                let attributes = json!({ "RedrivePolicy": policy.to_string() });
                let body = json!({ "QueueName": desk.name("q"), "Attributes": attributes });
                desk.outcome("CreateQueue", body).await
            },
        ),
        Case::new(
            "an invalid redrive policy is refused",
            CREATE,
            "InvalidParameterValue",
            |desk| async move {
                let attributes = json!({ "RedrivePolicy": "{}" });
                let body = json!({ "QueueName": desk.name("q"), "Attributes": attributes });
                desk.outcome("CreateQueue", body).await
            },
        ),
    ]
}
