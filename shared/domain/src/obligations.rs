//! `settle_obligations` records what the state owes. It runs on every changed image before it is written, so
//! no handler can forget a debt and no crash can come between a cause and its debt.

use super::attempt::{CaptureMode, Close, Failure};
use super::capabilities::{Capabilities, Rules};
use super::effects::follow_effects;
use super::id::{OperationId, PaymentId};
use super::ledger::{CaptureClass, Operation, OperationKind, Reason};
use super::names::{CaptureId, ObjectId};
use super::order::{Ending, Order, State};
use super::phase::{OperationPhase, Phase};
use super::standing::next_owed;
use super::time::Timestamp;

pub(super) fn settle_obligations(order: &mut Order, rules: &Rules, now: Timestamp) {
    follow_effects(order);
    hold_refunds_without_room(order);
    close_live_attempts(order);
    let attempts: Vec<PaymentId> = order.attempts.keys().cloned().collect();
    for attempt in &attempts {
        let Some(known) = order.attempts.get(attempt) else {
            continue;
        };
        let able = rules.of(&known.gateway);
        release_if_closing(order, attempt, able);
        owe_capture(order, attempt, able, now);
        owe_voids(order, attempt, able, now);
    }
    decide_reviews_of_a_paid_order(order);
    give_back_what_is_not_kept(order, now);
    // Again, for the operations that were added above.
    follow_effects(order);
    end_if_nothing_is_live(order);
    hide_pages_of_ended_attempts(order);
    give_abandoned_attempts_a_reason(order);
    order.review_open = (order.state == State::Open && order.has_open_review()).then_some(true);
    order.live = order
        .attempts
        .iter()
        .find(|(_, attempt)| attempt.phase().is_live())
        .map(|(id, _)| id.clone());
}

/// A refund made at the gateway can take the room that ours had reserved. An unsent refund is withdrawn. A
/// sent one may have taken effect, but is not sent again.
fn hold_refunds_without_room(order: &mut Order) {
    let overspent: Vec<CaptureId> = order
        .captures
        .iter()
        .filter(|(id, capture)| order.spent(id) > capture.amount.amount_minor)
        .map(|(id, _)| id.clone())
        .collect();
    for op in order.operations.values_mut() {
        let without_room = op.capture.as_ref().is_some_and(|id| overspent.contains(id));
        if op.kind != OperationKind::Refund || !op.phase().is_unproven() || !without_room {
            continue;
        }
        if op.sends == 0 {
            op.advance(OperationPhase::Refused);
        } else {
            op.repeat_refused = true;
        }
    }
}

/// A paid or ending order closes every live attempt. Expiry alone leaves an authorized payment to the
/// merchant.
fn close_live_attempts(order: &mut Order) {
    if order.state == State::Open && order.ending.is_none() {
        return;
    }
    let by_expiry = match order.state {
        State::Open => order.ending == Some(Ending::Expire),
        State::Expired => true,
        State::Paid | State::Canceled => false,
    };
    for attempt in order.attempts.values_mut() {
        let spared = by_expiry && attempt.phase() == Phase::Authorized;
        if attempt.phase().is_live() && attempt.close.is_none() && !spared {
            attempt.close = Some(Close::Order);
        }
    }
}

/// Releases a closing attempt if we can prove that no money will move. If its order ends and nothing can
/// release it, it is abandoned.
fn release_if_closing(order: &mut Order, id: &PaymentId, able: Capabilities) {
    let Some(close) = order.attempts.get(id).filter(|a| a.phase().is_live()).and_then(|a| a.close)
    else {
        return;
    };
    withdraw_unsent_captures(order, id);
    if order.capture_in_flight(id) {
        return;
    }
    let Some(attempt) = order.attempts.get(id) else {
        return;
    };
    let authorized = attempt.phase() == Phase::Authorized;
    let never_captured = able.captured_by_us(attempt.mode) && (!authorized || !able.void);
    let never_seen = order.is_page_only(able) && attempt.page.is_none() && !authorized;
    let released = if never_captured || never_seen {
        Some(Phase::Closed)
    } else if close == Close::Order && !order.can_release(attempt, able) {
        Some(Phase::Abandoned)
    } else {
        None
    };
    if let (Some(phase), Some(attempt)) = (released, order.attempts.get_mut(id)) {
        attempt.advance(phase);
        attempt.lease = None;
    }
}

/// An unsent capture can be withdrawn safely: sending it would have changed the item's version.
fn withdraw_unsent_captures(order: &mut Order, id: &PaymentId) {
    for op in order.operations.values_mut() {
        let unsent = op.kind == OperationKind::Capture && op.sends == 0 && op.phase().is_unproven();
        if &op.attempt == id && unsent {
            op.advance(OperationPhase::Refused);
        }
    }
}

