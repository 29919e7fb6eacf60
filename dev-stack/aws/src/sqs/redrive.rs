//! Dead-letter queues: which queue names which, and which messages are moved there.

use super::error::SqsError;
use super::ledger::{Edit, Ledger};
use super::message::Message;
use super::settings::Settings;
use super::{Sqs, name_in_arn, queue_arn};

/// A dead-letter queue must exist and be of the same kind.
pub(super) fn check_redrive(ledger: &Ledger, settings: &Settings) -> Result<(), SqsError> {
    let Some(redrive) = settings.redrive() else {
        return Ok(());
    };
    let target = name_in_arn(&redrive.target_arn).and_then(|name| ledger.queue(name).ok());
    let reason = match target {
        Some(target) if target.is_fifo() == settings.is_fifo() => return Ok(()),
        Some(_) => "Dead-letter queue must be same type of queue as the source.",
        None => "Dead letter target does not exist.",
    };
    Err(SqsError::parameter("RedrivePolicy", &redrive.target_arn, reason))
}

impl Sqs {
    /// Moves messages that were received too often to the dead-letter queue, in their order. There a
    /// message of a FIFO queue is remembered by its own id, so that two with the same deduplication id
    /// both fit, and its time starts over.
    pub(super) fn give_up(
        &self,
        ledger: &mut Ledger,
        name: &str,
        now_ms: i64,
    ) -> Result<(), SqsError> {
        let queue = ledger.queue(name)?;
        let Some(redrive) = queue.record.settings.redrive() else {
            return Ok(());
        };
        let Some(target) = name_in_arn(&redrive.target_arn) else {
            return Ok(());
        };
        if ledger.queue(target).is_err() {
            return Ok(());
        }
        let target = target.to_owned();
        let too_often = |sequence: &u64| {
            let message = queue.messages.get(sequence)?;
            (message.receives >= redrive.receives_max).then(|| (*sequence, message.clone()))
        };
        let given_up: Vec<(u64, Message)> =
            queue.available(now_ms).iter().filter_map(too_often).collect();
        let is_fifo = queue.is_fifo();
        let mut edits = Vec::new();
        for (sequence, message) in given_up {
            let dead_letter_source = Some(queue_arn(name));
            let mut dead = Message { hold: None, dead_letter_source, ..message };
            if is_fifo {
                dead.deduplication_id = Some(dead.id.clone());
                dead.sent_ms = now_ms;
                dead.retained_from_ms = now_ms;
            }
            edits.push(Edit::MessageGone(name.to_owned(), sequence));
            edits.push(Edit::Message(target.clone(), ledger.next_sequence(), dead));
        }
        self.commit(ledger, edits)
    }
}
