//! One queue: its messages in order, which of them may be given out now, and what was sent lately.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::message::{Given, Message};
use super::settings::{DELAY, RETENTION, Settings};

/// How long a sent deduplication id is remembered.
pub(super) const DEDUPLICATION_MS: i64 = 5 * 60 * 1000;

/// The stored state of a queue besides its messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) settings: Settings,
    pub(super) created_ms: i64,
    pub(super) modified_ms: i64,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) record: Record,
    /// By sequence number, which also orders each group.
    pub(super) messages: BTreeMap<u64, Message>,
    sent: BTreeMap<String, Sent>,
    /// The same, oldest first, so that forgetting costs no search.
    sent_order: VecDeque<(i64, String)>,
    pub(super) purged_ms: Option<i64>,
    /// The answer to each token of a receive. In memory only: a lost answer is requested again at once or not
    /// at all.
    pub(super) given: BTreeMap<String, Given>,
}

/// The answer to a repeated deduplication id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sent {
    pub(super) message_id: String,
    pub(super) sequence: u64,
    pub(super) at_ms: i64,
}

impl Queue {
    pub(super) fn new(record: Record) -> Self {
        Self {
            record,
            messages: BTreeMap::new(),
            sent: BTreeMap::new(),
            sent_order: VecDeque::new(),
            purged_ms: None,
            given: BTreeMap::new(),
        }
    }

    pub(super) fn is_fifo(&self) -> bool {
        self.record.settings.is_fifo()
    }

    /// The messages that may be given out now, in that order. For a FIFO queue: whole groups, the oldest
    /// first, and none of a group that has one in flight. Looks at every message each time, because the
    /// queues of a laptop are short.
    pub(super) fn available(&self, now_ms: i64) -> Vec<u64> {
        let mut locked: BTreeSet<&str> = BTreeSet::new();
        let mut oldest: BTreeMap<&str, u64> = BTreeMap::new();
        let mut found: Vec<(u64, u64)> = Vec::new();
        if self.is_fifo() {
            let in_flight = self.messages.values().filter(|message| message.is_in_flight(now_ms));
            locked.extend(in_flight.filter_map(|message| message.group.as_deref()));
        }
        for (&sequence, message) in &self.messages {
            let waits = message.is_in_flight(now_ms) || message.is_delayed(now_ms);
            match message.group.as_deref().filter(|_| self.is_fifo()) {
                Some(group) if locked.contains(group) => {}
                // Nothing overtakes within a group.
                Some(group) if waits => drop(locked.insert(group)),
                Some(group) => found.push((*oldest.entry(group).or_insert(sequence), sequence)),
                None if waits => {}
                None => found.push((sequence, sequence)),
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, sequence)| sequence).collect()
    }

    /// The messages whose retention period has ended.
    pub(super) fn expired(&self, now_ms: i64) -> Vec<u64> {
        let retention_ms = self.record.settings.number(&RETENTION) * 1000;
        let is_old = |message: &Message| message.retained_from_ms + retention_ms <= now_ms;
        let old = self.messages.iter().filter(|(_, message)| is_old(message));
        old.map(|(&sequence, _)| sequence).collect()
    }

    pub(super) fn delay_ms(&self) -> i64 {
        self.record.settings.number(&DELAY) * 1000
    }

    /// Waiting, in flight, delayed.
    pub(super) fn counts(&self, now_ms: i64) -> [usize; 3] {
        let count = |is: &dyn Fn(&Message) -> bool| {
            self.messages.values().filter(|message| is(message)).count()
        };
        let in_flight = count(&|message| message.is_in_flight(now_ms));
        let delayed = count(&|message| message.is_delayed(now_ms));
        [self.messages.len().saturating_sub(in_flight + delayed), in_flight, delayed]
    }

    /// The message that was sent under this key within the deduplication window.
    pub(super) fn duplicate_of(&self, key: &str, now_ms: i64) -> Option<&Sent> {
        self.sent.get(key).filter(|sent| now_ms - sent.at_ms < DEDUPLICATION_MS)
    }

    /// The keys that are older than the window.
    pub(super) fn forgettable(&self, now_ms: i64) -> Vec<String> {
        let is_old = |at_ms: i64| now_ms - at_ms >= DEDUPLICATION_MS;
        let old = self.sent_order.iter().take_while(|(at_ms, _)| is_old(*at_ms));
        old.map(|(_, key)| key.clone()).collect()
    }

    pub(super) fn remember(&mut self, key: String, sent: Sent) {
        self.sent_order.push_back((sent.at_ms, key.clone()));
        self.sent.insert(key, sent);
    }

    /// `key` is the oldest: see `forgettable`.
    pub(super) fn forget(&mut self, key: &str) {
        self.sent_order.pop_front();
        self.sent.remove(key);
    }

    /// After a restart the keys come by name.
    pub(super) fn sort_sent(&mut self) {
        self.sent_order.make_contiguous().sort_unstable();
    }
}
