//! Receives with a token: a caller whose answer was lost asks again and gets the same messages.

use super::Sqs;
use super::content::check_id;
use super::error::SqsError;
use super::ledger::Edit;
use super::message::{Given, Hold, Message};
use super::queue::DEDUPLICATION_MS;
use super::received::Received;
use super::requests::ReceiveMessage;
use super::settings::VISIBILITY;

impl Sqs {
    /// The messages that this request's token got before, hidden again; `None` without a token, or when the
    /// answer can no longer be repeated.
    pub(super) fn given_again(
        &self,
        queue: &str,
        request: &ReceiveMessage,
    ) -> Result<Option<Vec<Received>>, SqsError> {
        let Some(token) = &request.receive_request_attempt_id else {
            return Ok(None);
        };
        check_id("ReceiveRequestAttemptId", token)?;
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let from = ledger.queue(queue)?;
        let known = from.given.get(token).filter(|given| now_ms - given.at_ms < DEDUPLICATION_MS);
        let in_flight = |messages: &Vec<(u64, &Message)>| {
            messages.iter().all(|(_, message)| message.is_in_flight(now_ms))
        };
        let Some(messages) = known
            .and_then(|given| given.unchanged(|sequence| from.messages.get(&sequence)))
            .filter(in_flight)
        else {
            return Ok(None);
        };
        let visibility = from.record.settings.number(&VISIBILITY);
        let seconds = request.visibility_timeout.unwrap_or(visibility);
        let hold = Hold { since_ms: now_ms, until_ms: now_ms.saturating_add(seconds * 1000) };
        let (mut edits, mut again) = (Vec::new(), Vec::new());
        for (sequence, message) in messages {
            let message = Message { hold: Some(hold), ..message.clone() };
            again.push(Received::new(queue, from, sequence, &message));
            edits.push(Edit::Message(queue.to_owned(), sequence, message));
        }
        self.commit(&mut ledger, edits)?;
        drop(ledger);
        self.remember_given(queue, request, &again);
        Ok(Some(again))
    }

    /// Tokens mean nothing to a standard queue.
    pub(super) fn remember_given(
        &self,
        queue: &str,
        request: &ReceiveMessage,
        received: &[Received],
    ) {
        let Some(token) = &request.receive_request_attempt_id else {
            return;
        };
        let at_ms = self.now_ms();
        let ids: Vec<&str> = received.iter().map(|message| message.message_id.as_str()).collect();
        self.ledger().change(queue, |queue| {
            queue.given.retain(|_, given| at_ms - given.at_ms < DEDUPLICATION_MS);
            if ids.is_empty() || !queue.is_fifo() {
                return;
            }
            let held = queue.messages.iter().filter(|(_, it)| ids.contains(&it.id.as_str()));
            let messages = held
                .filter_map(|(sequence, it)| Some((*sequence, it.id.clone(), it.hold?)))
                .collect();
            queue.given.insert(token.clone(), Given { at_ms, messages });
        });
    }
}
