//! Tags of queues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Sqs;
use super::error::SqsError;
use super::ledger::Edit;
use super::requests::{TagQueue, UntagQueue};

impl Sqs {
    /// A tag replaces an existing one with the same key.
    pub(super) fn tag(&self, queue: &str, request: TagQueue) -> Result<(), SqsError> {
        self.retag(queue, |tags| tags.extend(request.tags))
    }

    /// A key that does not exist is ignored.
    pub(super) fn untag(&self, queue: &str, request: &UntagQueue) -> Result<(), SqsError> {
        self.retag(queue, |tags| tags.retain(|key, _| !request.tag_keys.contains(key)))
    }

    pub(super) fn tags(&self, queue: &str) -> Result<Value, SqsError> {
        let ledger = self.ledger();
        let tags = &ledger.queue(queue)?.record.tags;
        Ok(if tags.is_empty() { json!({}) } else { json!({ "Tags": tags }) })
    }

    fn retag(
        &self,
        queue: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> Result<(), SqsError> {
        let mut ledger = self.ledger();
        let mut record = ledger.queue(queue)?.record.clone();
        change(&mut record.tags);
        self.commit(&mut ledger, vec![Edit::Queue(queue.to_owned(), record)])
    }
}
