//! Receiving: visibility, receipt handles, long polling.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Queue, text};
use crate::{Case, Desk, Stop};

const RECEIVE: &str = "ReceiveMessage (SQS API reference)";
const VISIBILITY: &str = "Amazon SQS visibility timeout (developer guide)";
const CHANGE: &str = "ChangeMessageVisibility (SQS API reference)";
const DELETE: &str = "DeleteMessage (SQS API reference)";
const LONG_POLL: &str = "Amazon SQS short and long polling (developer guide)";

pub(super) fn cases() -> Vec<Case> {
    [limits(), hidden(), counted(), changed(), unchanged(), deleted(), awaited()]
        .into_iter()
        .flatten()
        .collect()
}

fn limits() -> Vec<Case> {
    let bounds = [
        ("MaxNumberOfMessages", 0),
        ("MaxNumberOfMessages", 11),
        ("VisibilityTimeout", 43_201),
        ("WaitTimeSeconds", 21),
    ];
    bounds
        .into_iter()
        .map(|(parameter, value)| {
            Case::new(
                format!("a receive with {parameter} of {value} is refused"),
                RECEIVE,
                "InvalidParameterValue",
                move |desk| async move {
                    let queue = Queue::standard(&desk, json!({})).await?;
                    queue.outcome("ReceiveMessage", json!({ parameter: value })).await
                },
            )
        })
        .collect()
}

/// A standard queue with one message.
async fn with_one(desk: &Desk) -> Result<Queue, Stop> {
    let queue = Queue::standard(desk, json!({})).await?;
    queue.post("m").await?;
    Ok(queue)
}

fn hidden() -> Vec<Case> {
    vec![
        Case::new(
            "a receive without a number gives one message",
            RECEIVE,
            "1",
            |desk| async move {
                let queue = with_one(&desk).await?;
                queue.post("n").await?;
                Ok(queue.receive(json!({})).await?.len().to_string())
            },
        ),
        Case::new("an empty answer has no list", RECEIVE, "{}", |desk| async move {
            let queue = Queue::standard(&desk, json!({})).await?;
            Ok(queue.call("ReceiveMessage", json!({})).await?.to_string())
        }),
        Case::new(
            "a received message is hidden until its timeout",
            VISIBILITY,
            "nothing m",
            |desk| async move {
                let queue = with_one(&desk).await?;
                queue.receive(json!({ "VisibilityTimeout": 3 })).await?;
                let hidden = queue.bodies().await?;
                desk.pass(3).await?;
                Ok(format!("{hidden} {}", queue.bodies().await?))
            },
        ),
    ]
}

fn counted() -> Vec<Case> {
    vec![
        Case::new(
            "receives are counted, the first is remembered, each has its own handle",
            RECEIVE,
            "1 2, first true, handles other",
            |desk| async move {
                let queue = with_one(&desk).await?;
                let all = json!({ "VisibilityTimeout": 0, "AttributeNames": ["All"] });
                let first = queue.receive(all.clone()).await?;
                let second = queue.receive(all).await?;
                let of = |messages: &[Value]| messages.first().cloned().unwrap_or_default();
                let (first, second) = (of(&first), of(&second));
                let attribute = |message: &Value, name: &str| text(&message["Attributes"][name]);
                let counts = [&first, &second].map(|it| attribute(it, "ApproximateReceiveCount"));
                let firsts =
                    [&first, &second].map(|it| attribute(it, "ApproximateFirstReceiveTimestamp"));
                let same = firsts[0] == firsts[1] && firsts[0].len() == 13;
                let handles = super::compared(&first["ReceiptHandle"], &second["ReceiptHandle"]);
                Ok(format!("{}, first {same}, handles {handles}", counts.join(" ")))
            },
        ),
        Case::new(
            "waiting, in-flight and delayed messages are counted",
            "GetQueueAttributes (SQS API reference)",
            "1 1 1",
            |desk| async move {
                let queue = with_one(&desk).await?;
                queue.post("n").await?;
                let later = json!({ "MessageBody": "later", "DelaySeconds": 60 });
                queue.call("SendMessage", later).await?;
                queue.take().await?;
                queue.counts().await
            },
        ),
    ]
}

fn changed() -> Vec<Case> {
    vec![
        Case::new("a visibility of 0 gives a message back", CHANGE, "taken m", |desk| async move {
            let queue = with_one(&desk).await?;
            let handle = queue.take().await?;
            let outcome = queue.change(&handle, 0).await?;
            Ok(format!("{outcome} {}", queue.bodies().await?))
        }),
        Case::new(
            "a new visibility counts from the change",
            CHANGE,
            "nothing m",
            |desk| async move {
                let queue = with_one(&desk).await?;
                let handle = queue.take().await?;
                queue.change(&handle, 3).await?;
                let hidden = queue.bodies().await?;
                desk.pass(3).await?;
                Ok(format!("{hidden} {}", queue.bodies().await?))
            },
        ),
        Case::new(
            "visibility of a message that is not in flight cannot be changed",
            CHANGE,
            "AWS.SimpleQueueService.MessageNotInflight",
            |desk| async move {
                let queue = with_one(&desk).await?;
                let handle = queue.take().await?;
                queue.change(&handle, 0).await?;
                queue.change(&handle, 10).await
            },
        ),
    ]
}

