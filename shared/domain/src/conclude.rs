//! `conclude` prepares a changed image for writing. Every write of an order goes through it, so debts,
//! confirmations, history and the wake-up time always belong to the same write as the change.

use serde_json::{Map, Value, json};

use super::attempt::Failure;
use super::capabilities::Rules;
use super::changes::{Event, EventKind, changes};
use super::digest::digest;
use super::id::{OrderId, message_id};
use super::ledger::Operation;
use super::names::Nonce;
use super::obligations::settle_obligations;
use super::order::{HISTORY_MAX, HistoryEntry, Order, Outgoing, Source, State};
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::redact::stay_redacted;
use super::status::{DisputeStatus, PaymentStatus, RefundStatus};
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
const DAY_SHARDS: u32 = 16;

/// Who writes, when, and from which source.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub now: Timestamp,
    pub source: Source,
    pub nonce: Nonce,
    /// The caller who asked for the change, if any.
    pub by: Option<String>,
    /// The id of the request being served; confirmations carry it.
    pub request: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Concluded {
    pub order: Order,
    pub events: Vec<Event>,
}

/// `None` if nothing changed and there is nothing to write.
pub fn conclude(
    before: &Order,
    mut after: Order,
    rules: &Rules,
    occasion: &Occasion,
) -> Option<Concluded> {
    let now = occasion.now;
    settle_obligations(&mut after, rules, now);
    stay_redacted(&mut after);
    if &after == before {
        return None;
    }
    name_who_asked(before, &mut after, occasion);
    let events = changes(before, &after);
    for (n, event) in events.iter().enumerate() {
        let sequence =
            before.version.saturating_mul(1000).saturating_add(n.try_into().unwrap_or(999));
        announce(&mut after, event, sequence, rules, occasion);
        remember(&mut after, event, occasion);
    }
    if !events.is_empty() {
        after.polls = 0;
    }
    if let (None, Some(day)) = (&after.day_s, after.day_at) {
        let shard = shard_of(&after.id, DAY_SHARDS);
        after.day_s = Some(format!("{}#{shard}", day.date()));
    }
    set_due(&mut after, rules, now);
    after.version = before.version.saturating_add(1);
    after.writer = occasion.nonce.clone();
    Some(Concluded { order: after, events })
}

/// The due time is set exactly while there is unfinished work: the sweep finds orders by it alone.
pub fn set_due(order: &mut Order, rules: &Rules, now: Timestamp) {
    order.due_at = next_due(order, now).map(|due| due.round_up(DUE_STEP_SECONDS));
    order.due_s = order.due_at.map(|_| shard_of(&order.id, rules.due_shards));
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
    let unproven = |op: &&Operation| op.phase().is_unproven() && !op.for_review;
    for op in order.operations.values().filter(unproven) {
        let asked = || op.lease.unwrap_or_else(|| ask_again(op.sent_at, retry, now));
        let sendable = op.sends == 0 && !order.waits_for_a_dispute(op);
        due.push(if sendable { now } else { asked() });
    }
    if order.refunds.values().any(|refund| refund.phase() == OperationPhase::Pending)
        || !order.ask.is_empty()
        || has_stray_authorization(order)
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
    let telling = [SETTLE_SECONDS, NETWORK_SECONDS_MAX]
        .into_iter()
        .filter_map(|seconds| Some(sent_at?.plus(seconds)))
        .find(|at| *at > now);
    telling.map_or(retry, |telling| retry.min(telling))
}

/// Whether an ended attempt still holds an authorization: it is watched until it is voided or lapses.
fn has_stray_authorization(order: &Order) -> bool {
    order.attempts.values().any(|attempt| {
        !attempt.phase().is_live() && attempt.objects.keys().any(|object| attempt.holds(object))
    })
}

fn backoff(order: &Order) -> i64 {
    let step = usize::try_from(order.polls).unwrap_or(usize::MAX).min(BACKOFF_SECONDS.len() - 1);
    let base = BACKOFF_SECONDS.get(step).copied().unwrap_or(86_400);
    // Spread by id, so that orders that failed together do not come back together.
    base + i64::from(shard_of(&order.id, 100)) * base / 1000
}

