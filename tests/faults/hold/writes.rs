//! Invariants of every write: how one image of an order may change.

use quittance::domain::attempt::{Attempt, CaptureMode};
use quittance::domain::ledger::{CaptureClass, Dispute, Operation, OperationKind, Reason};
use quittance::domain::names::CaptureId;
use quittance::domain::order::{Ending, Order, State};
use quittance::domain::phase::{DisputePhase, Phase};

use crate::hold::redaction::redaction;
use crate::hold::room::spent;
use crate::hold::under_way::{has_work, is_in_flight, is_open, may_be_captured};

#[cfg(test)]
mod tests;

/// The caller with a key that limits a single refund to this amount.
const CLERK: &str = "op:clerk";
pub(crate) const CLERK_MOST: u64 = 3000;

pub(crate) fn violations(old: Option<&Order>, new: &Order) -> Vec<String> {
    let mut wrong = Vec::new();
    standing(new, &mut wrong);
    match old {
        Some(old) if old == new => {}
        Some(old) if only_due_moved(old, new) => {}
        Some(old) => {
            step(old, new, &mut wrong);
            attempts(old, new, &mut wrong);
            ledger(old, new, &mut wrong);
            wrong.extend(redaction(old, new));
        }
        None if new.version != 1 => wrong.push(format!("I14 the first version is {}", new.version)),
        None => {}
    }
    wrong
}

/// A failed entry is postponed without a new version.
fn only_due_moved(old: &Order, new: &Order) -> bool {
    old.due_at.is_some() && &Order { due_at: new.due_at, ..old.clone() } == new
}

/// Invariants of every single image.
fn standing(order: &Order, wrong: &mut Vec<String>) {
    let live: Vec<_> = order.attempts.iter().filter(|(_, a)| a.phase().is_live()).collect();
    if live.len() > 1 {
        wrong.push(format!("I1 {} attempts are live", live.len()));
    }
    if order.live.as_ref() != live.first().map(|(id, _)| *id) {
        wrong.push(format!("I1 live is {:?}", order.live));
    }
    if has_work(order) && (order.due_at.is_none() || order.due_s.is_none()) {
        wrong.push("I10 unfinished and not due".to_owned());
    }
    let ending = order.state != State::Open || order.ending.is_some();
    for (id, attempt) in &order.attempts {
        let by_expiry = order.state == State::Expired || order.ending == Some(Ending::Expire);
        let spared = by_expiry && attempt.phase() == Phase::Authorized;
        if ending && attempt.phase().is_live() && attempt.close.is_none() && !spared {
            wrong.push(format!("I19 {id} is live although its order has ended"));
        }
        let page = attempt.page.as_ref();
        let shown = page.is_some_and(|page| page.token.is_some() || page.address.is_some());
        if shown && !attempt.phase().is_live() {
            wrong.push(format!("I12 {id} has ended but keeps its page"));
        }
    }
    for (id, capture) in &order.captures {
        let uncovered = capture.amount.amount_minor > spent(order, id);
        if uncovered && is_unwanted(order, id, capture.class) {
            wrong.push(format!("I17 the excess capture {id} is not refunded"));
        }
    }
    for (id, capture) in order.captures.iter().filter(|(_, c)| c.class == CaptureClass::Fits) {
        let attempt = order.attempts.get(&capture.attempt);
        let part = attempt.is_some_and(|attempt| attempt.mode == CaptureMode::Manual);
        let (amount, total) = (capture.amount.amount_minor, order.total.amount_minor);
        let fits = if part { (1..=total).contains(&amount) } else { amount == total };
        if !fits || capture.amount.currency != order.total.currency {
            wrong.push(format!("I6 the capture {id} of {amount} is not what was ordered"));
        }
    }
    reservations(order, wrong);
}

/// To be refunded without anyone's request, until it has failed so often that a person decides.
fn is_unwanted(order: &Order, id: &CaptureId, class: CaptureClass) -> bool {
    let ended = matches!(order.state, State::Canceled | State::Expired)
        || order.ending == Some(Ending::Cancel);
    let failed = order.operations.values().filter(|op| {
        op.capture.as_ref() == Some(id) && op.reason != Reason::Requested && !is_open(op)
    });
    match class {
        CaptureClass::Fits => false,
        CaptureClass::Excess => true,
        CaptureClass::Review => ended && failed.count() < 4,
    }
}

