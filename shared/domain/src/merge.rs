//! `merge` adds a new fact to what is known of an order. Facts about one object may arrive in
//! any sequence and more than once.

use super::attempt::{Attempt, CaptureMode, Page};
use super::fact::{Seen, SeenCapture, SeenRefund};
use super::id::PaymentId;
use super::ledger::{Capture, CaptureClass, Dispute, Refund};
use super::money::Money;
use super::names::ObjectId;
use super::order::{ENTRIES_MAX, Ending, Order, State, Winner};
use super::phase::Phase;
use super::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("the order has no such attempt")]
    UnknownAttempt,
    #[error("the order cannot hold more entries")]
    OrderFull,
    /// The gateway shows a capture under an object or a payment that has another one of this id.
    #[error("the capture belongs to another payment")]
    AnothersCapture,
}

pub fn merge(
    order: &mut Order,
    attempt_id: &PaymentId,
    seen: &Seen,
    now: Timestamp,
) -> Result<(), MergeError> {
    let Some(attempt) = order.attempts.get(attempt_id) else {
        return Err(MergeError::UnknownAttempt);
    };
    let seen = &seen.clone().kept(&attempt.gateway);
    refuse_overflow(order, seen)?;
    refuse_a_displaced_capture(order, attempt_id, seen)?;
    if seen.captures.iter().any(|capture| !order.captures.contains_key(&capture.id)) {
        end_if_lapsed(order, now);
    }
    record_object(order, attempt_id, seen);
    for capture in &seen.captures {
        record_capture(order, attempt_id, &seen.object, capture, now);
    }
    for refund in &seen.refunds {
        record_refund(order, refund, now);
    }
    record_disputes(order, seen, now);
    if order.day_at.is_none() {
        order.day_at = Some(now);
    }
    Ok(())
}

/// A fact that does not fit is never recorded in part: the caller parks all of it.
fn refuse_overflow(order: &Order, seen: &Seen) -> Result<(), MergeError> {
    let captures = seen.captures.iter().filter(|c| !order.captures.contains_key(&c.id)).count();
    let refunds = seen.refunds.iter().filter(|r| !order.refunds.contains_key(&r.id)).count();
    let disputes = seen.disputes.iter().filter(|d| !order.disputes.contains_key(&d.id)).count();
    let overflows = order.captures.len() + captures > ENTRIES_MAX
        || order.refunds.len() + refunds > ENTRIES_MAX
        || order.disputes.len() + disputes > ENTRIES_MAX;
    if overflows { Err(MergeError::OrderFull) } else { Ok(()) }
}

/// A capture has one id and one object. Money under an id that is taken would otherwise go unnoticed.
fn refuse_a_displaced_capture(
    order: &Order,
    attempt_id: &PaymentId,
    seen: &Seen,
) -> Result<(), MergeError> {
    let displaced = |known: &Capture| &known.attempt != attempt_id || known.object != seen.object;
    let mut known = seen.captures.iter().filter_map(|capture| order.captures.get(&capture.id));
    if known.any(displaced) { Err(MergeError::AnothersCapture) } else { Ok(()) }
}

/// An order past its time ends before a late capture is recorded, so the capture cannot pay it.
fn end_if_lapsed(order: &mut Order, now: Timestamp) {
    if order.has_lapsed(now) {
        order.ending = Some(order.ending.unwrap_or(Ending::Expire));
        order.state = State::Expired;
    }
}

fn record_object(order: &mut Order, attempt_id: &PaymentId, seen: &Seen) {
    let Some(attempt) = order.attempts.get_mut(attempt_id) else {
        return;
    };
    let stated = if seen.captures.is_empty() { seen.phase } else { Some(Phase::Captured) };
    if let Some(stated) = stated {
        let known = attempt.objects.entry(seen.object.clone()).or_insert(stated);
        if known.is_negative() && stated == Phase::Authorized {
            attempt.stray.insert(seen.object.clone());
        } else if !seen.past || stated == Phase::Captured {
            // Only an answer about now, or a capture, ends the hold; an event may repeat an old ending.
            attempt.stray.remove(&seen.object);
        }
        *known = known.or_higher(stated);
    }
    if let Some(amount) = seen.authorized {
        attempt.authorized.entry(seen.object.clone()).or_insert(amount);
    }
    if seen.method.is_some() {
        attempt.used = seen.method;
    }
    attempt.advance(phase_from_objects(attempt));
    if attempt.phase() > Phase::Unknown {
        attempt.lease = None;
    }
    if attempt.phase() == Phase::Captured {
        attempt.failure = None;
    } else if seen.failure.is_some() {
        attempt.failure.clone_from(&seen.failure);
    }
    record_page(attempt, seen);
}

