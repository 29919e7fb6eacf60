//! SQS: a synchronous core for one process, and the awsJson service around it.

mod wire;
mod requests;
mod administration;
mod inspection;
mod settings;
mod task;
mod sending;
mod admission;
mod content;
mod receiving;
mod given;
mod received;
mod receipt;
mod in_flight;
mod redrive;
mod moves;
mod ledger;
mod queue;
mod message;
mod error;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

pub use administration::QueueDescription;
pub use content::{MessageAttribute, MessageAttributes};
pub use error::SqsError;
use ledger::{Edit, Ledger};
pub use received::Received;
pub use receiving::MESSAGES_MAX;

use super::{ACCOUNT, Ids, REGION};
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};

/// How often a waiting receiver looks again. A send wakes it at once; the end of a visibility timeout or of
/// a delay does not.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// All queues of one stack. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sqs(Arc<Service>);

#[derive(Debug)]
struct Service {
    /// What queue URLs begin with, such as `http://127.0.0.1:3003`.
    base_url: String,
    clock: Clock,
    ids: Ids,
    /// Held while a change is written, so that no answer is based on a change that could still be lost.
    ledger: Mutex<Ledger>,
    changed: Notify,
}

impl Sqs {
    /// Opens with everything that is on disk.
    pub fn open(base_url: &str, clock: Clock, ids: Ids, disk: Disk) -> Result<Self, DiskError> {
        let ledger = Mutex::new(Ledger::restore(disk)?);
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self(Arc::new(Service { base_url, clock, ids, ledger, changed: Notify::new() })))
    }

    pub fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.0.base_url)
    }

    /// As `receive`, but waits for messages to come if there are none. Dropping the future while
    /// it waits takes no message out.
    pub async fn receive_waiting(
        &self,
        queue: &str,
        count_max: usize,
        visibility_seconds: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Received>, SqsError> {
        let deadline = Instant::now() + wait;
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            // Before looking, or a message that comes in between would wake nobody.
            changed.as_mut().enable();
            let received = self.receive(queue, count_max, visibility_seconds)?;
            let now = Instant::now();
            if !received.is_empty() || now >= deadline {
                return Ok(received);
            }
            // Being woken and running out of time both lead to another look.
            let _woken = timeout_at(deadline.min(now + LOOK_AGAIN), changed).await;
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, ledger: &mut Ledger, edits: Vec<Edit>) -> Result<(), SqsError> {
        if edits.is_empty() {
            return Ok(());
        }
        ledger.commit(edits)?;
        // Any change may free a message: a deletion unlocks its group.
        self.0.changed.notify_waiters();
        Ok(())
    }

    fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    fn next_id(&self) -> String {
        self.0.ids.next().to_string()
    }
}

pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The name of a queue of this stack; there are no others.
pub fn name_in_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:aws:sqs:")?
        .strip_prefix(REGION)?
        .strip_prefix(':')?
        .strip_prefix(ACCOUNT)?
        .strip_prefix(':')
}

/// The host is ignored: a stack may be reached by several names, and its port may change.
pub fn name_in_url(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}