/// I21: captures done and in flight stay within the authorization; never a capture beside a void.
fn reservations(order: &Order, wrong: &mut Vec<String>) {
    for (id, attempt) in &order.attempts {
        for (object, authorized) in &attempt.authorized {
            let of_object = |op: &&Operation| &op.object == object && is_in_flight(op);
            let ops = || order.operations.values().filter(of_object);
            let captures = ops().filter(|op| op.kind == OperationKind::Capture);
            let asked: u64 = captures.map(|op| op.amount_minor).sum();
            let taken = order.captures.values().filter(|capture| &capture.object == object);
            let taken: u64 = taken.map(|capture| capture.amount.amount_minor).sum();
            if asked > 0 && asked + taken > authorized.amount_minor {
                wrong.push(format!("I21 {asked} and {taken} of {id} exceed its authorization"));
            }
            if asked > 0 && ops().any(|op| op.kind == OperationKind::Void) {
                wrong.push(format!("I21 a void of {id} beside a capture"));
            }
        }
    }
}

fn step(old: &Order, new: &Order, wrong: &mut Vec<String>) {
    if new.version != old.version + 1 {
        wrong.push(format!("I14 version {} after {}", new.version, old.version));
    }
    if new.writer == old.writer {
        wrong.push(format!("I14 one write was made twice, as versions {} and on", old.version));
    }
    let allowed = old.state == new.state || old.state == State::Open;
    if !allowed {
        wrong.push(format!("I7 {:?} became {:?}", old.state, new.state));
    }
    if old.winner.is_some() && old.winner != new.winner {
        wrong.push("I7 the winner changed".to_owned());
    }
    // Canceling an expiring order also closes what expiry would have spared.
    if old.ending.is_some() && old.ending != new.ending && new.ending != Some(Ending::Cancel) {
        wrong.push("I19 an ending was withdrawn".to_owned());
    }
    let ended = matches!(new.state, State::Expired | State::Canceled) && old.state == State::Open;
    if ended && (new.live.is_some() || new.ending.is_none()) {
        wrong.push("I20 the order ended over a live attempt".to_owned());
    }
    let asked = new.fingerprint == old.fingerprint
        || (new.redacted_at.is_some() && new.fingerprint.is_erased());
    if !asked || (old.total, old.expires_at) != (new.total, new.expires_at) {
        wrong.push("I14 what was ordered changed".to_owned());
    }
    let fitting = new.captures.values().any(|capture| capture.class == CaptureClass::Fits);
    if new.state == State::Paid && !fitting {
        wrong.push("I6 paid without a capture that fits".to_owned());
    }
    for (id, out) in &new.outbox {
        let completed = out.body.contains("\"payment.completed\"");
        if completed && !fitting {
            wrong.push(format!("I6 {id} confirms what was not captured"));
        }
        if old.outbox.get(id).is_some_and(|known| known.body != out.body) {
            wrong.push(format!("I5 {id} changed in the outbox"));
        }
    }
}

fn attempts(old: &Order, new: &Order, wrong: &mut Vec<String>) {
    for (id, was) in &old.attempts {
        match new.attempts.get(id) {
            Some(is) => attempt(id.as_str(), was, is, new, wrong),
            None if was.phase() == Phase::Sending && was.objects.is_empty() => {}
            None => wrong.push(format!("I7 {id} disappeared as {:?}", was.phase())),
        }
    }
    let begun = new.attempts.keys().any(|id| !old.attempts.contains_key(id));
    if begun && (old.state != State::Open || old.ending.is_some() || old.review_open.is_some()) {
        wrong.push("I20 an attempt began on an ending order".to_owned());
    }
}

fn attempt(id: &str, was: &Attempt, is: &Attempt, order: &Order, wrong: &mut Vec<String>) {
    if is.phase() < was.phase() {
        wrong.push(format!("I7 {id} fell from {:?} to {:?}", was.phase(), is.phase()));
    }
    for (object, phase) in &was.objects {
        if is.objects.get(object).is_none_or(|now| now < phase) {
            wrong.push(format!("I7 object {object} fell from {phase:?}"));
        }
    }
    if was.close.is_some() && is.close != was.close {
        wrong.push(format!("I19 the close of {id} was withdrawn"));
    }
    if let Some(page) = &was.page {
        let kept = is.page.as_ref().is_some_and(|now| {
            now.object == page.object
                && (now.token == page.token || now.token.is_none())
                && (now.address == page.address || now.address.is_none())
        });
        if !kept {
            wrong.push(format!("I16 the page of {id} changed"));
        }
    }
    let released = was.phase().is_live() && matches!(is.phase(), Phase::Closed | Phase::Abandoned);
    let id_of = order.attempts.iter().find(|(known, _)| known.as_str() == id).map(|(id, _)| id);
    if released && id_of.is_some_and(|id| may_be_captured(order, id)) {
        wrong.push(format!("I21 {id} was released with a capture in flight"));
    }
}

