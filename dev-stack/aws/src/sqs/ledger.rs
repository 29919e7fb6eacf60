//! All queues; every change is decided as a list of edits that reach the disk before the memory.

use std::collections::BTreeMap;

use super::error::SqsError;
use super::message::Message;
use super::queue::{Queue, Record, Sent};
use super::task::Move;
use crate::disk::{Change, Disk, DiskError};

pub(super) const QUEUES: &str = "sqs_queues";
const MESSAGES: &str = "sqs_messages";
const SENT: &str = "sqs_sent";
const MOVES: &str = "sqs_moves";

#[derive(Debug)]
pub(super) struct Ledger {
    queues: BTreeMap<String, Queue>,
    /// In the order in which they were started.
    moves: BTreeMap<u64, Move>,
    last_sequence: u64,
    disk: Disk,
}

/// One change of one thing, in the queue named first.
#[derive(Debug)]
pub(super) enum Edit {
    Queue(String, Record),
    Message(String, u64, Message),
    MessageGone(String, u64),
    Sent(String, String, Sent),
    SentGone(String, String),
    /// Belongs to more than one queue.
    Move(u64, Move),
}

impl Ledger {
    pub(super) fn restore(disk: Disk) -> Result<Self, DiskError> {
        let records = disk.all::<Record>(QUEUES)?;
        let mut queues: BTreeMap<String, Queue> =
            records.into_iter().map(|(name, record)| (name, Queue::new(record))).collect();
        let mut last_sequence = 0;
        for (key, message) in disk.all::<Message>(MESSAGES)? {
            // Without its queue, nothing could read it.
            let Some((queue, sequence)) = entry(&mut queues, &key) else {
                continue;
            };
            let sequence = sequence.parse().unwrap_or_default();
            last_sequence = last_sequence.max(sequence);
            queue.messages.insert(sequence, message);
        }
        for (key, sent) in disk.all::<Sent>(SENT)? {
            let Some((queue, key)) = entry(&mut queues, &key) else {
                continue;
            };
            last_sequence = last_sequence.max(sent.sequence);
            queue.remember(key.to_owned(), sent);
        }
        queues.values_mut().for_each(Queue::sort_sent);
        let mut moves = BTreeMap::new();
        for (key, task) in disk.all::<Move>(MOVES)? {
            let sequence = key.parse().unwrap_or_default();
            last_sequence = last_sequence.max(sequence);
            moves.insert(sequence, task);
        }
        Ok(Self { queues, moves, last_sequence, disk })
    }

    pub(super) fn queue(&self, name: &str) -> Result<&Queue, SqsError> {
        self.queues.get(name).ok_or(SqsError::QueueDoesNotExist)
    }

    pub(super) fn queues(&self) -> &BTreeMap<String, Queue> {
        &self.queues
    }

    pub(super) fn moves(&self) -> &BTreeMap<u64, Move> {
        &self.moves
    }

    /// Always rises. After a restart it continues above every number still known, and it is compared with no
    /// others.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.last_sequence += 1;
        self.last_sequence
    }

    /// Applies all edits or none. After `Ok` they survive the death of the process.
    pub(super) fn commit(&mut self, edits: Vec<Edit>) -> Result<(), SqsError> {
        let changes: Result<Vec<Change>, DiskError> = edits.iter().map(Edit::change).collect();
        self.disk.write(&changes?)?;
        for edit in edits {
            self.apply(edit);
        }
        Ok(())
    }

    fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Queue(name, record) => match self.queues.get_mut(&name) {
                Some(queue) => queue.record = record,
                None => drop(self.queues.insert(name, Queue::new(record))),
            },
            Edit::Message(name, sequence, message) => self.change(&name, |queue| {
                queue.messages.insert(sequence, message);
            }),
            Edit::MessageGone(name, sequence) => self.change(&name, |queue| {
                queue.messages.remove(&sequence);
            }),
            Edit::Sent(name, key, sent) => self.change(&name, |queue| queue.remember(key, sent)),
            Edit::SentGone(name, key) => self.change(&name, |queue| queue.forget(&key)),
            Edit::Move(sequence, task) => drop(self.moves.insert(sequence, task)),
        }
    }

    pub(super) fn change(&mut self, name: &str, change: impl FnOnce(&mut Queue)) {
        if let Some(queue) = self.queues.get_mut(name) {
            change(queue);
        }
    }
}

impl Edit {
    fn change(&self) -> Result<Change, DiskError> {
        Ok(match self {
            Self::Queue(name, record) => Change::put(QUEUES, name, record)?,
            Self::Message(name, sequence, message) => {
                Change::put(MESSAGES, message_key(name, *sequence), message)?
            }
            Self::MessageGone(name, sequence) => {
                Change::remove(MESSAGES, message_key(name, *sequence))
            }
            Self::Sent(name, key, sent) => Change::put(SENT, format!("{name}/{key}"), sent)?,
            Self::SentGone(name, key) => Change::remove(SENT, format!("{name}/{key}")),
            Self::Move(sequence, task) => Change::put(MOVES, format!("{sequence:020}"), task)?,
        })
    }
}

fn message_key(queue: &str, sequence: u64) -> String {
    format!("{queue}/{sequence:020}")
}

/// Splits a stored key; no queue's name has a slash.
fn entry<'q, 'k>(
    queues: &'q mut BTreeMap<String, Queue>,
    key: &'k str,
) -> Option<(&'q mut Queue, &'k str)> {
    let (name, rest) = key.split_once('/')?;
    Some((queues.get_mut(name)?, rest))
}
