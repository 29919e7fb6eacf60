//! Redriving dead letters to their source queue.

use serde_json::{Value, json};

use super::{Queue, text};
use crate::{Case, Desk, Stop};

const START: &str = "StartMessageMoveTask (SQS API reference)";
const LIST: &str = "ListMessageMoveTasks (SQS API reference)";
const CANCEL: &str = "CancelMessageMoveTask (SQS API reference)";
const BACK: &str =
    "Learn how to configure a dead-letter queue redrive in Amazon SQS (developer guide)";

pub(super) fn cases() -> Vec<Case> {
    [moved(), renewed(), refused(), listed()].into_iter().flatten().collect()
}

/// A queue, its dead-letter queue, and the messages in that.
struct Pipe {
    queue: Queue,
    dead: Queue,
    letter: Value,
}

impl Pipe {
    async fn laid(desk: &Desk, is_fifo: bool, bodies: &[&str]) -> Result<Self, Stop> {
        let dead = Self::queue(desk, is_fifo, json!({})).await?;
        let arn = dead.attribute("QueueArn").await?;
        let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 1 }).to_string();
        let queue = Self::queue(desk, is_fifo, json!({ "RedrivePolicy": policy })).await?;
        for body in bodies {
            if is_fifo {
                queue.send("g", body).await?
            } else {
                queue.post(body).await?
            };
            queue.receive(json!({ "VisibilityTimeout": 0 })).await?;
            queue.bodies().await?;
        }
        let look = json!({ "AttributeNames": ["All"], "VisibilityTimeout": 0 });
        let letter = dead.receive(look).await?.into_iter().next().unwrap_or_default();
        Ok(Self { queue, dead, letter })
    }

    async fn queue(desk: &Desk, is_fifo: bool, attributes: Value) -> Result<Queue, Stop> {
        if is_fifo {
            Queue::fifo(desk, attributes).await
        } else {
            Queue::standard(desk, attributes).await
        }
    }

    async fn source(&self) -> Result<Value, Stop> {
        Ok(json!({ "SourceArn": self.dead.attribute("QueueArn").await? }))
    }

    async fn start(&self, desk: &Desk, more: Value) -> Result<String, Stop> {
        let mut body = self.source().await?;
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Ok(text(&desk.call("StartMessageMoveTask", body).await?["TaskHandle"]))
    }

    /// The latest task.
    async fn task(&self, desk: &Desk) -> Result<Value, Stop> {
        let answer = desk.call("ListMessageMoveTasks", self.source().await?).await?;
        Ok(answer["Results"][0].clone())
    }
}

fn moved() -> Vec<Case> {
    vec![
        Case::new(
            "dead letters go back to their source queue",
            START,
            "m nothing",
            |desk| async move {
                let pipe = Pipe::laid(&desk, false, &["m"]).await?;
                pipe.start(&desk, json!({})).await?;
                desk.pass(1).await?;
                Ok(format!("{} {}", pipe.queue.bodies().await?, pipe.dead.bodies().await?))
            },
        ),
        Case::new(
            "dead letters of a FIFO queue go back in sequence and keep their group",
            BACK,
            "1 2 of g",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["1", "2"]).await?;
                pipe.start(&desk, json!({})).await?;
                desk.pass(1).await?;
                let many = json!({ "MaxNumberOfMessages": 10, "AttributeNames": ["All"] });
                let back = pipe.queue.receive(many).await?;
                let bodies: Vec<String> = back.iter().map(|m| text(&m["Body"])).collect();
                let last = back.last().cloned().unwrap_or_default();
                let group = text(&last["Attributes"]["MessageGroupId"]);
                Ok(format!("{} of {group}", bodies.join(" ")))
            },
        ),
    ]
}

fn renewed() -> Vec<Case> {
    vec![
        Case::new(
            "a message that was moved back is new, with a new id and time",
            BACK,
            "other id, later, received 1",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["m"]).await?;
                desk.pass(2).await?;
                pipe.start(&desk, json!({})).await?;
                desk.pass(1).await?;
                let back = pipe.queue.receive(json!({ "AttributeNames": ["All"] })).await?;
                let back = back.into_iter().next().unwrap_or_default();
                let id = super::compared(&back["MessageId"], &pipe.letter["MessageId"]);
                let at = |message: &Value| {
                    text(&message["Attributes"]["SentTimestamp"]).parse::<i64>().unwrap_or_default()
                };
                let later = if at(&back) > at(&pipe.letter) { "later" } else { "as it was" };
                let received = text(&back["Attributes"]["ApproximateReceiveCount"]);
                Ok(format!("{id} id, {later}, received {received}"))
            },
        ),
        Case::new(
            "dead letters go to the queue that is named",
            START,
            "nothing m",
            |desk| async move {
                let pipe = Pipe::laid(&desk, false, &["m"]).await?;
                let other = Queue::standard(&desk, json!({})).await?;
                let arn = other.attribute("QueueArn").await?;
                pipe.start(&desk, json!({ "DestinationArn": arn })).await?;
                desk.pass(1).await?;
                Ok(format!("{} {}", pipe.queue.bodies().await?, other.bodies().await?))
            },
        ),
    ]
}