/// The order's shard of an index, computed from its id alone.
pub fn shard_of(id: &OrderId, shards: u32) -> u32 {
    let [a, b, c, d, ..] = digest(&["quittance/shard/1", id.as_str()]);
    u32::from_be_bytes([a, b, c, d]) % shards.max(1)
}

fn announce(order: &mut Order, event: &Event, sequence: u64, rules: &Rules, occasion: &Occasion) {
    if !event.kind.is_announced() || rules.targets.is_empty() {
        return;
    }
    let id = message_id(&order.id, &event.discriminator());
    let body = json!({
        "id": id,
        "type": event.kind.what(),
        "timestamp": occasion.now.rfc3339(),
        "data": data(order, event, rules, occasion.now),
    });
    let targets = rules.targets.iter().cloned().collect();
    let request = occasion.request.clone();
    order.outbox.insert(id, Outgoing { sequence, body: body.to_string(), targets, request });
}

/// `status` is the status of the subject that the type names; the others have their own members.
fn data(order: &Order, event: &Event, rules: &Rules, now: Timestamp) -> Value {
    let order_status = order.status(now).as_str();
    let mut members = Map::new();
    let mut tell = |name: &str, value: Value| members.insert(name.to_owned(), value);
    tell("order_id", json!(order.id));
    tell("order_status", json!(order_status));
    tell("status", json!(order_status));
    tell("amount", json!(event.amount.amount_minor));
    tell("currency", json!(event.amount.currency));
    tell("metadata", json!(order.details.metadata));
    tell("live", json!(rules.live));
    if let Some(reference) = &order.details.reference {
        tell("reference", json!(reference));
    }
    let payment = event.payment.as_ref().and_then(|id| order.attempts.get_key_value(id));
    if let Some((id, attempt)) = payment {
        let status = order.payment_status(id, attempt);
        tell("payment_id", json!(id));
        tell("payment_status", json!(status));
        tell("status", json!(status));
        tell("gateway", json!(attempt.gateway));
        tell("live", json!(attempt.live));
        if let (PaymentStatus::Failed, Some(why)) = (status, &attempt.failure) {
            tell("failure", failure(why));
        }
    }
    if let Some(refund) = &event.refund {
        tell("refund_id", json!(refund.id));
        tell("reason", json!(refund.reason));
        if event.kind != EventKind::OperationReview {
            tell("status", json!(refund.status));
        }
        if let (RefundStatus::Failed, Some(why)) = (refund.status, &refund.failure) {
            tell("failure", failure(why));
        }
    }
    let dispute = event.dispute.as_ref().and_then(|id| order.disputes.get_key_value(id));
    if let Some((id, dispute)) = dispute {
        tell("dispute_id", json!(id));
        let opened = event.kind == EventKind::DisputeOpened;
        let phase = if opened { DisputePhase::Open } else { dispute.phase() };
        tell("status", json!(DisputeStatus::from(phase)));
        if let Some(reason) = &dispute.reason {
            tell("reason", json!(reason));
        }
        if let Some(until) = dispute.respond_by {
            tell("respond_by", json!(until.rfc3339()));
        }
    }
    Value::Object(members)
}

fn failure(why: &Failure) -> Value {
    json!({ "code": why.code, "message": why.message })
}

/// New operations keep the caller, including those owed because of the caller's request. History forgets
/// old entries; operations stay.
fn name_who_asked(before: &Order, after: &mut Order, occasion: &Occasion) {
    for (id, op) in &mut after.operations {
        if !before.operations.contains_key(id) {
            op.by.clone_from(&occasion.by);
        }
    }
}

fn remember(order: &mut Order, event: &Event, occasion: &Occasion) {
    order.history.push(HistoryEntry {
        at: occasion.now,
        source: occasion.source,
        what: event.kind.what().to_owned(),
        attempt: event.payment.clone(),
        by: occasion.by.clone(),
    });
    let surplus = order.history.len().saturating_sub(HISTORY_MAX);
    order.history.drain(..surplus);
}
