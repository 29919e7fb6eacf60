//! Finding queues and reading what they are and hold.

use serde_json::{Value, json};

use super::error::SqsError;
use super::requests::{GetQueueAttributes, ListQueues};
use super::settings::Settings;
use super::{Sqs, queue_arn};

const LIST_MAX: usize = 1_000;

impl Sqs {
    pub(super) fn find(&self, name: &str) -> Result<Value, SqsError> {
        self.ledger().queue(name)?;
        Ok(json!({ "QueueUrl": self.queue_url(name) }))
    }

    pub(super) fn list(&self, request: &ListQueues) -> Result<Value, SqsError> {
        let page = request.max_results.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&page) {
            let reason = format!("MaxResults must be between 1 and {LIST_MAX}.");
            return Err(SqsError::parameter("MaxResults", &page, reason));
        }
        let ledger = self.ledger();
        let after = request.next_token.as_deref().unwrap_or_default();
        let mut names: Vec<&str> = ledger
            .queues()
            .keys()
            .map(String::as_str)
            .filter(|name| name.starts_with(&request.queue_name_prefix) && *name > after)
            .take(page + 1)
            .collect();
        let more = names.len() > page;
        names.truncate(page);
        let urls: Vec<String> = names.iter().map(|name| self.queue_url(name)).collect();
        let last = names.last().filter(|_| more && request.max_results.is_some());
        Ok(match last {
            Some(next_token) => json!({ "QueueUrls": urls, "NextToken": next_token }),
            None => json!({ "QueueUrls": urls }),
        })
    }

    pub(super) fn attributes(
        &self,
        name: &str,
        request: &GetQueueAttributes,
    ) -> Result<Value, SqsError> {
        let now_ms = self.now_ms();
        let ledger = self.ledger();
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
