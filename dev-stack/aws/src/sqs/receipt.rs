//! Receipt handles: which message, and which of its receives.

use data_encoding::BASE64;

use super::error::SqsError;
use super::message::Message;
use super::queue::Queue;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    queue: String,
    pub(super) sequence: u64,
    /// Sequence numbers of a standard queue can start over after a restart, message ids cannot.
    message_id: String,
    receive: u32,
}

impl Receipt {
    pub(super) fn of(queue: &str, sequence: u64, message: &Message) -> Self {
        let (queue, message_id) = (queue.to_owned(), message.id.clone());
        Self { queue, sequence, message_id, receive: message.receives }
    }

    /// The opaque text that a caller gets.
    pub(super) fn handle(&self) -> String {
        let Self { queue, sequence, message_id, receive } = self;
        BASE64.encode(format!("{queue} {sequence} {message_id} {receive}").as_bytes())
    }

    /// Handles of one queue mean nothing to another.
    pub(super) fn parse(queue: &str, handle: &str) -> Result<Self, SqsError> {
        Self::decode(handle)
            .filter(|receipt| receipt.queue == queue)
            .ok_or_else(|| SqsError::ReceiptHandleIsInvalid(handle.to_owned()))
    }

    fn decode(handle: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64.decode(handle.as_bytes()).ok()?).ok()?;
        let mut parts = text.split(' ');
        let receipt = Self {
            queue: parts.next()?.to_owned(),
            sequence: parts.next()?.parse().ok()?,
            message_id: parts.next()?.to_owned(),
            receive: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(receipt)
    }

    /// The message, unless it is gone.
    pub(super) fn message<'q>(&self, queue: &'q Queue) -> Option<&'q Message> {
        queue.messages.get(&self.sequence).filter(|message| message.id == self.message_id)
    }

    pub(super) fn is_latest(&self, message: &Message) -> bool {
        self.receive == message.receives
    }
}
