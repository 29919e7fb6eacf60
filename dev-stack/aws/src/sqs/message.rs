//! A message as it is stored.

use serde::{Deserialize, Serialize};

use super::content::MessageAttributes;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) attributes: MessageAttributes,
    pub(super) trace_header: Option<String>,
    pub(super) group: Option<String>,
    pub(super) deduplication_id: Option<String>,
    pub(super) sent_ms: i64,
    /// Where retention counts from.
    pub(super) retained_from_ms: i64,
    pub(super) delayed_until_ms: i64,
    /// Over all queues that it has been in.
    pub(super) receives: u32,
    pub(super) first_received_ms: Option<i64>,
    pub(super) hold: Option<Hold>,
    /// The queue that gave up on it.
    pub(super) dead_letter_source: Option<String>,
}

/// The last time that the message was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hold {
    pub(super) since_ms: i64,
    pub(super) until_ms: i64,
}

impl Message {
    pub(super) fn is_in_flight(&self, now_ms: i64) -> bool {
        self.hold.is_some_and(|hold| hold.until_ms > now_ms)
    }

    pub(super) fn is_delayed(&self, now_ms: i64) -> bool {
        self.delayed_until_ms > now_ms
    }
}

/// What one receive gave out.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) at_ms: i64,
    /// For each message: its sequence number, its id, and its hold.
    pub(super) messages: Vec<(u64, String, Hold)>,
}

impl Given {
    /// The messages, if nobody has deleted one of them or changed its visibility.
    pub(super) fn unchanged<'m>(
        &self,
        find: impl Fn(u64) -> Option<&'m Message>,
    ) -> Option<Vec<(u64, &'m Message)>> {
        let as_given = |(sequence, id, hold): &(u64, String, Hold)| {
            let message = find(*sequence).filter(|message| &message.id == id)?;
            (message.hold == Some(*hold)).then_some((*sequence, message))
        };
        self.messages.iter().map(as_given).collect()
    }
}

/// As receivers see it.
pub(super) fn sequence_number(sequence: u64) -> String {
    format!("{sequence:020}")
}