/// If money moves only by our call, an authorized automatic payment is captured.
fn owe_capture(order: &mut Order, id: &PaymentId, able: Capabilities, now: Timestamp) {
    let Some(attempt) = order.attempts.get(id) else {
        return;
    };
    let owed = able.captured_by_us(attempt.mode)
        && attempt.mode == CaptureMode::Automatic
        && attempt.phase() == Phase::Authorized
        && attempt.close.is_none();
    let Some(object) = attempt.authorized_object().filter(|_| owed) else { return };
    let Some(n) = next_owed(order, OperationKind::Capture, object) else { return };
    let amount = order.total.amount_minor;
    let op = Operation::owed(OperationKind::Capture, id, object, amount, Reason::Owed, now);
    order.operations.insert(OperationId::capture_owed(id, n), op);
}

/// Voids an unwanted authorization, if the gateway can.
fn owe_voids(order: &mut Order, id: &PaymentId, able: Capabilities, now: Timestamp) {
    let Some(attempt) = order.attempts.get(id) else {
        return;
    };
    let unwanted = attempt.close.is_some() || !attempt.phase().is_live();
    if !unwanted || !able.void || order.capture_in_flight(id) {
        return;
    }
    let authorized: Vec<ObjectId> =
        attempt.objects.keys().filter(|object| attempt.holds(object)).cloned().collect();
    for object in authorized {
        let Some(n) = next_owed(order, OperationKind::Void, &object) else { continue };
        let op = Operation::owed(OperationKind::Void, id, &object, 0, Reason::Owed, now);
        order.operations.insert(OperationId::void_of(id, &object, n), op);
    }
}

/// Once the order is paid, captures in review are not needed any more and no decision is left.
fn decide_reviews_of_a_paid_order(order: &mut Order) {
    if order.state != State::Paid {
        return;
    }
    let undecided = |id: &&CaptureId| order.awaits_decision(id) && order.may_compensate(id);
    let decided: Vec<CaptureId> = order.captures.keys().filter(undecided).cloned().collect();
    for id in decided {
        if let Some(capture) = order.captures.get_mut(&id) {
            capture.class = CaptureClass::Excess;
        }
    }
}

/// Refunds every capture that is not kept. The compensation is reserved in the write that records the
/// capture, so a merchant's refund finds no room.
fn give_back_what_is_not_kept(order: &mut Order, now: Timestamp) {
    let reason =
        if order.state == State::Paid { Reason::DuplicatePayment } else { Reason::LatePayment };
    let unkept: Vec<CaptureId> =
        order.captures.keys().filter(|id| order.goes_back(id)).cloned().collect();
    for id in unkept {
        let Some(capture) = order.captures.get(&id).cloned() else {
            continue;
        };
        let left = capture.amount.amount_minor.saturating_sub(order.spent(&id));
        if left == 0 {
            continue;
        }
        let n = order.compensations(&id).count();
        if !order.may_compensate(&id) {
            if let Some(capture) = order.captures.get_mut(&id) {
                capture.class = CaptureClass::Review;
            }
            continue;
        }
        let op_id = OperationId::compensation(&order.id, &id, n);
        let (attempt, object) = (&capture.attempt, &capture.object);
        let mut op = Operation::owed(OperationKind::Refund, attempt, object, left, reason, now);
        op.capture = Some(id);
        order.operations.insert(op_id, op);
    }
}

/// An order ends only when nothing can pay it any more. An expiring order also waits for a decision on a
/// capture in review.
fn end_if_nothing_is_live(order: &mut Order) {
    if order.state != State::Open || order.can_still_be_paid() {
        return;
    }
    order.state = match order.ending {
        None => State::Open,
        Some(Ending::Expire) if order.has_open_review() => State::Open,
        Some(Ending::Expire) => State::Expired,
        Some(Ending::Cancel) => State::Canceled,
    };
}

fn hide_pages_of_ended_attempts(order: &mut Order) {
    for attempt in order.attempts.values_mut().filter(|attempt| !attempt.phase().is_live()) {
        if let Some(page) = &mut attempt.page {
            page.address = None;
            page.token = None;
        }
    }
}

/// No gateway explains why it never showed a payment, so we state a reason of our own.
fn give_abandoned_attempts_a_reason(order: &mut Order) {
    for attempt in order.attempts.values_mut().filter(|it| it.phase() == Phase::Abandoned) {
        attempt.failure.get_or_insert_with(|| Failure {
            code: "abandoned".to_owned(),
            message: "The gateway never reported how the payment ended.".to_owned(),
        });
    }
}
