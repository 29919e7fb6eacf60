//! Money that an order does not keep: captured too late, twice, or in a wrong amount or currency.

use super::{AUTO, status};
use crate::claims::{EndRefused, end};
use crate::fact::Seen;
use crate::ledger::{CaptureClass, OperationKind};
use crate::limit::RefundLimit;
use crate::money::{Currency, Money};
use crate::names::{DisputeId, Nonce};
use crate::order::{Ending, State};
use crate::phase::{DisputePhase, OperationPhase, Phase};
use crate::reservations::{RefundRefused, cancel_gives_back_within, claim_refund};
use crate::status::{OrderStatus, PaymentStatus};
use crate::testing::{
    Case, FULL, START, at, capture_of, captured, disputed, pending, refunded, usd,
};

/// An order of 7500 for which 7400 were captured.
fn reviewed() -> (Case, crate::id::PaymentId) {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &captured("o1", usd(7400)));
    (case, id)
}

fn owed(case: &Case) -> Vec<u64> {
    let refunds = case.order.operations.values().filter(|op| op.kind == OperationKind::Refund);
    let mut owed: Vec<u64> =
        refunds.filter(|op| op.phase().is_unproven()).map(|op| op.amount_minor).collect();
    owed.sort_unstable();
    owed
}

#[test]
fn a_second_capture_of_a_paid_order_is_returned_and_the_first_stays_paid() {
    let mut case = Case::new(FULL);
    let first = case.attempt(0, AUTO);
    case.learn(&first, &at("o1", Phase::Failed));
    let second = case.attempt(1, AUTO);
    case.learn(&second, &captured("o2", usd(7500)));
    case.learn(&first, &captured("o1", usd(7500)));
    assert_eq!(status(&case, 0), PaymentStatus::Returned);
    assert_eq!(status(&case, 1), PaymentStatus::Succeeded);
}

#[test]
fn a_capture_without_an_amount_is_no_payment() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Captured));
    assert_eq!(status(&case, 0), PaymentStatus::Pending);
    assert_eq!(case.order.state, State::Open);
}

#[test]
fn a_canceled_order_gives_back_what_was_in_review() {
    let (mut case, _) = reviewed();
    case.change(|order| end(order, Ending::Cancel, START).unwrap());
    assert_eq!(case.order.state, State::Canceled);
    assert_eq!((owed(&case), status(&case, 0)), (vec![7400], PaymentStatus::Returned));
    assert_eq!(case.confirmed, ["payment.review", "order.canceled"]);
}

#[test]
fn an_order_whose_time_is_over_stays_in_review_until_people_have_decided() {
    let (mut case, id) = reviewed();
    case.now = case.order.expires_at;
    let now = case.now;
    case.change(|order| end(order, Ending::Expire, now).unwrap());
    assert_eq!((case.order.state, case.order.due_at), (State::Open, Some(now)), "one to send");
    assert_eq!(case.order.status(now), OrderStatus::Review);
    case.learn(&id, &refunded("o1", "r1", 7400, None, OperationPhase::Done));
    assert_eq!(case.order.status(now), OrderStatus::Expired);
    assert_eq!(case.confirmed, ["payment.review", "refund.completed", "order.expired"]);
}

#[test]
fn a_bank_that_takes_the_reviewed_money_back_has_decided() {
    let (mut case, id) = reviewed();
    case.learn(&id, &disputed("o1", 7400, DisputePhase::Lost));
    assert_eq!(case.order.status(case.now), OrderStatus::Created);
    assert_eq!(status(&case, 0), PaymentStatus::Returned);
}

#[test]
fn a_wrong_amount_on_an_order_that_is_paid_or_ended_is_excess() {
    let (mut case, _) = reviewed();
    let second = crate::id::PaymentId::from_number(&case.order.id, 1);
    let attempt = case.new_attempt(AUTO);
    case.change(|order| order.add_attempt(&second, attempt));
    case.learn(&second, &captured("o2", usd(7500)));
    assert_eq!(
        case.order.captures[&capture_of("o1")].class,
        CaptureClass::Excess,
        "nobody has to decide"
    );
    case.learn(&second, &captured("o3", usd(7300)));
    assert_eq!(case.order.captures[&capture_of("o3")].class, CaptureClass::Excess);
    assert_eq!(owed(&case), [7300, 7400]);
}

#[test]
fn a_late_capture_ends_an_order_whose_time_is_over_and_is_given_back() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.now = case.order.expires_at;
    assert_eq!(case.order.status(case.now), OrderStatus::Expired, "before anybody has swept");
    let now = case.now;
    assert_eq!(end(&mut case.order.clone(), Ending::Cancel, now), Err(EndRefused::Expired));
    case.learn(&id, &captured("o1", usd(7500)));
    assert_eq!((case.order.state, owed(&case)), (State::Expired, vec![7500]));
    assert_eq!(case.confirmed, ["payment.failed", "order.expired"]);
}

#[test]
fn an_order_whose_page_is_still_open_is_paid_after_its_time() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    case.now = case.order.expires_at;
    assert_eq!(case.order.status(case.now), OrderStatus::Created);
    case.learn(&id, &captured("o1", usd(7500)));
    assert_eq!(case.order.state, State::Paid);
}