fn refused() -> Vec<Case> {
    let not_there = |name: &'static str| {
        Case::new(
            format!("a move whose {name} does not exist is refused"),
            START,
            "ResourceNotFoundException",
            move |desk| async move {
                let pipe = Pipe::laid(&desk, false, &["m"]).await?;
                let mut body = pipe.source().await?;
                body[name] = format!("{}x", text(&body["SourceArn"])).into();
                desk.outcome("StartMessageMoveTask", body).await
            },
        )
    };
    vec![
        not_there("SourceArn"),
        not_there("DestinationArn"),
        Case::new(
            "a move from a queue that is no dead-letter queue is refused",
            START,
            "InvalidParameterValue",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let body = json!({ "SourceArn": queue.attribute("QueueArn").await? });
                desk.outcome("StartMessageMoveTask", body).await
            },
        ),
        Case::new(
            "a move of more than 500 messages per second is refused",
            START,
            "InvalidParameterValue",
            |desk| async move {
                let pipe = Pipe::laid(&desk, false, &["m"]).await?;
                let mut body = pipe.source().await?;
                body["MaxNumberOfMessagesPerSecond"] = 501.into();
                desk.outcome("StartMessageMoveTask", body).await
            },
        ),
        Case::new(
            "a second move from the same queue is refused",
            START,
            "InvalidParameterValue",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["1", "2", "3"]).await?;
                pipe.start(&desk, json!({ "MaxNumberOfMessagesPerSecond": 1 })).await?;
                desk.outcome("StartMessageMoveTask", pipe.source().await?).await
            },
        ),
        Case::new(
            "a handle that names no task is refused",
            CANCEL,
            "InvalidParameterValue",
            |desk| async move {
                desk.outcome("CancelMessageMoveTask", json!({ "TaskHandle": "foobared" })).await
            },
        ),
    ]
}

fn listed() -> Vec<Case> {
    vec![
        Case::new(
            "a finished move shows how many messages it moved, and has no handle",
            LIST,
            "COMPLETED 2 of 2 null null",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["1", "2"]).await?;
                pipe.start(&desk, json!({})).await?;
                desk.pass(1).await?;
                let task = pipe.task(&desk).await?;
                let of = |name: &str| text(&task[name]);
                let moved = of("ApproximateNumberOfMessagesMoved");
                let to_move = of("ApproximateNumberOfMessagesToMove");
                let (handle, to) = (of("TaskHandle"), of("DestinationArn"));
                Ok(format!("{} {moved} of {to_move} {handle} {to}", of("Status")))
            },
        ),
        Case::new(
            "a running move has its handle and its rate",
            LIST,
            "RUNNING same 1",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["1", "2", "3"]).await?;
                let rate = json!({ "MaxNumberOfMessagesPerSecond": 1 });
                let handle = pipe.start(&desk, rate).await?;
                let task = pipe.task(&desk).await?;
                let same = super::compared(&task["TaskHandle"], &handle.into());
                let rate = text(&task["MaxNumberOfMessagesPerSecond"]);
                Ok(format!("{} {same} {rate}", text(&task["Status"])))
            },
        ),
        Case::new(
            "a queue from which nothing was ever moved has no tasks",
            LIST,
            "[]",
            |desk| async move {
                let pipe = Pipe::laid(&desk, false, &[]).await?;
                let answer = desk.call("ListMessageMoveTasks", pipe.source().await?).await?;
                Ok(answer["Results"].to_string())
            },
        ),
        Case::new(
            "a move that is canceled leaves the rest where it is",
            CANCEL,
            "CANCELLED, left: 2 3",
            |desk| async move {
                let pipe = Pipe::laid(&desk, true, &["1", "2", "3"]).await?;
                let rate = json!({ "MaxNumberOfMessagesPerSecond": 1 });
                let handle = pipe.start(&desk, rate).await?;
                desk.call("CancelMessageMoveTask", json!({ "TaskHandle": handle })).await?;
                desk.pass(5).await?;
                let status = text(&pipe.task(&desk).await?["Status"]);
                Ok(format!("{status}, left: {}", pipe.dead.bodies().await?))
            },
        ),
    ]
}
