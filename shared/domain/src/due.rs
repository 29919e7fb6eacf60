//! When somebody comes back to an order: the time of its next look, and its share of the index.

use super::attempt::{Attempt, LEASE_SECONDS};
use super::capabilities::Rules;
use super::digest::digest;
use super::id::OrderId;
use super::order::{Order, State};
use super::phase::{OperationPhase, Phase};
use super::time::Timestamp;

/// Wake-up times are rounded up to a multiple of this, so that most writes leave the index alone.
const DUE_STEP_SECONDS: i64 = 10;
/// How far a gateway's look-up may lag behind its own answer: until then, absence proves nothing.
pub const SETTLE_SECONDS: i64 = 60;
/// No request stays in the network longer. After this time a refused repeat proves that the first send
/// failed, and an object that was not found will never appear.
pub const NETWORK_SECONDS_MAX: i64 = 15 * 60;
/// Intervals between look-ups while the gateway shows nothing new.
const BACKOFF_SECONDS: [i64; 8] = [30, 60, 120, 300, 900, 3600, 21_600, 86_400];

/// The due time is set exactly while there is unfinished work: the sweep finds orders by it alone.
pub fn set_due(order: &mut Order, rules: &Rules, now: Timestamp) {
    order.due_at = next_due(order, now).map(|due| due.round_up(DUE_STEP_SECONDS));
    order.due_s = order.due_at.map(|_| shard_of(&order.id, rules.due_shards));
}

/// When an order is due whose attempt was claimed at `now`: once the lease of the attempt's owner has ended.
pub fn due_after_claim(now: Timestamp) -> Timestamp {
    now.plus(LEASE_SECONDS).round_up(DUE_STEP_SECONDS)
}

fn next_due(order: &Order, now: Timestamp) -> Option<Timestamp> {
    let retry = now.plus(backoff(order));
    let mut due = Vec::new();
    if !order.outbox.is_empty() {
        due.push(now);
    }
    if let Some((_, attempt)) = order.live_attempt() {
        let sent = Some(attempt.sent_at).filter(|_| attempt.phase() <= Phase::Unknown);
        due.push(attempt.lease.unwrap_or_else(|| ask_again(sent, retry, now)));
    }
    for op in order.operations.values().filter(|op| op.is_open()) {
        let asked = || op.lease.unwrap_or_else(|| ask_again(op.sent_at, retry, now));
        let sendable = op.sends == 0 && !order.waits_for_a_dispute(op);
        due.push(if sendable { now } else { asked() });
    }
    if order.refunds.values().any(|refund| refund.phase() == OperationPhase::Pending)
        || !order.ask.is_empty()
        || order.attempts.values().any(Attempt::has_stray_authorization)
    {
        due.push(retry);
    }
    if order.state == State::Open && order.ending.is_none() {
        due.push(order.expires_at);
    }
    due.into_iter().min()
}

/// A sent request is looked up as soon as its absence can prove something, no matter how many look-ups came
/// before.
fn ask_again(sent_at: Option<Timestamp>, retry: Timestamp, now: Timestamp) -> Timestamp {
    let conclusive_at = [SETTLE_SECONDS, NETWORK_SECONDS_MAX]
        .into_iter()
        .filter_map(|seconds| Some(sent_at?.plus(seconds)))
        .find(|at| *at > now);
    conclusive_at.map_or(retry, |at| retry.min(at))
}

fn backoff(order: &Order) -> i64 {
    let step = usize::try_from(order.polls).unwrap_or(usize::MAX);
    let [.., longest] = BACKOFF_SECONDS;
    let base = BACKOFF_SECONDS.get(step).copied().unwrap_or(longest);
    // Spread by id, so that orders that failed together do not come back together.
    base + i64::from(shard_of(&order.id, 100)) * base / 1000
}

/// The order's shard of an index, computed from its id alone.
pub fn shard_of(id: &OrderId, shards: u32) -> u32 {
    let [a, b, c, d, ..] = digest(&["quittance/shard/1", id.as_str()]);
    u32::from_be_bytes([a, b, c, d]) % shards.max(1)
}