#[test]
fn a_dispute_that_is_lost_at_once_was_opened_too() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &disputed("o1", 7500, DisputePhase::Lost));
    case.learn(&id, &disputed("o1", 7500, DisputePhase::Open));
    assert_eq!(case.confirmed, ["payment.completed", "dispute.opened", "dispute.lost"]);
}

#[test]
fn money_of_another_currency_is_not_added_to_the_orders() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    let eur = Currency::from_code("EUR").unwrap();
    case.learn(&id, &captured("o1", Money::new(7500, eur)));
    assert_eq!(case.order.amount_captured(&id), 0);
    let part = case.operation("part", Some(500));
    let refused = claim_refund(&mut case.order.clone(), &id, &part, false).unwrap_err();
    assert_eq!(refused, RefundRefused::OnlyWhole { whole: Money::new(7500, eur) });
}

#[test]
fn a_refund_is_refused_for_the_reason_that_is_true() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    let refund = case.operation("r", Some(500));
    let refused = |case: &Case, insist| {
        claim_refund(&mut case.order.clone(), &id, &refund, insist).unwrap_err()
    };
    assert_eq!(refused(&case, false), RefundRefused::NotCaptured);
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &disputed("o1", 7500, DisputePhase::Open));
    assert_eq!(refused(&case, false), RefundRefused::Disputed(vec![DisputeId::new("d1")]));
    case.learn(&id, &disputed("o1", 7500, DisputePhase::Lost));
    let RefundRefused::Exceeds(room) = refused(&case, true) else {
        panic!("{:?}", refused(&case, true));
    };
    assert_eq!((room.lost_minor, room.left_minor), (7500, 0));
}

/// A canceled order, whose late capture is still to come.
fn late() -> (Case, crate::id::PaymentId) {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.change(|order| end(order, Ending::Cancel, START).unwrap());
    (case, id)
}

/// After this, a person has to return the capture.
fn fail_four_times(case: &mut Case, id: &crate::id::PaymentId) {
    for n in 0..4 {
        let unproven = case.order.operations.iter().find(|(_, op)| op.phase().is_unproven());
        let op = unproven.unwrap().0.clone();
        let name = format!("r{n}");
        case.learn(id, &refunded("o1", &name, 7500, Some(&op), OperationPhase::Failed));
    }
}

#[test]
fn money_in_an_open_dispute_is_not_returned_before_its_end() {
    for (outcome, sent) in [(DisputePhase::Won, true), (DisputePhase::Lost, false)] {
        let (mut case, id) = late();
        let known_at_once = Seen {
            captures: captured("o1", usd(7500)).captures,
            ..disputed("o1", 7500, DisputePhase::Open)
        };
        case.learn(&id, &known_at_once);
        assert_eq!((owed(&case), status(&case, 0)), (vec![7500], PaymentStatus::Returned));
        let op = case.order.operations.first_key_value().unwrap().0.clone();
        let (now, nonce) = (case.now, Nonce("me".to_owned()));
        assert!(!case.order.clone().take_operation(&op, &nonce, now));
        case.change(|order| order.outbox.clear());
        assert!(case.order.due_at > Some(now), "the webhook of the dispute's end may be lost");
        case.learn(&id, &disputed("o1", 7500, outcome));
        assert_eq!(owed(&case), if sent { vec![7500] } else { vec![] });
        assert_eq!(case.order.take_operation(&op, &nonce, now), sent, "{outcome:?}");
    }
}

#[test]
fn a_refund_that_comes_back_after_the_orders_end_is_made_again() {
    let (mut case, id) = reviewed();
    case.learn(&id, &refunded("o1", "r1", 7400, None, OperationPhase::Done));
    case.now = case.order.expires_at;
    let now = case.now;
    case.change(|order| end(order, Ending::Expire, now).unwrap());
    case.learn(&id, &refunded("o1", "r1", 7400, None, OperationPhase::Failed));
    assert_eq!((owed(&case), status(&case, 0)), (vec![7400], PaymentStatus::Returned));
    assert_eq!(case.order.status(now), OrderStatus::Expired);
}

#[test]
fn an_expired_order_whose_money_cannot_be_given_back_reads_expired() {
    let (mut case, id) = late();
    case.order.state = State::Expired;
    case.learn(&id, &captured("o1", usd(7500)));
    fail_four_times(&mut case, &id);
    assert_eq!(status(&case, 0), PaymentStatus::Review);
    assert_eq!(case.order.status(case.now), OrderStatus::Expired);
}

#[test]
fn a_cancel_gives_back_no_more_than_its_caller_may() {
    let (case, _) = reviewed();
    let at_most = |minor| RefundLimit::At([(usd(1).currency, minor)].into());
    assert!(cancel_gives_back_within(&case.order, &at_most(7400)).is_ok());
    let over = cancel_gives_back_within(&case.order, &at_most(7399)).unwrap_err();
    assert_eq!(over.most_minor, Some(7399));
    let (mut case, id) = late();
    case.learn(&id, &captured("o1", usd(7500)));
    assert!(cancel_gives_back_within(&case.order, &RefundLimit::nothing()).is_ok(), "by itself");
    fail_four_times(&mut case, &id);
    assert_eq!(status(&case, 0), PaymentStatus::Review);
    let again = cancel_gives_back_within(&case.order, &RefundLimit::nothing());
    assert!(again.is_ok(), "a repeat gives nothing back");
}