fn ledger(old: &Order, new: &Order, wrong: &mut Vec<String>) {
    for (id, was) in &old.captures {
        let kept = new.captures.get(id).is_some_and(|is| {
            is.amount == was.amount
                && is.object == was.object
                && (is.class == was.class || decided(was.class, is.class, new))
        });
        if !kept {
            wrong.push(format!("I7 the capture {id} changed"));
        }
    }
    for (id, was) in &old.refunds {
        if new.refunds.get(id).is_none_or(|is| is.phase() < was.phase()) {
            wrong.push(format!("I7 the refund {id} fell from {:?}", was.phase()));
        }
    }
    for (id, was) in &old.operations {
        let Some(is) = new.operations.get(id) else {
            wrong.push(format!("I18 {id} disappeared"));
            continue;
        };
        let same =
            (is.kind, is.amount_minor, &is.object) == (was.kind, was.amount_minor, &was.object);
        if is.phase() < was.phase() || !same {
            wrong.push(format!("I18 {id} went from {:?} to {:?}", was.phase(), is.phase()));
        }
    }
    for (id, op) in new.operations.iter().filter(|(_, op)| op.reason != Reason::Requested) {
        let sent = op.sends > old.operations.get(id).map_or(0, |was| was.sends);
        let open = |dispute: &Dispute| dispute.phase() == DisputePhase::Open;
        let of_it = |dispute: &&Dispute| Some(&dispute.capture) == op.capture.as_ref();
        if sent && old.disputes.values().filter(of_it).any(open) {
            wrong.push(format!("I17 {id} refunds what the shopper's bank may take"));
        }
    }
    let fresh = new.operations.iter().filter(|(id, _)| !old.operations.contains_key(*id));
    for (id, op) in fresh {
        begun(id.as_str(), op, new, wrong);
    }
}

/// A capture that could not be refunded is for a person. For a paid order there is nothing to decide.
fn decided(was: CaptureClass, is: CaptureClass, order: &Order) -> bool {
    let moot = was == CaptureClass::Review && is == CaptureClass::Excess;
    is == CaptureClass::Review || (moot && order.state == State::Paid)
}

/// I17, I21: how much a new operation may take.
fn begun(id: &str, op: &Operation, order: &Order, wrong: &mut Vec<String>) {
    let capture = op.capture.as_ref().and_then(|capture| order.captures.get_key_value(capture));
    match (op.kind, capture) {
        (OperationKind::Refund, Some((capture_id, capture))) => {
            let captured = capture.amount.amount_minor;
            if spent(order, capture_id) > captured {
                wrong.push(format!("I17 {id} reserves more than was captured"));
            }
            if op.by.as_deref() == Some(CLERK) && op.amount_minor > CLERK_MOST {
                wrong.push(format!("I17 {id} exceeds the clerk's limit for one refund"));
            }
            let whole = op.amount_minor == captured;
            let requested = op.reason == Reason::Requested;
            if requested && capture.class == CaptureClass::Excess {
                wrong.push(format!("I17 {id} takes an excess capture"));
            }
            if requested && capture.class == CaptureClass::Review && !whole {
                wrong.push(format!("I17 {id} takes a part of a capture in review"));
            }
        }
        (OperationKind::Refund, None) => wrong.push(format!("I17 {id} refunds no capture")),
        (OperationKind::Capture, _) => {
            let closing = order.attempts.get(&op.attempt).is_some_and(|a| a.close.is_some());
            if closing && is_open(op) {
                wrong.push(format!("I21 {id} captures a closing attempt"));
            }
        }
        (OperationKind::Void, _) => {
            if may_be_captured(order, &op.attempt) {
                wrong.push(format!("I21 {id} voids beside a capture"));
            }
        }
    }
}
