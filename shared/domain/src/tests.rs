//! The rules, story by story.

mod asking;
mod closing;
mod gateways;
mod laws;
mod live;
mod money;
mod names;
mod returning;

use super::attempt::{CaptureMode, Close, Failure};
use super::capabilities::{Capabilities, CapturedByUs};
use super::claims::{CloseRefused, EndRefused, close, end};
use super::fact::Seen;
use super::id::OperationId;
use super::ledger::{CaptureClass, OperationKind, Reason};
use super::names::ObjectId;
use super::order::{Ending, State};
use super::phase::{OperationPhase, Phase};
use super::reservations::{CaptureRefused, RefundRefused, claim_capture, claim_refund};
use super::status::{OrderStatus, PaymentStatus};
use super::testing::{Case, FULL, at, authorized, capture_of, captured, pending, refunded, usd};

const AUTO: CaptureMode = CaptureMode::Automatic;
const MANUAL: CaptureMode = CaptureMode::Manual;

fn status(case: &Case, n: usize) -> PaymentStatus {
    let id = super::id::PaymentId::from_number(&case.order.id, n);
    case.order.payment_status(&id, &case.order.attempts[&id])
}

fn left(refused: &RefundRefused) -> u64 {
    let RefundRefused::Exceeds(room) = refused else { panic!("{refused:?}") };
    room.left_minor
}

#[test]
fn a_capture_pays_the_order_and_is_confirmed_once() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &at("o1", Phase::Failed));
    assert_eq!(case.order.status(case.now), OrderStatus::Paid);
    assert_eq!(case.confirmed, ["payment.completed"]);
    assert_eq!(case.order.attempts[&id].page.as_ref().unwrap().token, None);
}

#[test]
fn a_second_page_never_replaces_the_first() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    case.learn(&id, &pending("o2"));
    assert_eq!(case.order.attempts[&id].page.as_ref().unwrap().object.as_str(), "o1");
    case.learn(&id, &at("o2", Phase::Failed));
    assert_eq!(case.order.attempts[&id].phase(), Phase::Pending, "o1 can still be paid");
    case.learn(&id, &at("o1", Phase::Failed));
    assert_eq!(case.order.attempts[&id].phase(), Phase::Failed);
}

#[test]
fn a_declined_try_is_history_not_the_end() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    let failure = Failure { code: "card_declined".to_owned(), message: "no".to_owned() };
    case.learn(&id, &Seen { failure: Some(failure), ..pending("o1") });
    assert_eq!(status(&case, 0), PaymentStatus::Pending);
    assert!(case.order.live.is_some());
    assert!(case.confirmed.is_empty());
}

#[test]
fn a_late_success_on_an_open_order_wins() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    assert_eq!(case.order.live, None);
    case.learn(&id, &captured("o1", usd(7500)));
    assert_eq!(case.order.state, State::Paid);
    assert_eq!(case.confirmed, ["payment.failed", "payment.completed"]);
}

#[test]
fn a_late_success_on_a_paid_order_is_given_back() {
    let mut case = Case::new(FULL);
    let first = case.attempt(0, AUTO);
    case.learn(&first, &at("o1", Phase::Failed));
    let second = case.attempt(1, AUTO);
    case.learn(&second, &captured("o2", usd(7500)));
    case.learn(&first, &captured("o1", usd(7500)));
    assert_eq!(case.order.captures[&capture_of("o1")].class, CaptureClass::Excess);
    let (op_id, op) = case.order.operations.first_key_value().unwrap();
    assert_eq!((op.kind, op.reason), (OperationKind::Refund, Reason::DuplicatePayment));
    assert_eq!((op.amount_minor, op.sends), (7500, 0));
    assert!(case.order.due_at.is_some());
    let op_id = op_id.clone();
    case.learn(&first, &refunded("o1", "r1", 7500, Some(&op_id), OperationPhase::Done));
    assert_eq!(case.order.operations[&op_id].phase(), OperationPhase::Done);
    assert_eq!(case.confirmed, ["payment.failed", "payment.completed", "refund.completed"]);
    assert_eq!(case.order.status(case.now), OrderStatus::Paid);
}

