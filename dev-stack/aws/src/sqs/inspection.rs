//! Finding queues, and reading their attributes and contents.

use serde_json::{Value, json};

use super::error::SqsError;
use super::queue::Queue;
use super::requests::{GetQueueAttributes, ListQueues, ListSources};
use super::settings::Settings;
use super::{Sqs, queue_arn};

const LIST_MAX: usize = 1_000;

/// Which part of a list is wanted; lists are sorted by name.
struct Page<'a> {
    max: Option<usize>,
    after: Option<&'a str>,
}

fn listed(member: &str, urls: &[String], next: Option<String>) -> Value {
    match next {
        Some(next_token) => json!({ member: urls, "NextToken": next_token }),
        None => json!({ member: urls }),
    }
}

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

    pub(super) fn list(&self, request: &ListQueues) -> Result<Value, SqsError> {
        let page = Page { max: request.max_results, after: request.next_token.as_deref() };
        let ledger = self.ledger();
        let names = ledger.queues().keys().map(String::as_str);
        let names = names.filter(|name| name.starts_with(&request.queue_name_prefix));
        let (urls, next) = self.page(&page, names)?;
        Ok(listed("QueueUrls", &urls, next))
    }

    /// The queues whose dead letters go to this one.
    pub(super) fn sources(&self, name: &str, request: &ListSources) -> Result<Value, SqsError> {
        let page = Page { max: request.max_results, after: request.next_token.as_deref() };
        let ledger = self.ledger();
        ledger.queue(name)?;
        let arn = queue_arn(name);
        let gives_up_here = |queue: &&Queue| {
            queue.record.settings.redrive().is_some_and(|redrive| redrive.target_arn == arn)
        };
        let sources = ledger.queues().iter().filter(|(_, queue)| gives_up_here(queue));
        let (urls, next) = self.page(&page, sources.map(|(name, _)| name.as_str()))?;
        Ok(listed("queueUrls", &urls, next))
    }

    /// Addresses, and the token of the next page: only a page whose size was asked for has one.
    fn page<'n>(
        &self,
        page: &Page<'_>,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(Vec<String>, Option<String>), SqsError> {
        let size = page.max.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&size) {
            let reason = format!("MaxResults must be between 1 and {LIST_MAX}.");
            return Err(SqsError::parameter("MaxResults", &size, reason));
        }
        let after = page.after.unwrap_or_default();
        let mut names: Vec<&str> = names.filter(|name| *name > after).take(size + 1).collect();
        let more = names.len() > size;
        names.truncate(size);
        let next = names.last().filter(|_| more && page.max.is_some());
        let next = next.map(|name| (*name).to_owned());
        Ok((names.iter().map(|name| self.queue_url(name)).collect(), next))
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
