//! A queue that feeds a function, as Lambda's event source mapping for SQS does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::aws::REGION;
use crate::aws::sqs::{self, Received, Sqs};
use crate::lambda::Lambda;
use crate::runtime_api::Answer;

/// The longest that one poll waits for messages.
const WAIT: Duration = Duration::from_secs(20);

/// How long to rest after a failed poll.
const REST: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub(super) struct Mapping {
    pub(super) function: String,
    pub(super) queue: String,
    pub(super) batch_size: usize,
    pub(super) partial_answers: bool,
    pub(super) concurrency_max: usize,
}

impl Mapping {
    /// Takes batches while the stack runs, several at a time. The queue itself keeps the order of a group: it
    /// gives out no message of a group that has one in flight.
    pub(super) async fn poll(self, sqs: Sqs, lambda: Lambda) -> std::io::Result<()> {
        let slots = Arc::new(Semaphore::new(self.concurrency_max));
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                return Ok(());
            };
            let batch_size = self.batch_size.min(sqs::MESSAGES_MAX);
            match sqs.receive_waiting(&self.queue, batch_size, None, WAIT).await {
                Ok(batch) if batch.is_empty() => {}
                Ok(batch) => {
                    let (mapping, sqs, lambda) = (self.clone(), sqs.clone(), lambda.clone());
                    tokio::spawn(async move {
                        mapping.hand_over(&batch, &sqs, &lambda).await;
                        drop(slot);
                    });
                }
                Err(error) => {
                    tracing::warn!(queue = self.queue, %error, "a queue cannot be polled");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Runs the function and deletes the messages that it has handled. The others appear again when their
    /// visibility timeout ends, which the function itself may have extended.
    async fn hand_over(&self, batch: &[Received], sqs: &Sqs, lambda: &Lambda) {
        let event = event(&self.queue, batch).to_string();
        let handled = match lambda.invoke(&self.function, event.into()).await {
            Some(Answer::Returned(answer)) if self.partial_answers => handled(&answer, batch),
            Some(Answer::Returned(_)) => batch.iter().collect(),
            Some(Answer::Failed(_)) | None => Vec::new(),
        };
        for message in handled {
            if let Err(error) = sqs.delete(&self.queue, &message.receipt_handle) {
                tracing::warn!(queue = self.queue, %error, "a handled message stays in its queue");
            }
        }
    }
}

/// The messages that a `ReportBatchItemFailures` answer does not list as failed. An empty or null answer
/// means success; a malformed answer, or one with an id that is not in the batch, fails the whole batch.
pub fn handled<'b>(answer: &[u8], batch: &'b [Received]) -> Vec<&'b Received> {
    let Some(failed) = failed(answer) else {
        return Vec::new();
    };
    let in_batch = |id: &String| batch.iter().any(|message| message.message_id == *id);
    if !failed.iter().all(in_batch) {
        return Vec::new();
    }
    batch.iter().filter(|message| !failed.contains(&message.message_id)).collect()
}

/// The ids of failed messages; `None` when the answer is malformed.
fn failed(answer: &[u8]) -> Option<Vec<String>> {
    if answer.is_empty() {
        return Some(Vec::new());
    }
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let Some(failures) = answer.get("batchItemFailures").filter(|list| !list.is_null()) else {
        return Some(Vec::new());
    };
    let identifier = |failure: &Value| {
        let id = failure.get("itemIdentifier")?.as_str()?;
        Some(id.to_owned()).filter(|id| !id.is_empty())
    };
    failures.as_array()?.iter().map(identifier).collect()
}

/// The event for the function.
pub fn event(queue: &str, batch: &[Received]) -> Value {
    let records: Vec<Value> = batch.iter().map(|message| record(queue, message)).collect();
    json!({ "Records": records })
}

fn record(queue: &str, message: &Received) -> Value {
    let attributes: BTreeMap<&String, Value> = message
        .message_attributes
        .iter()
        .map(|(name, attribute)| {
            let value = json!({
                "dataType": attribute.data_type,
                "stringValue": attribute.string_value,
                "binaryValue": attribute.binary_value,
                "stringListValues": [],
                "binaryListValues": [],
            });
            (name, value)
        })
        .collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": sqs::queue_arn(queue),
        "awsRegion": REGION,
    })
}

#[cfg(test)]
mod tests;