/// An attempt has one page, ever: the page handed out must stay the only one that can be paid. It is never
/// the page of an ended object, which an old answer may still show.
fn record_page(attempt: &mut Attempt, seen: &Seen) {
    let wanted = attempt.phase().is_live() && attempt.close.is_none() && attempt.page.is_none();
    let ended = attempt.objects.get(&seen.object).is_some_and(|phase| phase.is_negative());
    if let (true, Some(page)) = (wanted && !ended, &seen.page) {
        attempt.page = Some(Page {
            object: seen.object.clone(),
            address: page.address.clone(),
            token: page.token.clone(),
            expires_at: page.expires_at,
        });
    }
}

/// An attempt may have several objects after a hidden repeat at a gateway without keys. A negative fact
/// about one of them ends the attempt only if its page was the one handed out.
fn phase_from_objects(attempt: &Attempt) -> Phase {
    let phases = || attempt.objects.values().copied();
    let any = |phase| phases().any(|known| known == phase);
    let handed_out = attempt.page.as_ref().and_then(|page| attempt.objects.get(&page.object));
    let stated = match handed_out.copied() {
        _ if any(Phase::Captured) => Some(Phase::Captured),
        Some(phase) if phase.is_negative() && !any(Phase::Authorized) => Some(phase),
        _ => phases().filter(|phase| !phase.is_negative()).max().or_else(|| phases().max()),
    };
    stated.unwrap_or(attempt.phase())
}

fn record_capture(
    order: &mut Order,
    attempt_id: &PaymentId,
    object: &ObjectId,
    seen: &SeenCapture,
    now: Timestamp,
) {
    if let Some(known) = order.captures.get_mut(&seen.id) {
        if known.operation.is_none() {
            known.operation.clone_from(&seen.operation);
        }
        return;
    }
    let Some(attempt) = order.attempts.get(attempt_id) else {
        return;
    };
    let class = classify(order, attempt_id, attempt, object, seen.amount);
    if class == CaptureClass::Fits && order.state == State::Open {
        order.state = State::Paid;
        order.winner = Some(Winner { attempt: attempt_id.clone(), object: object.clone() });
    }
    let capture = Capture {
        attempt: attempt_id.clone(),
        object: object.clone(),
        amount: seen.amount,
        operation: seen.operation.clone(),
        class,
        reviewed: class == CaptureClass::Review,
        learnt_at: now,
    };
    order.captures.insert(seen.id.clone(), capture);
}

fn classify(
    order: &Order,
    attempt_id: &PaymentId,
    attempt: &Attempt,
    object: &ObjectId,
    amount: Money,
) -> CaptureClass {
    let authorized = attempt.authorized.get(object).copied().unwrap_or(order.total);
    let fits = match attempt.mode {
        CaptureMode::Automatic => amount == order.total,
        CaptureMode::Manual => {
            authorized == order.total
                && amount.currency == authorized.currency
                && (1..=authorized.amount_minor).contains(&amount.amount_minor)
        }
    };
    if !fits {
        // An order that is paid or has ended needs no decision.
        let undecided = order.state == State::Open;
        return if undecided { CaptureClass::Review } else { CaptureClass::Excess };
    }
    match &order.winner {
        None if order.state == State::Open => CaptureClass::Fits,
        Some(winner) if &winner.attempt == attempt_id && &winner.object == object => {
            part_of_the_winner(order, attempt, object, amount, authorized)
        }
        _ => CaptureClass::Excess,
    }
}

/// Another capture of the object that paid the order: the parts must stay within the authorization.
fn part_of_the_winner(
    order: &Order,
    attempt: &Attempt,
    object: &ObjectId,
    amount: Money,
    authorized: Money,
) -> CaptureClass {
    let so_far = order
        .captures
        .values()
        .filter(|known| &known.object == object && known.class == CaptureClass::Fits)
        .fold(0_u64, |sum, known| sum.saturating_add(known.amount.amount_minor));
    let within = so_far.saturating_add(amount.amount_minor) <= authorized.amount_minor;
    if attempt.mode == CaptureMode::Manual && within {
        CaptureClass::Fits
    } else {
        CaptureClass::Excess
    }
}

fn record_refund(order: &mut Order, seen: &SeenRefund, now: Timestamp) {
    let ours = seen.operation.as_ref().filter(|id| order.operations.contains_key(*id)).cloned();
    let known = order.refunds.entry(seen.id.clone()).or_insert_with(|| Refund::seen(seen, now));
    known.advance(seen.phase);
    if known.operation.is_none() {
        known.operation = ours;
    }
    if seen.failure.is_some() {
        known.failure.clone_from(&seen.failure);
    }
}

fn record_disputes(order: &mut Order, seen: &Seen, now: Timestamp) {
    for dispute in &seen.disputes {
        let known =
            order.disputes.entry(dispute.id.clone()).or_insert_with(|| Dispute::seen(dispute, now));
        known.advance(dispute.phase);
        known.reason = known.reason.take().or_else(|| dispute.reason.clone());
        known.respond_by = known.respond_by.or(dispute.respond_by);
    }
}
