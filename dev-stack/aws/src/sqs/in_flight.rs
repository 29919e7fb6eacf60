//! What a receiver does with a message that it holds: deletes it, keeps it longer, gives it back.

use super::Sqs;
use super::error::SqsError;
use super::ledger::Edit;
use super::message::{Hold, Message};
use super::receipt::Receipt;
use super::settings::{VISIBILITY, VISIBILITY_SECONDS_MAX};

impl Sqs {
    /// A handle of an earlier receive deletes nothing. A standard queue ignores it; a FIFO queue answers with
    /// an error, because its message may already be with another receiver.
    pub fn delete(&self, queue: &str, handle: &str) -> Result<(), SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let from = ledger.queue(queue)?;
        let receipt = Receipt::parse(queue, handle)?;
        let Some(message) = receipt.message(from) else {
            return Ok(());
        };
        let is_current = receipt.is_latest(message);
        if from.is_fifo() && !(is_current && message.is_in_flight(now_ms)) {
            let reason = "The receipt handle has expired.";
            return Err(SqsError::parameter("ReceiptHandle", &handle, reason));
        }
        if !is_current {
            return Ok(());
        }
        let edit = Edit::MessageGone(queue.to_owned(), receipt.sequence);
        self.commit(&mut ledger, vec![edit])
    }

    /// Hides a message that is in flight for `seconds` from now; 0 gives it back.
    pub fn change_visibility(
        &self,
        queue: &str,
        handle: &str,
        seconds: i64,
    ) -> Result<(), SqsError> {
        if !(0..=VISIBILITY_SECONDS_MAX).contains(&seconds) {
            let reason = format!("VisibilityTimeout must be >= 0 and <= {VISIBILITY_SECONDS_MAX}.");
            return Err(SqsError::parameter("VisibilityTimeout", &seconds, reason));
        }
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let from = ledger.queue(queue)?;
        let receipt = Receipt::parse(queue, handle)?;
        let latest = receipt.message(from).filter(|message| receipt.is_latest(message));
        let Some(message) = latest else {
            let reason =
                "Message does not exist or is not available for visibility timeout change.";
            return Err(SqsError::parameter("ReceiptHandle", &handle, reason));
        };
        let in_flight = message.hold.filter(|_| message.is_in_flight(now_ms));
        let Some(hold) = in_flight else {
            return Err(SqsError::MessageNotInflight);
        };
        let until_ms = now_ms.saturating_add(seconds * 1000);
        // Counted from the receive, in whole seconds.
        if (until_ms - hold.since_ms) / 1000 > VISIBILITY_SECONDS_MAX {
            let reason = format!(
                "Total VisibilityTimeout for the message is beyond the limit \
                 [{VISIBILITY_SECONDS_MAX} seconds]"
            );
            return Err(SqsError::parameter("VisibilityTimeout", &seconds, reason));
        }
        let mut message = message.clone();
        message.hold = Some(Hold { until_ms, ..hold });
        let edit = Edit::Message(queue.to_owned(), receipt.sequence, message);
        self.commit(&mut ledger, vec![edit])
    }
    /// For the start of a stack, whose consumer died with the last one: gives back messages that nobody has
    /// touched since they were received. Messages that a consumer has put off stay put off.
    pub fn give_back(&self, queue: &str) -> Result<(), SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let from = ledger.queue(queue)?;
        let visibility_ms = from.record.settings.number(&VISIBILITY) * 1000;
        let is_untouched = |hold: Hold| hold.until_ms - hold.since_ms == visibility_ms;
        let held = from.messages.iter().filter(|(_, message)| {
            message.is_in_flight(now_ms) && message.hold.is_some_and(is_untouched)
        });
        let edits = held.map(|(sequence, message)| {
            let message = Message { hold: None, ..message.clone() };
            Edit::Message(queue.to_owned(), *sequence, message)
        });
        let edits = edits.collect();
        self.commit(&mut ledger, edits)
    }
}
