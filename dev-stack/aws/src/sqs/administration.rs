//! Queues themselves: creating, configuring, purging.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Sqs;
use super::error::SqsError;
use super::ledger::Edit;
use super::queue::Record;
use super::redrive::check_redrive;
use super::requests::CreateQueue;
use super::settings::Settings;

const NAME_MAX: usize = 80;
/// How long a purged queue cannot be purged again.
const COOL_DOWN_MS: i64 = 60_000;

/// A queue as the template describes it.
#[derive(Clone, Debug)]
pub struct QueueDescription {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

impl Sqs {
    /// Creates missing queues and configures existing ones as described. Dead-letter queues come first
    /// in any case, because a queue can name only one that exists.
    pub fn provide(&self, queues: &[QueueDescription]) -> Result<(), SqsError> {
        let names_another =
            |queue: &&QueueDescription| queue.attributes.contains_key("RedrivePolicy");
        let (sources, targets): (Vec<_>, Vec<_>) = queues.iter().partition(names_another);
        for QueueDescription { name, attributes } in targets.into_iter().chain(sources) {
            let exists = self.ledger().queue(name).is_ok();
            if exists {
                let settable = attributes.iter().filter(|(name, _)| *name != "FifoQueue");
                self.configure(name, settable)?;
            } else {
                let (queue_name, attributes) = (name.clone(), attributes.clone());
                self.create(CreateQueue { queue_name, attributes })?;
            }
        }
        Ok(())
    }

    pub(super) fn create(&self, request: CreateQueue) -> Result<Value, SqsError> {
        let CreateQueue { queue_name: name, attributes } = request;
        let now_ms = self.now_ms();
        let settings = Settings::new(&attributes)?;
        check_name(&name, settings.is_fifo())?;
        let mut ledger = self.ledger();
        if let Ok(queue) = ledger.queue(&name) {
            return match queue.record.settings.difference(&settings) {
                Some(attribute) => Err(SqsError::QueueNameExists(attribute)),
                None => Ok(json!({ "QueueUrl": self.queue_url(&name) })),
            };
        }
        check_redrive(&ledger, &settings)?;
        let record = Record { settings, created_ms: now_ms, modified_ms: now_ms };
        self.commit(&mut ledger, vec![Edit::Queue(name.clone(), record)])?;
        Ok(json!({ "QueueUrl": self.queue_url(&name) }))
    }

    pub(super) fn configure<'a>(
        &self,
        name: &str,
        attributes: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<(), SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let mut record = ledger.queue(name)?.record.clone();
        record.settings.set(attributes)?;
        record.modified_ms = now_ms;
        check_redrive(&ledger, &record.settings)?;
        self.commit(&mut ledger, vec![Edit::Queue(name.to_owned(), record)])
    }

    pub(super) fn purge(&self, name: &str) -> Result<(), SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let queue = ledger.queue(name)?;
        if queue.purged_ms.is_some_and(|at_ms| now_ms - at_ms < COOL_DOWN_MS) {
            return Err(SqsError::PurgeQueueInProgress(name.to_owned()));
        }
        let sequences = queue.messages.keys();
        let gone = sequences.map(|sequence| Edit::MessageGone(name.to_owned(), *sequence));
        let edits = gone.collect();
        self.commit(&mut ledger, edits)?;
        ledger.change(name, |queue| queue.purged_ms = Some(now_ms));
        Ok(())
    }
}

fn check_name(name: &str, is_fifo: bool) -> Result<(), SqsError> {
    let stem = name.strip_suffix(".fifo");
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let well_formed = stem.unwrap_or(name).bytes().all(allowed) && stem != Some("");
    if (1..=NAME_MAX).contains(&name.len()) && well_formed && stem.is_some() == is_fifo {
        return Ok(());
    }
    let reason = if is_fifo {
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or \
         underscores, must end with .fifo suffix and be 1 to 80 in length."
    } else {
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
    };
    Err(SqsError::parameter("QueueName", &name, reason))
}
