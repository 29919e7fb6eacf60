//! `conclude` prepares a changed image for writing. Every change of an image goes through it, so debts,
//! confirmations, history and the wake-up time always belong to the same write as the change. Three writes
//! have no image before them: the creation and the claim with a key, which owe nothing but a due time, and
//! the postponement of due work.

use super::capabilities::Rules;
use super::changes::{Event, changes};
use super::confirmation::announce;
use super::due::{set_due, shard_of};
use super::history::HistoryEntry;
use super::obligations::settle_obligations;
use super::occasion::Occasion;
use super::order::{HISTORY_MAX, Order};
use super::redact::stay_redacted;

const DAY_SHARDS: u32 = 16;
/// The messages of a write are numbered from its version times this, after those of every earlier write.
const SEQUENCE_STEP: u64 = 1000;

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
        let n = n.try_into().unwrap_or(SEQUENCE_STEP - 1);
        let sequence = before.version.saturating_mul(SEQUENCE_STEP).saturating_add(n);
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

/// A new operation is recorded with the caller, who asked for it or whose request made the order owe it,
/// because history forgets old entries.
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
