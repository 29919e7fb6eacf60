//! The merchant's own consumers of the two queues: they act once per id, and sometimes crash before the
//! message is deleted.

use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::Soak;
use crate::world::{Confirmation, word};

/// How long a message of a crashed consumer stays hidden.
const VISIBILITY_SECONDS: u64 = 2;
const CRASH_PERCENT: u32 = 5;

pub(crate) const QUEUES: [&str; 2] = ["fulfilment", "notifications"];

impl Soak {
    /// Runs until the stack is stopped, also while it comes to rest.
    pub(crate) async fn consume(&self, queue: &'static str, mut rng: Rng) {
        loop {
            let messages = self.receive(queue, VISIBILITY_SECONDS, 1).await;
            for message in &messages {
                self.act(queue, message);
                let crashes = !self.is_over() && rng.u32(0..100) < CRASH_PERCENT;
                if !crashes {
                    self.delete(queue, message).await;
                }
            }
            if messages.is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    fn act(&self, queue: &'static str, message: &Value) {
        let body: Value =
            serde_json::from_str(message["Body"].as_str().unwrap_or_default()).unwrap_or_default();
        let sent = message["Attributes"]["SentTimestamp"].as_str().unwrap_or_default();
        let arrived_ms = sent.parse().unwrap_or_default();
        let confirmation = Confirmation::read(queue, &body);
        let mut record = self.record();
        record.queues.entry(queue).or_default().receive(
            &word(message, "MessageId"),
            arrived_ms,
            confirmation,
        );
    }

    pub(crate) async fn receive(&self, queue: &str, hidden_for: u64, wait: u64) -> Vec<Value> {
        let body = json!({
            "QueueUrl": self.queue_url(queue),
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": hidden_for,
            "WaitTimeSeconds": wait,
            "AttributeNames": ["All"],
        });
        let answer = self.stack.aws("sqs", "AmazonSQS.ReceiveMessage", &body).await;
        answer.body["Messages"].as_array().cloned().unwrap_or_default()
    }

    async fn delete(&self, queue: &str, message: &Value) {
        let body = json!({
            "QueueUrl": self.queue_url(queue),
            "ReceiptHandle": message["ReceiptHandle"],
        });
        // Refused if its time is over by now; the message then comes again.
        self.stack.try_aws("sqs", "AmazonSQS.DeleteMessage", &body).await;
    }

    /// The number of messages in a queue, visible or hidden.
    pub(crate) async fn held(&self, queue: &str) -> u64 {
        let body = json!({ "QueueUrl": self.queue_url(queue), "AttributeNames": ["All"] });
        let answer = self.stack.aws("sqs", "AmazonSQS.GetQueueAttributes", &body).await;
        let counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let held = counts
            .iter()
            .filter_map(|count| answer.body["Attributes"][count].as_str()?.parse::<u64>().ok());
        held.sum()
    }

    fn queue_url(&self, queue: &str) -> String {
        format!("{}/000000000000/quittance-{queue}.fifo", self.stack.address("sqs"))
    }
}
