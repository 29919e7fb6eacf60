//! The figures, computed from the record and the comparison. Every name includes its unit.

use std::collections::{BTreeMap, BTreeSet};

use quittance::domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::compare::{Kind, Offence};
use crate::options::Options;
use crate::record::{Open, Record};
use crate::settle::Rest;
use crate::world::{Object, word};

const MINUTE_MS: u64 = 60_000;

#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) command: String,
    pub(crate) date: String,
    pub(crate) processors: usize,
    pub(crate) debug_build: bool,
    pub(crate) interrupted: bool,
    pub(crate) profile: &'static str,
    pub(crate) seed: u64,
    pub(crate) clients: u64,
    pub(crate) traffic_seconds: u64,
    pub(crate) requests: u64,
    pub(crate) answers_by_class: BTreeMap<String, u64>,
    pub(crate) orders: usize,
    pub(crate) payments_at_the_gateway: usize,
    pub(crate) captures: usize,
    pub(crate) refunds: usize,
    pub(crate) kills: usize,
    pub(crate) kills_by_function: BTreeMap<String, u64>,
    pub(crate) crashes_under_a_request: u64,
    pub(crate) failures_without_a_kill: u64,
    pub(crate) panics: usize,
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
    pub(crate) invented: usize,
    pub(crate) offences: Vec<Offence>,
    pub(crate) payments_for_a_person: usize,
    pub(crate) unfinished: BTreeMap<String, u64>,
    pub(crate) crash_to_consistent: Times,
    pub(crate) capture_to_confirmation: Times,
    pub(crate) messages: u64,
    pub(crate) messages_received_again: u64,
    pub(crate) messages_sent_again: u64,
    pub(crate) wire_duplicates_per_million: u64,
    pub(crate) consumer_effects: u64,
    pub(crate) consumer_effects_beyond_one_per_million: u64,
    pub(crate) unknown_outcomes: usize,
    pub(crate) unknown_outcomes_settled: Times,
    pub(crate) unknown_outcomes_settled_within_1_min_percent: u64,
    pub(crate) rest_real_seconds: u64,
    pub(crate) rest_clock_moved_seconds: i64,
    pub(crate) rest_sweeps: u64,
    pub(crate) latency_by_route: BTreeMap<&'static str, Times>,
}

/// Percentiles over this many values, in milliseconds.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Times {
    pub(crate) count: usize,
    pub(crate) p50_ms: u64,
    pub(crate) p99_ms: u64,
    pub(crate) max_ms: u64,
}

/// The results of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) interrupted: bool,
    pub(crate) traffic_seconds: u64,
    pub(crate) orders: usize,
    pub(crate) payments_for_a_person: usize,
    pub(crate) truth: Vec<Value>,
    pub(crate) inbox: Vec<Value>,
    pub(crate) offences: Vec<Offence>,
    pub(crate) rest: Rest,
    pub(crate) panics: Vec<String>,
}

impl Figures {
    pub(crate) fn of(options: &Options, record: &Record, outcome: &Outcome) -> Self {
        let objects: Vec<Object> = outcome.truth.iter().map(Object::read).collect();
        let count = |kind| outcome.offences.iter().filter(|o| o.kind == kind).count();
        let wire = Wire::of(record, &outcome.inbox);
        let unknown = settled(&record.unknown);
        let in_time = unknown.iter().filter(|took_ms| **took_ms <= MINUTE_MS).count();
        let mut kills_by_function = BTreeMap::new();
        for kill in &record.kills {
            *kills_by_function.entry(kill.function.clone()).or_default() += 1;
        }
        let latencies = record.latencies_ms.iter();
        Self {
            command: options.command(),
            date: now(),
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            debug_build: cfg!(debug_assertions),
            interrupted: outcome.interrupted,
            profile: options.profile.name(),
            seed: options.seed,
            clients: options.clients,
            traffic_seconds: outcome.traffic_seconds,
            requests: record.requests,
            answers_by_class: record.answers.clone(),
            orders: outcome.orders,
            payments_at_the_gateway: objects.len(),
            captures: objects.iter().filter(|object| object.captured > 0).count(),
            refunds: objects.iter().map(|object| object.refunds.len()).sum(),
            kills: record.kills.len(),
            kills_by_function,
            crashes_under_a_request: record.crashes,
            failures_without_a_kill: record.unexplained,
            panics: outcome.panics.len(),
            lost: count(Kind::Lost),
            doubled: count(Kind::Doubled),
            invented: count(Kind::Invented),
            offences: outcome.offences.clone(),
            payments_for_a_person: outcome.payments_for_a_person,
            unfinished: outcome.rest.unfinished.clone(),
            crash_to_consistent: Times::of(settled(&record.cut)),
            capture_to_confirmation: Times::of(confirmed_after(record, &outcome.truth)),
            messages: wire.messages,
            messages_received_again: wire.received_again,
            messages_sent_again: wire.sent_again,
            wire_duplicates_per_million: per_million(wire.received_again, wire.messages),
            consumer_effects: wire.effects,
            consumer_effects_beyond_one_per_million: per_million(wire.beyond_one, wire.effects),
            unknown_outcomes: record.unknown.len(),
            unknown_outcomes_settled_within_1_min_percent: percent(in_time, record.unknown.len()),
            unknown_outcomes_settled: Times::of(unknown),
            rest_real_seconds: outcome.rest.real.as_secs(),
            rest_clock_moved_seconds: outcome.rest.moved_seconds,
            rest_sweeps: outcome.rest.sweeps,
            latency_by_route: latencies.map(|(r, ms)| (*r, Times::of(ms.clone()))).collect(),
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        let offences = self.lost + self.doubled + self.invented + self.panics;
        offences == 0
            && self.consumer_effects_beyond_one_per_million == 0
            && self.unfinished.is_empty()
    }
}

impl Times {
    pub(crate) fn of(mut all_ms: Vec<u64>) -> Self {
        all_ms.sort_unstable();
        // The smallest value that this percentage of all values does not exceed.
        let at = |percent: usize| {
            let rank = (all_ms.len() * percent).div_ceil(100).max(1);
            all_ms.get(rank - 1).copied().unwrap_or_default()
        };
        Self { count: all_ms.len(), p50_ms: at(50), p99_ms: at(99), max_ms: at(100) }
    }
}

/// Messages sent to the shop and to the two queues.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wire {
    /// Distinct confirmations, per target.
    messages: u64,
    received_again: u64,
    /// Sent to a queue twice, outside its deduplication window.
    sent_again: u64,
    effects: u64,
    beyond_one: u64,
}