#[test]
fn a_failed_compensation_is_repeated_four_times_then_reviewed() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.change(|order| end(order, Ending::Cancel, super::testing::START).unwrap());
    assert_eq!(case.order.state, State::Canceled);
    case.learn(&id, &captured("o1", usd(7500)));
    for n in 0..4 {
        let open: Vec<_> =
            case.order.operations.iter().filter(|(_, op)| op.phase().is_unproven()).collect();
        assert_eq!(open.len(), 1, "compensation {n}");
        assert_eq!(open[0].1.reason, Reason::LatePayment);
        let op_id = open[0].0.clone();
        let refund = format!("r{n}");
        case.learn(&id, &refunded("o1", &refund, 7500, Some(&op_id), OperationPhase::Failed));
    }
    assert_eq!(case.order.captures[&capture_of("o1")].class, CaptureClass::Review);
    assert!(case.confirmed.contains(&"payment.review"));
    let mut ours = case.order.operations.values();
    assert!(ours.all(|op| case.order.reason_of(op) == "late_payment"), "as it was confirmed");
    let asked = case.operation("by-hand", None);
    claim_refund(&mut case.order, &id, &asked, false).unwrap();
    assert_eq!(case.order.reason_of(&case.order.operations[&asked.id]), "review");
}

#[test]
fn a_wrong_amount_is_reviewed_and_opens_the_order_again_once_returned() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &captured("o1", usd(7400)));
    assert_eq!(case.order.status(case.now), OrderStatus::Review);
    assert_eq!(status(&case, 0), PaymentStatus::Review);
    assert!(!case.order.accepts_attempt(case.now));
    assert_eq!(case.confirmed, ["payment.review"]);
    let part = case.operation("part", Some(100));
    let mut order = case.order.clone();
    let refused = claim_refund(&mut order, &id, &part, false).unwrap_err();
    assert_eq!(refused, RefundRefused::OnlyWhole { whole: usd(7400) });
    let whole = case.operation("whole", None);
    case.change(|order| claim_refund(order, &id, &whole, false).unwrap());
    case.learn(&id, &refunded("o1", "r1", 7400, Some(&whole.id), OperationPhase::Done));
    assert_eq!(case.order.status(case.now), OrderStatus::Created);
    assert!(case.order.accepts_attempt(case.now));
}

#[test]
fn refunds_never_exceed_the_capture_and_a_bank_can_send_one_back() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &captured("o1", usd(7500)));
    let first = case.operation("a", Some(5000));
    case.change(|order| claim_refund(order, &id, &first, false).unwrap());
    let second = case.operation("b", Some(2501));
    let refused = claim_refund(&mut case.order.clone(), &id, &second, false).unwrap_err();
    assert_eq!(left(&refused), 2500);
    case.learn(&id, &refunded("o1", "r1", 5000, Some(&first.id), OperationPhase::Done));
    assert_eq!(case.order.status(case.now), OrderStatus::PartiallyRefunded);
    case.learn(&id, &refunded("o1", "r1", 5000, Some(&first.id), OperationPhase::Failed));
    case.learn(&id, &refunded("o1", "r1", 5000, Some(&first.id), OperationPhase::Done));
    assert_eq!(case.order.status(case.now), OrderStatus::Paid);
    assert_eq!(case.confirmed, ["payment.completed", "refund.completed", "refund.failed"]);
}

#[test]
fn a_dashboard_refund_takes_room_and_is_confirmed() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &refunded("o1", "r9", 7000, None, OperationPhase::Done));
    case.learn(&id, &captured("o1", usd(7500)));
    let mine = case.operation("a", Some(501));
    let refused = claim_refund(&mut case.order.clone(), &id, &mine, false).unwrap_err();
    assert_eq!(left(&refused), 500);
    assert_eq!(case.confirmed, ["refund.completed", "payment.completed"]);
}

#[test]
fn a_capture_is_one_and_stays_within_the_authorization() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, MANUAL);
    let early = case.operation("c0", None);
    let rules = case.rules.clone();
    let refused = claim_capture(&mut case.order.clone(), &id, &early, &rules);
    assert_eq!(refused, Err(CaptureRefused::NotAuthorized));
    case.learn(&id, &authorized("o1", usd(7500)));
    let much = case.operation("c1", Some(7501));
    assert_eq!(
        claim_capture(&mut case.order.clone(), &id, &much, &rules),
        Err(CaptureRefused::ExceedsAuthorized { capturable_minor: 7500 })
    );
    let first = case.operation("c2", Some(7000));
    case.change(|order| claim_capture(order, &id, &first, &rules).unwrap());
    let second = case.operation("c3", Some(501));
    assert_eq!(
        claim_capture(&mut case.order.clone(), &id, &second, &rules),
        Err(CaptureRefused::ExceedsAuthorized { capturable_minor: 500 })
    );
    assert_eq!(close(&mut case.order.clone(), &id, &rules), Err(CloseRefused::CaptureInFlight));
    let canceled = end(&mut case.order.clone(), Ending::Cancel, case.now);
    assert_eq!(canceled, Err(EndRefused::CaptureInFlight));
}

