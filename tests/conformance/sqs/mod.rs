//! SQS as its API reference and developer guide describe it.

mod attributes;
mod batches;
mod fifo;
mod messages;
mod moves;
mod queues;
mod receiving;
mod redrive;
mod refusals;

use serde_json::{Value, json};

use super::{Case, Desk, Stop};
use crate::desk::Hands;

pub(super) fn cases() -> Vec<Case> {
    let chapters = [
        refusals::cases(),
        queues::cases(),
        attributes::cases(),
        messages::cases(),
        receiving::cases(),
        batches::cases(),
        fifo::cases(),
        redrive::cases(),
        moves::cases(),
    ];
    chapters.into_iter().flatten().collect()
}

/// A queue of one case.
#[derive(Clone, Debug)]
struct Queue {
    desk: Desk,
    name: String,
    url: String,
}

impl Queue {
    async fn standard(desk: &Desk, attributes: Value) -> Result<Self, Stop> {
        Self::create(desk, desk.name("q"), attributes).await
    }

    async fn fifo(desk: &Desk, mut attributes: Value) -> Result<Self, Stop> {
        attributes["FifoQueue"] = "true".into();
        Self::create(desk, format!("{}.fifo", desk.name("q")), attributes).await
    }

    async fn create(desk: &Desk, name: String, attributes: Value) -> Result<Self, Stop> {
        let body = json!({ "QueueName": name, "Attributes": attributes });
        let answer = desk.call("CreateQueue", body).await?;
        let url = text(&answer["QueueUrl"]);
        Ok(Self { desk: desk.clone(), name, url })
    }

    fn with_url(&self, mut members: Value) -> Value {
        members["QueueUrl"] = self.url.clone().into();
        members
    }

    async fn call(&self, action: &str, members: Value) -> Result<Value, Stop> {
        self.desk.call(action, self.with_url(members)).await
    }

    async fn outcome(&self, action: &str, members: Value) -> Result<String, Stop> {
        self.desk.outcome(action, self.with_url(members)).await
    }

    /// Sends to a standard queue.
    async fn post(&self, body: &str) -> Result<Value, Stop> {
        self.call("SendMessage", json!({ "MessageBody": body })).await
    }

    /// Sends to a FIFO queue, with the body as deduplication id.
    async fn send(&self, group: &str, body: &str) -> Result<Value, Stop> {
        let message = json!({
            "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": body,
        });
        self.call("SendMessage", message).await
    }

    /// The messages of one receive. A distributed service is asked to poll all its servers.
    async fn receive(&self, mut members: Value) -> Result<Vec<Value>, Stop> {
        if matches!(self.desk.hands, Hands::Patience(_)) {
            members["WaitTimeSeconds"] = 1.into();
        }
        let answer = self.call("ReceiveMessage", members).await?;
        Ok(answer["Messages"].as_array().cloned().unwrap_or_default())
    }

    /// The bodies of up to ten messages, or `nothing`.
    async fn bodies(&self) -> Result<String, Stop> {
        let messages = self.receive(json!({ "MaxNumberOfMessages": 10 })).await?;
        let bodies: Vec<String> = messages.iter().map(|message| text(&message["Body"])).collect();
        Ok(if bodies.is_empty() { "nothing".to_owned() } else { bodies.join(" ") })
    }

    /// The handle of one message.
    async fn take(&self) -> Result<String, Stop> {
        let messages = self.receive(json!({})).await?;
        let message = messages.first().ok_or(Stop::Silent("no message came".to_owned()))?;
        Ok(text(&message["ReceiptHandle"]))
    }

    async fn delete(&self, handle: &str) -> Result<String, Stop> {
        self.outcome("DeleteMessage", json!({ "ReceiptHandle": handle })).await
    }

    async fn change(&self, handle: &str, seconds: i64) -> Result<String, Stop> {
        let members = json!({ "ReceiptHandle": handle, "VisibilityTimeout": seconds });
        self.outcome("ChangeMessageVisibility", members).await
    }

    async fn attribute(&self, name: &str) -> Result<String, Stop> {
        let answer = self.call("GetQueueAttributes", json!({ "AttributeNames": [name] })).await?;
        Ok(text(&answer["Attributes"][name]))
    }

    /// The numbers of messages waiting, in flight and delayed.
    async fn counts(&self) -> Result<String, Stop> {
        let names = ["", "NotVisible", "Delayed"];
        let names = names.map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        let answer = self.call("GetQueueAttributes", json!({ "AttributeNames": names })).await?;
        let counts: Vec<String> =
            names.iter().map(|name| text(&answer["Attributes"][name])).collect();
        Ok(counts.join(" "))
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `same` or `other`.
fn compared(a: &Value, b: &Value) -> String {
    if a == b && !a.is_null() { "same" } else { "other" }.to_owned()
}
