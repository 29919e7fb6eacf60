//! Receiving: gives out available messages, and drops those that are too old.

use super::Sqs;
use super::error::SqsError;
use super::ledger::{Edit, Ledger};
use super::message::Hold;
use super::received::Received;
use super::settings::VISIBILITY;

/// How many messages one call can give out.
pub const MESSAGES_MAX: usize = 10;
/// How many messages of a queue can be in flight.
const IN_FLIGHT_MAX: usize = 120_000;

impl Sqs {
    /// Up to `count_max` messages that may be given out now, hidden from others for the queue's
    /// visibility timeout or the one given here.
    pub fn receive(
        &self,
        queue: &str,
        count_max: usize,
        visibility_seconds: Option<i64>,
    ) -> Result<Vec<Received>, SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        self.advance_moves(&mut ledger, now_ms)?;
        self.drop_expired(&mut ledger, queue, now_ms)?;
        self.give_up(&mut ledger, queue, now_ms)?;
        let from = ledger.queue(queue)?;
        let [_, in_flight, _] = from.counts(now_ms);
        if in_flight >= IN_FLIGHT_MAX {
            return if from.is_fifo() { Ok(Vec::new()) } else { Err(SqsError::OverLimit) };
        }
        let seconds = visibility_seconds.unwrap_or(from.record.settings.number(&VISIBILITY));
        let hold = Hold { since_ms: now_ms, until_ms: now_ms.saturating_add(seconds * 1000) };
        let (mut edits, mut received) = (Vec::new(), Vec::new());
        for sequence in from.available(now_ms).into_iter().take(count_max) {
            let Some(mut message) = from.messages.get(&sequence).cloned() else {
                continue;
            };
            message.receives += 1;
            message.first_received_ms.get_or_insert(now_ms);
            message.hold = Some(hold);
            received.push(Received::new(queue, from, sequence, &message));
            edits.push(Edit::Message(queue.to_owned(), sequence, message));
        }
        self.commit(&mut ledger, edits)?;
        Ok(received)
    }

    /// When the next hidden message appears again by itself.
    pub fn next_shown_at(&self, queue: &str) -> Result<Option<i64>, SqsError> {
        let now_ms = self.now_ms();
        let ledger = self.ledger();
        let messages = ledger.queue(queue)?.messages.values();
        let holds = messages.filter_map(|message| message.hold).map(|hold| hold.until_ms);
        Ok(holds.filter(|until_ms| *until_ms > now_ms).min())
    }

    fn drop_expired(&self, ledger: &mut Ledger, queue: &str, now_ms: i64) -> Result<(), SqsError> {
        let expired = ledger.queue(queue)?.expired(now_ms).into_iter();
        let edits = expired.map(|sequence| Edit::MessageGone(queue.to_owned(), sequence));
        self.commit(ledger, edits.collect())
    }
}