#[test]
fn a_capture_by_our_call_only_is_owed_and_withdrawn_by_a_close() {
    let able = Capabilities { captured_by_us: CapturedByUs::Always, cancel: false, ..FULL };
    let mut case = Case::new(able);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    case.learn(&id, &authorized("o1", usd(7500)));
    let (capture, op) = case.order.operations.first_key_value().unwrap();
    assert_eq!((op.kind, op.sends, op.amount_minor), (OperationKind::Capture, 0, 7500));
    let (capture, rules) = (capture.clone(), case.rules.clone());
    case.change(|order| close(order, &id, &rules).unwrap());
    assert_eq!(case.order.operations[&capture].phase(), OperationPhase::Refused);
    let void = case.order.operations.values().find(|op| op.kind == OperationKind::Void).unwrap();
    assert!(void.phase().is_unproven());
    case.learn(&id, &at("o1", Phase::Canceled));
    assert_eq!(case.order.attempts[&id].phase(), Phase::Canceled);
}

#[test]
fn a_paid_order_closes_what_is_still_live() {
    let mut case = Case::new(FULL);
    let first = case.attempt(0, AUTO);
    case.learn(&first, &at("o1", Phase::Failed));
    let second = case.attempt(1, AUTO);
    case.learn(&second, &pending("o2"));
    case.learn(&first, &captured("o1", usd(7500)));
    assert_eq!(case.order.attempts[&second].close, Some(Close::Order));
    assert!(case.order.due_at.is_some());
}

#[test]
fn an_open_order_is_always_due() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.change(|order| order.outbox.clear());
    assert_eq!(case.order.due_at, Some(case.order.expires_at));
    case.now = case.order.expires_at;
    let now = case.now;
    case.change(|order| end(order, Ending::Expire, now).unwrap());
    case.change(|order| order.outbox.clear());
    assert_eq!((case.order.state, case.order.due_at), (State::Expired, None));
}

#[test]
fn an_old_ending_reported_again_does_not_end_a_hold() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, CaptureMode::Manual);
    let event = |phase| Seen { past: true, ..at("o1", phase) };
    case.learn(&id, &event(Phase::Failed));
    case.learn(&id, &event(Phase::Authorized));
    case.learn(&id, &event(Phase::Failed));
    let void = OperationId::void_of(&id, &ObjectId::new("o1"), 0);
    assert_eq!(case.order.operations[&void].phase(), OperationPhase::Sending, "still owed");
    case.change(|order| order.operations.get_mut(&void).unwrap().sends = 1);
    case.learn(&id, &at("o1", Phase::Canceled));
    assert_eq!(case.order.operations[&void].phase(), OperationPhase::Done);
}

#[test]
fn a_refund_at_the_gateway_takes_the_room_of_one_that_is_owed() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.change(|order| end(order, Ending::Cancel, super::testing::START).unwrap());
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &refunded("o1", "r1", 3000, None, OperationPhase::Done));
    let owed = |case: &Case, n| {
        let op = &case.order.operations
            [&OperationId::compensation(&case.order.id, &capture_of("o1"), n)];
        (op.phase(), op.amount_minor)
    };
    assert_eq!(owed(&case, 0), (OperationPhase::Refused, 7500));
    assert_eq!(owed(&case, 1), (OperationPhase::Sending, 4500));
}

#[test]
fn a_refused_void_is_owed_again() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, CaptureMode::Manual);
    case.learn(&id, &authorized("o1", usd(7500)));
    let rules = case.rules.clone();
    case.change(|order| close(order, &id, &rules).unwrap());
    for n in 0..16 {
        let void = OperationId::void_of(&id, &ObjectId::new("o1"), n);
        assert!(case.order.operations[&void].phase().is_unproven(), "void {n}");
        case.change(|order| {
            order.operations.get_mut(&void).unwrap().advance(OperationPhase::Refused);
        });
    }
    assert!(case.order.operations.values().all(|op| op.phase() == OperationPhase::Refused));
    assert!(case.order.due_at.is_some(), "it is looked at until the authorization lapses");
}
