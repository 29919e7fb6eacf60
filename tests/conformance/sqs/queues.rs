//! Queues: names, attributes, lists, purging, deleting.

use serde_json::{Value, json};

use super::{Queue, compared, text};
use crate::{Case, Desk, Stop};

const CREATE: &str = "CreateQueue (SQS API reference)";
const SET: &str = "SetQueueAttributes (SQS API reference)";
const LIST: &str = "ListQueues (SQS API reference)";
const PURGE: &str = "PurgeQueue (SQS API reference)";
const DELETE: &str = "DeleteQueue (SQS API reference)";

pub(super) fn cases() -> Vec<Case> {
    [creating(), bounds(), setting(), listing(), ending()].into_iter().flatten().collect()
}

fn creating() -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "creating a queue again with the same attributes answers its address",
            CREATE,
            "same",
            |desk| async move {
                let attributes = json!({ "VisibilityTimeout": "45" });
                let queue = Queue::standard(&desk, attributes.clone()).await?;
                let again = Queue::create(&desk, queue.name.clone(), attributes).await?;
                Ok(compared(&queue.url.into(), &again.url.into()))
            },
        ),
        Case::new(
            "creating a queue again with another attribute is refused",
            CREATE,
            "QueueAlreadyExists",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let attributes = json!({ "VisibilityTimeout": "46" });
                let body = json!({ "QueueName": queue.name, "Attributes": attributes });
                desk.outcome("CreateQueue", body).await
            },
        ),
        Case::new(
            "the address of a queue ends with its name",
            "Queue and message identifiers (developer guide)",
            "true",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                Ok(queue.url.ends_with(&format!("/{}", queue.name)).to_string())
            },
        ),
    ];
    let fifo = json!({ "FifoQueue": "true" });
    let names = [
        ("a FIFO queue's name without the attribute", "q.fifo".to_owned(), json!({})),
        ("a FIFO queue without .fifo in its name", "q".to_owned(), fifo),
        ("a name with a slash", "a/b".to_owned(), json!({})),
        ("a name of 81 characters", "q".repeat(81), json!({})),
    ];
    for (what, name, attributes) in names {
        let name = json!({ "QueueName": name, "Attributes": attributes });
        cases.push(Case::new(
            format!("{what} is refused"),
            CREATE,
            "InvalidParameterValue",
            |desk| async move { desk.outcome("CreateQueue", name).await },
        ));
    }
    cases
}

async fn set(desk: &Desk, name: &str, value: &str) -> Result<String, Stop> {
    let queue = Queue::standard(desk, json!({})).await?;
    queue.outcome("SetQueueAttributes", json!({ "Attributes": { name: value } })).await
}

fn bounds() -> Vec<Case> {
    let bounds = [
        ("VisibilityTimeout", "0", "43200", "43201"),
        ("DelaySeconds", "0", "900", "901"),
        ("MaximumMessageSize", "1024", "1048576", "1048577"),
        ("MessageRetentionPeriod", "60", "1209600", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "0", "20", "21"),
    ];
    bounds
        .into_iter()
        .map(|(name, least, most, beyond)| {
            Case::new(
                format!("{name} is at least {least} and at most {most}"),
                SET,
                "taken taken InvalidAttributeValue",
                move |desk| async move {
                    let mut outcomes = Vec::new();
                    for value in [least, most, beyond] {
                        outcomes.push(set(&desk, name, value).await?);
                    }
                    Ok(outcomes.join(" "))
                },
            )
        })
        .collect()
}

fn setting() -> Vec<Case> {
    vec![
        Case::new(
            "an attribute that no queue has is refused",
            SET,
            "InvalidAttributeName",
            |desk| async move { set(&desk, "Nonsense", "1").await },
        ),
        Case::new(
            "a queue without attributes has the defaults",
            CREATE,
            "0 1048576 345600 0 30",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let all = json!({ "AttributeNames": ["All"] });
                let all = queue.call("GetQueueAttributes", all).await?;
                let names = [
                    "DelaySeconds",
                    "MaximumMessageSize",
                    "MessageRetentionPeriod",
                    "ReceiveMessageWaitTimeSeconds",
                    "VisibilityTimeout",
                ];
                Ok(names.map(|name| text(&all["Attributes"][name])).join(" "))
            },
        ),
        Case::new("an attribute that was set is shown", SET, "45", |desk| async move {
            let queue = Queue::standard(&desk, json!({})).await?;
            let attributes = json!({ "Attributes": { "VisibilityTimeout": "45" } });
            queue.call("SetQueueAttributes", attributes).await?;
            queue.attribute("VisibilityTimeout").await
        }),
        Case::new(
            "the type of a queue cannot be changed",
            CREATE,
            "InvalidAttributeName",
            |desk| async move { set(&desk, "FifoQueue", "true").await },
        ),
    ]
}

fn listing() -> Vec<Case> {
    vec![
        Case::new(
            "a list has a prefix, pages and an end",
            LIST,
            "2 more, 1 end",
            |desk| async move {
                let prefix = desk.name("list");
                for n in 0..3 {
                    Queue::create(&desk, format!("{prefix}-{n}"), json!({})).await?;
                }
                let mut pages = Vec::new();
                let mut next = Value::Null;
                loop {
                    let mut body = json!({ "QueueNamePrefix": prefix, "MaxResults": 2 });
                    if !next.is_null() {
                        body["NextToken"] = next;
                    }
                    let page = desk.call("ListQueues", body).await?;
                    let found = page["QueueUrls"].as_array().map_or(0, Vec::len);
                    next = page["NextToken"].clone();
                    let end = if next.is_null() { "end" } else { "more" };
                    pages.push(format!("{found} {end}"));
                    if next.is_null() || pages.len() > 3 {
                        return Ok(pages.join(", "));
                    }
                }
            },
        ),
        Case::new(
            "a page of a list has at most 1000 queues",
            LIST,
            "InvalidParameterValue",
            |desk| async move { desk.outcome("ListQueues", json!({ "MaxResults": 1001 })).await },
        ),
    ]
}

fn ending() -> Vec<Case> {
    vec![
        Case::new("a purge takes what is in flight too", PURGE, "0 0 0", |desk| async move {
            let queue = Queue::standard(&desk, json!({})).await?;
            queue.post("1").await?;
            queue.post("2").await?;
            queue.take().await?;
            queue.call("PurgeQueue", json!({})).await?;
            queue.counts().await
        }),
        Case::new(
            "a queue is purged once in 60 seconds",
            PURGE,
            "AWS.SimpleQueueService.PurgeQueueInProgress",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.call("PurgeQueue", json!({})).await?;
                queue.outcome("PurgeQueue", json!({})).await
            },
        ),
        Case::new(
            "the name of a deleted queue is barred for 60 seconds",
            DELETE,
            "AWS.SimpleQueueService.QueueDeletedRecently",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.call("DeleteQueue", json!({})).await?;
                desk.outcome("CreateQueue", json!({ "QueueName": queue.name })).await
            },
        ),
        Case::new(
            "a queue can be created again 60 seconds after its deletion",
            DELETE,
            "taken",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                queue.call("DeleteQueue", json!({})).await?;
                desk.pass(60).await?;
                desk.outcome("CreateQueue", json!({ "QueueName": queue.name })).await
            },
        ),
    ]
}
