//! The queues on a clock that stands still until a test moves it.

mod administration;
mod batches;
mod deduplication;
mod groups;
mod messages;
mod persistence;
mod receipts;
mod redrive;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::{Sqs, queue_arn};
use crate::Ids;
use crate::clock::Clock;
use crate::disk::Disk;

const START_MS: i64 = 1_795_000_000_000;

struct Desk {
    sqs: Sqs,
    now_ms: Arc<AtomicI64>,
}

impl Desk {
    fn new() -> Self {
        Self::on(Disk::none())
    }

    fn on(disk: Disk) -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        let clock = Clock::fixed(Arc::clone(&now_ms));
        let sqs = Sqs::open("http://127.0.0.1:3003", clock, Ids::counting(), disk).unwrap();
        Self { sqs, now_ms }
    }

    fn pass(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    fn call(&self, action: &str, body: &Value) -> Value {
        self.sqs.call(action, body.to_string().as_bytes()).unwrap()
    }

    /// The code and the message of the refusal.
    fn refused(&self, action: &str, body: &Value) -> String {
        let error = self.sqs.call(action, body.to_string().as_bytes()).unwrap_err();
        format!("{}: {}", error.query_code.unwrap(), error.message)
    }

    fn create(&self, name: &str, attributes: &Value) {
        self.call("CreateQueue", &json!({ "QueueName": name, "Attributes": attributes }));
    }

    /// A FIFO queue named `q.fifo`.
    fn fifo() -> Self {
        let desk = Self::new();
        desk.create("q.fifo", &json!({ "FifoQueue": "true" }));
        desk
    }

    /// A standard queue named `q`.
    fn standard() -> Self {
        let desk = Self::new();
        desk.create("q", &json!({}));
        desk
    }

    /// To `q.fifo`, with the text as body and as deduplication id.
    fn send(&self, group: &str, text: &str) -> Value {
        self.call(
            "SendMessage",
            &json!({
                "QueueUrl": self.sqs.queue_url("q.fifo"),
                "MessageBody": text, "MessageGroupId": group, "MessageDeduplicationId": text,
            }),
        )
    }

    /// To `q`.
    fn post(&self, text: &str) -> Value {
        self.call("SendMessage", &json!({ "QueueUrl": "http://h/0/q", "MessageBody": text }))
    }

    /// Up to ten messages as `body`, joined.
    fn bodies(&self, queue: &str) -> String {
        let received = self.sqs.receive(queue, 10, None).unwrap();
        let bodies: Vec<String> = received.into_iter().map(|message| message.body).collect();
        bodies.join(" ")
    }

    /// One message's handle.
    fn take(&self, queue: &str) -> String {
        let received = self.sqs.receive(queue, 1, None).unwrap();
        received.into_iter().next().unwrap().receipt_handle
    }

    fn attribute(&self, queue: &str, name: &str) -> String {
        let url = self.sqs.queue_url(queue);
        let body = json!({ "QueueUrl": url, "AttributeNames": [name] });
        self.call("GetQueueAttributes", &body)["Attributes"][name].as_str().unwrap().to_owned()
    }

    /// Waiting, in flight, delayed.
    fn counts(&self, queue: &str) -> [String; 3] {
        ["", "NotVisible", "Delayed"]
            .map(|kind| self.attribute(queue, &format!("ApproximateNumberOfMessages{kind}")))
    }
}
