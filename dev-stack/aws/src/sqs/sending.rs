//! Sending: a message is stored, or recognised as a repeat.

use serde::Serialize;
use serde_json::{Value, json};

use super::Sqs;
use super::admission::{check, deduplication_key};
use super::content::{MessageAttributes, md5_of_attributes, md5_of_body};
use super::error::SqsError;
use super::ledger::Edit;
use super::message::{Message, sequence_number};
use super::queue::Sent;
use super::requests::SendMessage;

impl Sqs {
    pub(super) fn send(&self, name: &str, request: SendMessage) -> Result<Value, SqsError> {
        let now_ms = self.now_ms();
        let mut ledger = self.ledger();
        let queue = ledger.queue(name)?;
        check(queue, &request)?;
        let key = deduplication_key(queue, &request)?;
        let md5s = Md5s::of(&request);
        if let Some(sent) = key.as_ref().and_then(|(_, key)| queue.duplicate_of(key, now_ms)) {
            return Ok(md5s.answer(sent, true));
        }
        let mut edits: Vec<Edit> = Vec::new();
        let forgettable = queue.forgettable(now_ms).into_iter();
        edits.extend(forgettable.map(|key| Edit::SentGone(name.to_owned(), key)));
        let delay_ms = request.delay_seconds.map_or(queue.delay_ms(), |seconds| seconds * 1000);
        let is_fifo = queue.is_fifo();

        let sequence = ledger.next_sequence();
        let message_id = self.next_id();
        let sent = Sent { message_id: message_id.clone(), sequence, at_ms: now_ms };
        let answer = md5s.answer(&sent, is_fifo);
        let (deduplication_id, key) = key.unzip();
        edits.extend(key.map(|key| Edit::Sent(name.to_owned(), key, sent)));
        let message = Message {
            id: message_id,
            body: request.message_body,
            attributes: request.message_attributes,
            trace_header: trace_header(request.message_system_attributes),
            group: request.message_group_id,
            deduplication_id,
            sent_ms: now_ms,
            retained_from_ms: now_ms,
            delayed_until_ms: now_ms.saturating_add(delay_ms),
            receives: 0,
            first_received_ms: None,
            hold: None,
            dead_letter_source: None,
        };
        edits.push(Edit::Message(name.to_owned(), sequence, message));
        self.commit(&mut ledger, edits)?;
        Ok(answer)
    }
}

fn trace_header(attributes: MessageAttributes) -> Option<String> {
    attributes.into_values().find_map(|attribute| attribute.string_value)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    message_id: String,
    #[serde(flatten)]
    md5s: Md5s,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

/// What the sender's SDK compares with its own.
#[derive(Serialize)]
struct Md5s {
    #[serde(rename = "MD5OfMessageBody")]
    body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    system_attributes: Option<String>,
}

impl Md5s {
    fn of(request: &SendMessage) -> Self {
        Self {
            body: md5_of_body(&request.message_body),
            attributes: md5_of_attributes(&request.message_attributes),
            system_attributes: md5_of_attributes(&request.message_system_attributes),
        }
    }

    fn answer(self, sent: &Sent, is_fifo: bool) -> Value {
        let sequence_number = is_fifo.then(|| sequence_number(sent.sequence));
        json!(Answer { message_id: sent.message_id.clone(), md5s: self, sequence_number })
    }
}