fn unchanged() -> Vec<Case> {
    vec![
        Case::new(
            "a visibility of more than 12 hours is refused",
            CHANGE,
            "InvalidParameterValue",
            |desk| async move {
                let queue = with_one(&desk).await?;
                let handle = queue.take().await?;
                queue.change(&handle, 43_201).await
            },
        ),
        Case::new(
            "12 hours are counted from the receive",
            VISIBILITY,
            "taken InvalidParameterValue",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({ "VisibilityTimeout": "60" })).await?;
                queue.post("m").await?;
                let handle = queue.take().await?;
                desk.pass(4).await?;
                let within = queue.change(&handle, 43_190).await?;
                Ok(format!("{within} {}", queue.change(&handle, 43_200).await?))
            },
        ),
        Case::new(
            "a handle that was never given out changes nothing",
            CHANGE,
            "ReceiptHandleIsInvalid",
            |desk| async move { with_one(&desk).await?.change("garbage", 1).await },
        ),
    ]
}

fn deleted() -> Vec<Case> {
    vec![
        Case::new(
            "a deleted message does not come back",
            DELETE,
            "taken nothing",
            |desk| async move {
                let queue = with_one(&desk).await?;
                let received = queue.receive(json!({ "VisibilityTimeout": 3 })).await?;
                let handle = text(&received.first().cloned().unwrap_or_default()["ReceiptHandle"]);
                let outcome = queue.delete(&handle).await?;
                desk.pass(3).await?;
                Ok(format!("{outcome} {}", queue.bodies().await?))
            },
        ),
        Case::new("deleting twice is no error", DELETE, "taken taken", |desk| async move {
            let queue = with_one(&desk).await?;
            let handle = queue.take().await?;
            Ok(format!("{} {}", queue.delete(&handle).await?, queue.delete(&handle).await?))
        }),
        Case::new("an old handle is taken", DELETE, "taken", |desk| async move {
            let queue = with_one(&desk).await?;
            let first = queue.receive(json!({ "VisibilityTimeout": 0 })).await?;
            queue.take().await?;
            let old = text(&first.first().cloned().unwrap_or_default()["ReceiptHandle"]);
            queue.delete(&old).await
        }),
        Case::new(
            "a message older than the retention period is gone",
            "SetQueueAttributes (SQS API reference)",
            "young",
            |desk| async move {
                let period = json!({ "MessageRetentionPeriod": "60" });
                let queue = Queue::standard(&desk, period).await?;
                queue.post("old").await?;
                desk.pass(40).await?;
                queue.post("young").await?;
                desk.pass(21).await?;
                queue.bodies().await
            },
        ),
        Case::new(
            "a handle that was never given out deletes nothing",
            DELETE,
            "ReceiptHandleIsInvalid",
            |desk| async move { with_one(&desk).await?.delete("garbage").await },
        ),
    ]
}

/// These cases need real time, whatever the clock.
fn awaited() -> Vec<Case> {
    vec![
        Case::new(
            "a waiting receiver is woken by a message",
            LONG_POLL,
            "m soon",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let started = Instant::now();
                let (received, sent) = tokio::join!(
                    queue.call("ReceiveMessage", json!({ "WaitTimeSeconds": 20 })),
                    async {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        queue.post("m").await
                    }
                );
                sent?;
                let soon = started.elapsed() < Duration::from_secs(10);
                let body = text(&received?["Messages"][0]["Body"]);
                Ok(format!("{body} {}", if soon { "soon" } else { "late" }))
            },
        ),
        Case::new(
            "a receiver waits as long as it asked to",
            LONG_POLL,
            "{} after 1 s",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let started = Instant::now();
                let answer = queue.call("ReceiveMessage", json!({ "WaitTimeSeconds": 1 })).await?;
                let waited = started.elapsed() >= Duration::from_millis(900);
                Ok(format!("{answer} {}", if waited { "after 1 s" } else { "at once" }))
            },
        ),
        Case::new(
            "a receiver waits as long as the queue says",
            LONG_POLL,
            "after 1 s",
            |desk| async move {
                let wait = json!({ "ReceiveMessageWaitTimeSeconds": "1" });
                let queue = Queue::standard(&desk, wait).await?;
                let started = Instant::now();
                queue.call("ReceiveMessage", json!({})).await?;
                let waited = started.elapsed() >= Duration::from_millis(900);
                Ok(if waited { "after 1 s" } else { "at once" }.to_owned())
            },
        ),
    ]
}
