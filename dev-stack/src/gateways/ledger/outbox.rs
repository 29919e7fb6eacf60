//! Webhooks that were not yet acknowledged: each is sent again, at growing intervals, until a 2xx.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::gateways::stub::{Proof, Stub};

/// How many are out at once. A slow receiver holds up the rest, as with real gateways.
const IN_FLIGHT_MAX: usize = 64;
const FIRST_RETRY_MS: i64 = 1_000;
const RETRY_MS_MAX: i64 = 300_000;
/// Some 83 hours of `RETRY_MS_MAX`, after which gateways give up.
const ATTEMPTS_MAX: u32 = 1_000;

/// One webhook request to be made now. Report its result to `Core::delivered`.
#[derive(Clone)]
pub struct Delivery {
    pub id: u64,
    /// The same for every attempt and duplicate of one event.
    pub event_id: String,
    pub reference: String,
    /// Content type, event id, and the proof of the sender.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// Without the headers: a proof that is always the same is a secret.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("event_id", &self.event_id)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

/// A webhook as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) event_id: String,
    pub(crate) reference: String,
    pub(crate) body: String,
    /// `None`: held back.
    pub(crate) due_at: Option<i64>,
    pub(crate) attempts: u32,
    /// Whether the newest of several that are due goes first.
    pub(crate) reversed: bool,
    pub(crate) bad_signature: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: BTreeMap<u64, Waiting>,
    /// Never reused, so that a report about one delivery cannot acknowledge another.
    next_id: u64,
    /// Sent and not yet reported back. A crash forgets them: delivery is at least once.
    in_flight: BTreeSet<u64>,
}

/// What a report changed.
pub(crate) enum Reported {
    /// Acknowledged, or given up.
    Done,
    Again(Waiting),
    /// Not in flight: nothing changes.
    Unknown,
}

impl Outbox {
    pub(crate) fn restore(waiting: BTreeMap<u64, Waiting>) -> Self {
        Self {
            next_id: waiting.last_key_value().map_or(0, |(last, _)| last.saturating_add(1)),
            waiting,
            in_flight: BTreeSet::new(),
        }
    }

    pub(crate) fn add(&mut self, waiting: Waiting) -> u64 {
        let id = self.next_id;
        self.next_id = id.saturating_add(1);
        self.waiting.insert(id, waiting);
        id
    }

    /// Takes the due webhooks, earliest first.
    pub(crate) fn take(&mut self, now: i64) -> Vec<(u64, Waiting)> {
        let due = |waiting: &Waiting| waiting.due_at.is_some_and(|at| at <= now);
        let mut taken: Vec<(u64, Waiting)> = self
            .waiting
            .iter()
            .filter(|(id, waiting)| due(waiting) && !self.in_flight.contains(id))
            .map(|(id, waiting)| (*id, waiting.clone()))
            .collect();
        taken.sort_by_key(|(id, waiting)| {
            let rank = i64::try_from(*id).unwrap_or(i64::MAX);
            (waiting.due_at, if waiting.reversed { -rank } else { rank })
        });
        taken.truncate(IN_FLIGHT_MAX.saturating_sub(self.in_flight.len()));
        self.in_flight.extend(taken.iter().map(|(id, _)| *id));
        taken
    }

    pub(crate) fn next_due_at(&self) -> Option<i64> {
        let idle = self.waiting.iter().filter(|(id, _)| !self.in_flight.contains(id));
        idle.filter_map(|(_, waiting)| waiting.due_at).min()
    }

    pub(crate) fn report(&mut self, id: u64, status: Option<StatusCode>, now: i64) -> Reported {
        if !self.in_flight.remove(&id) {
            return Reported::Unknown;
        }
        let Some(waiting) = self.waiting.get_mut(&id) else {
            return Reported::Unknown;
        };
        waiting.attempts = waiting.attempts.saturating_add(1);
        let acknowledged = status.is_some_and(|status| status.is_success());
        if acknowledged || waiting.attempts >= ATTEMPTS_MAX {
            self.waiting.remove(&id);
            return Reported::Done;
        }
        waiting.due_at = Some(now.saturating_add(retry_ms(waiting.attempts)));
        Reported::Again(waiting.clone())
    }

    /// Makes all waiting webhooks due now, whether held, late or backing off.
    pub(crate) fn release(&mut self, reference: Option<&str>, now: i64) -> Vec<(u64, Waiting)> {
        let mut released = Vec::new();
        for (id, waiting) in &mut self.waiting {
            let asked = reference.is_none_or(|reference| waiting.reference == reference);
            if asked && !self.in_flight.contains(id) {
                waiting.due_at = Some(now);
                released.push((*id, waiting.clone()));
            }
        }
        released
    }
}

impl Waiting {
    pub(crate) fn into_delivery(self, id: u64, stub: &dyn Stub, now: i64) -> Delivery {
        let proof = if self.bad_signature { Proof::Forged } else { Proof::Genuine };
        Delivery {
            id,
            headers: stub.headers(&self.event_id, &self.body, now, proof),
            event_id: self.event_id,
            reference: self.reference,
            body: Bytes::from(self.body),
        }
    }
}

/// 1 s, 2 s, 4 s … 5 min.
fn retry_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_RETRY_MS.saturating_mul(1 << doublings).min(RETRY_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::retry_ms;

    #[test]
    fn retries_double_up_to_five_minutes() {
        let waits: Vec<i64> = [1, 2, 3, 9, 10, 999].into_iter().map(retry_ms).collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
    }
}
