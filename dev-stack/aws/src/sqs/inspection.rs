//! Finding queues, and reading their attributes and contents.

use serde_json::{Value, json};

use super::error::SqsError;
use super::requests::{GetQueueAttributes, ListQueues};
use super::settings::Settings;
use super::{Sqs, queue_arn};

const LIST_MAX: usize = 1_000;

impl Sqs {
    /// The bodies that a queue holds, oldest first. Reading them changes no receipt.
    pub fn bodies(&self, queue: &str) -> Result<Vec<String>, SqsError> {
        let ledger = self.ledger();
        Ok(ledger.queue(queue)?.messages.values().map(|message| message.body.clone()).collect())
    }

    pub(super) fn find(&self, name: &str) -> Result<Value, SqsError> {
        self.ledger().queue(name)?;
        Ok(json!({ "QueueUrl": self.queue_url(name) }))
    }

    /// By name. Only a page whose size was asked for has the token of the next.
    pub(super) fn list(&self, request: &ListQueues) -> Result<Value, SqsError> {
        let size = request.max_results.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&size) {
            let reason = format!("MaxResults must be between 1 and {LIST_MAX}.");
            return Err(SqsError::parameter("MaxResults", &size, reason));
        }
        let after = request.next_token.as_deref().unwrap_or_default();
        let ledger = self.ledger();
        let names = ledger.queues().keys().map(String::as_str);
        let names = names.filter(|name| name.starts_with(&request.queue_name_prefix));
        let mut names: Vec<&str> = names.filter(|name| *name > after).take(size + 1).collect();
        let more = names.len() > size;
        names.truncate(size);
        let urls: Vec<String> = names.iter().map(|name| self.queue_url(name)).collect();
        Ok(match names.last().filter(|_| more && request.max_results.is_some()) {
            Some(last) => json!({ "QueueUrls": urls, "NextToken": last }),
            None => json!({ "QueueUrls": urls }),
        })
    }

    pub(super) fn attributes(
        &self,
        name: &str,
        request: &GetQueueAttributes,
    ) -> Result<Value, SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        self.advance_moves(&mut ledger, now_ms)?;
        let queue = ledger.queue(name)?;
        let [waiting, in_flight, delayed] = queue.counts(now_ms);
        let record = &queue.record;
        let mut all = record.settings.all();
        let facts = [
            ("QueueArn", queue_arn(name)),
            ("CreatedTimestamp", (record.created_ms / 1000).to_string()),
            ("LastModifiedTimestamp", (record.modified_ms / 1000).to_string()),
            ("ApproximateNumberOfMessages", waiting.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
        ];
        all.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        if !request.attribute_names.iter().any(|name| name == "All") {
            if let Some(unknown) = request
                .attribute_names
                .iter()
                .find(|name| !Settings::knows(name) && !all.contains_key(*name))
            {
                return Err(SqsError::InvalidAttributeName(unknown.clone()));
            }
            all.retain(|name, _| request.attribute_names.contains(name));
        }
        Ok(if all.is_empty() { json!({}) } else { json!({ "Attributes": all }) })
    }
}
