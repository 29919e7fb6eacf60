use super::*;
use crate::capabilities::RepeatSafety;
use crate::due::{NETWORK_SECONDS_MAX, SETTLE_SECONDS};
use crate::order::Order;
use crate::time::Timestamp;

/// So many look-ups that the next step of the backoff is hours away.
fn asked_often(order: &mut Order) {
    order.polls += 20;
}

#[test]
fn an_unanswered_create_call_is_looked_up_once_settled_despite_the_backoff() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    let sent_at = case.order.attempts[&id].sent_at;
    let unknown = |order: &mut Order| {
        let attempt = order.attempts.get_mut(&id).unwrap();
        attempt.advance(Phase::Unknown);
        attempt.lease = None;
    };
    case.change(unknown);
    case.change(asked_often);
    assert_eq!(case.order.due_at, Some(settled(sent_at)));
    case.now = settled(sent_at);
    case.change(asked_often);
    let landed = sent_at.plus(NETWORK_SECONDS_MAX).round_up(10);
    assert_eq!(case.order.due_at, Some(landed));
    case.now = landed;
    case.change(asked_often);
    assert!(case.order.due_at.unwrap() > landed.plus(3600), "nothing new to wait for");
}

#[test]
fn an_unanswered_operation_is_looked_up_once_settled() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &captured("o1", usd(7500)));
    let refund = case.operation("r", Some(2500));
    case.change(|order| {
        claim_refund(order, &id, &refund, false).unwrap();
        let op = order.operations.get_mut(&refund.id).unwrap();
        op.advance(OperationPhase::Unknown);
        op.lease = None;
        order.outbox.clear();
    });
    case.change(asked_often);
    let sent_at = case.order.operations[&refund.id].sent_at.unwrap();
    assert_eq!(case.order.due_at, Some(settled(sent_at)));
}

fn settled(sent_at: Timestamp) -> Timestamp {
    sent_at.plus(SETTLE_SECONDS).round_up(10)
}

#[test]
fn a_part_of_an_automatic_payment_is_not_captured() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &authorized("o1", usd(7500)));
    let part = case.operation("part", Some(7499));
    let rules = case.rules.clone();
    assert_eq!(
        claim_capture(&mut case.order.clone(), &id, &part, &rules),
        Err(CaptureRefused::AutomaticInPart { authorized_minor: 7500 })
    );
    let whole = case.operation("whole", Some(7500));
    case.change(|order| claim_capture(order, &id, &whole, &rules).unwrap());
}

#[test]
fn keys_are_not_repeated_in_their_last_hour() {
    let key = RepeatSafety::Key { lifetime_seconds: 86_400 };
    assert!(key.allow_repeat(82_799));
    assert!(!key.allow_repeat(82_800));
    assert!(RepeatSafety::Natural.allow_repeat(i64::MAX));
    assert!(!RepeatSafety::None.allow_repeat(0));
}