impl Wire {
    fn of(record: &Record, inbox: &[Value]) -> Self {
        let mut wire = Self::default();
        for queue in record.queues.values() {
            let distinct = length(queue.confirmations.len());
            wire.messages += distinct;
            wire.received_again += queue.received - distinct;
            wire.sent_again += length(queue.messages.len()) - distinct;
            wire.effects += queue.effects.values().sum::<u64>();
            wire.beyond_one += queue.effects.values().map(|times| times - 1).sum::<u64>();
        }
        let facts: BTreeSet<String> = inbox.iter().map(fact).collect();
        let received: u64 = inbox.iter().filter_map(|shown| shown["count"].as_u64()).sum();
        wire.messages += length(inbox.len());
        wire.received_again += received - length(inbox.len());
        wire.effects += length(inbox.len());
        wire.beyond_one += length(inbox.len() - facts.len());
        wire
    }
}

fn fact(shown: &Value) -> String {
    crate::world::Confirmation::read("deliveries", &shown["body"]).fact()
}

fn settled(all: &[Open]) -> Vec<u64> {
    let took = |open: &Open| u64::try_from(open.until_ms? - open.since_ms).ok();
    all.iter().filter_map(took).collect()
}

/// The times from each capture at the gateway to the arrival of `payment.completed` in a queue of the
/// merchant, both by the stack's clock.
fn confirmed_after(record: &Record, truth: &[Value]) -> Vec<u64> {
    let mut arrived: BTreeMap<&str, i64> = BTreeMap::new();
    let confirmations = record.queues.values().flat_map(|queue| queue.confirmations.values());
    for (at_ms, confirmation) in confirmations.filter(|(_, it)| it.kind == "payment.completed") {
        let first = arrived.entry(&confirmation.payment).or_insert(*at_ms);
        *first = (*first).min(*at_ms);
    }
    let took = |object: &Value| {
        let captured_ms = unix_ms(&word(&object["captures"][0], "captured_at"))?;
        let arrived_ms = arrived.get(object["reference"].as_str()?)?;
        // The page answers before the gateway's clock is read for the event, so the difference could be
        // negative.
        u64::try_from(arrived_ms.saturating_sub(captured_ms).max(0)).ok()
    };
    truth.iter().filter_map(took).collect()
}

fn unix_ms(text: &str) -> Option<i64> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok()
}

fn now() -> String {
    Timestamp::from_unix(dev_stack::clock::machine_ms().div_euclid(1000)).rfc3339()
}

fn per_million(part: u64, whole: u64) -> u64 {
    part.saturating_mul(1_000_000).checked_div(whole).unwrap_or_default()
}

fn percent(part: usize, whole: usize) -> u64 {
    length(part).saturating_mul(100).checked_div(length(whole)).unwrap_or(100)
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::Confirmation;

    #[test]
    fn times_are_ranked() {
        assert_eq!(Times::of(Vec::new()), Times::default());
        let times = Times::of((1..=200).rev().collect());
        assert_eq!((times.count, times.p50_ms, times.p99_ms, times.max_ms), (200, 100, 198, 200));
    }

    #[test]
    fn repeats_and_second_effects_are_counted() {
        let confirmation = |id: &str| Confirmation {
            id: id.to_owned(),
            kind: "payment.completed".to_owned(),
            order: "ORD_1".to_owned(),
            ..Confirmation::default()
        };
        let mut record = Record::default();
        let queue = record.queues.entry("fulfilment").or_default();
        // Delivered again, sent again, and then confirmed under another id.
        for (message, id) in [("m1", "msg_1"), ("m1", "msg_1"), ("m2", "msg_1"), ("m3", "msg_2")] {
            queue.receive(message, 0, confirmation(id));
        }
        let body = json!({ "type": "payment.completed", "data": { "order_id": "ORD_1" } });
        let inbox = [json!({ "count": 3, "body": body }), json!({ "count": 1, "body": body })];
        let wire = Wire::of(&record, &inbox);
        let wanted =
            Wire { messages: 4, received_again: 4, sent_again: 1, effects: 4, beyond_one: 2 };
        assert_eq!(wire, wanted);
    }

    #[test]
    fn the_time_from_capture_to_confirmation_is_measured() {
        let mut record = Record::default();
        let confirmation = Confirmation {
            id: "msg_1".to_owned(),
            kind: "payment.completed".to_owned(),
            payment: "PAY_1".to_owned(),
            ..Confirmation::default()
        };
        let queue = record.queues.entry("fulfilment").or_default();
        queue.receive("m1", 1_795_165_201_750, confirmation);
        let captured_at = "2026-11-20T09:00:00.500Z";
        let truth = [json!({ "reference": "PAY_1", "captures": [{ "captured_at": captured_at }] })];
        assert_eq!(confirmed_after(&record, &truth), [1250]);
    }
}
