//! How attempts and orders end: closed, expired, canceled.

use super::{AUTO, MANUAL, status};
use crate::capabilities::{Capabilities, OUT_OF_REACH, PageOnly};
use crate::claims::{CloseRefused, EndRefused, close, end};
use crate::ledger::CaptureClass;
use crate::order::{Ending, State};
use crate::phase::{OperationPhase, Phase};
use crate::reservations::claim_capture;
use crate::status::{OrderStatus, PaymentStatus};
use crate::testing::{Case, FULL, START, at, authorized, capture_of, captured, pending, usd};

/// A gateway whose pages nothing can end.
const STUBBORN: Capabilities =
    Capabilities { cancel: false, page_life: false, void: false, ..FULL };

#[test]
fn a_closing_attempt_that_nobody_saw_is_released_at_once() {
    let mut case = Case::new(STUBBORN);
    let id = case.attempt(0, AUTO);
    let rules = case.rules.clone();
    case.change(|order| close(order, &id, &rules).unwrap());
    assert_eq!(case.order.attempts[&id].phase(), Phase::Closed);
    case.learn(&id, &pending("o1"));
    assert_eq!(case.order.attempts[&id].page, None, "too late to hand a page out");
    assert_eq!(case.confirmed, ["payment.canceled"]);
}

#[test]
fn a_page_that_nothing_can_end_is_not_closed_but_abandoned_with_its_order() {
    let mut case = Case::new(STUBBORN);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    let refused = close(&mut case.order.clone(), &id, &case.rules).unwrap_err();
    assert_eq!(refused, CloseRefused::NotReleasable { retry_at: None });
    case.change(|order| end(order, Ending::Cancel, START).unwrap());
    assert_eq!(case.order.attempts[&id].phase(), Phase::Abandoned);
    assert_eq!(case.order.state, State::Canceled);
    assert_eq!(case.confirmed, ["payment.failed", "order.canceled"]);
    assert_eq!(case.order.attempts[&id].failure.as_ref().unwrap().code, "abandoned");
    case.learn(&id, &captured("o1", usd(7500)));
    assert_eq!(case.order.captures[&capture_of("o1")].class, CaptureClass::Excess);
}

#[test]
fn nothing_is_given_up_at_a_gateway_whose_credentials_are_gone() {
    for mode in [AUTO, MANUAL] {
        let mut case = Case::new(OUT_OF_REACH);
        let id = case.attempt(0, mode);
        case.learn(&id, &pending("o1"));
        case.change(|order| end(order, Ending::Cancel, START).unwrap());
        assert!(case.order.attempts[&id].phase().is_live());
        assert_eq!((case.order.state, case.confirmed.len()), (State::Open, 0));
        case.learn(&id, &captured("o1", usd(7500)));
        assert_eq!(case.order.state, State::Paid, "it can report again");
    }
}

#[test]
fn a_close_waits_for_the_gateways_word() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &pending("o1"));
    let rules = case.rules.clone();
    case.change(|order| close(order, &id, &rules).unwrap());
    assert_eq!(status(&case, 0), PaymentStatus::Pending);
    assert!(case.order.attempts[&id].page_to_show().is_none());
    case.learn(&id, &at("o1", Phase::Canceled));
    assert_eq!(case.confirmed, ["payment.canceled"]);
    assert_eq!(case.order.live, None);
}

#[test]
fn expiry_leaves_an_authorized_payment_to_the_merchant() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, MANUAL);
    case.learn(&id, &authorized("o1", usd(7500)));
    assert_eq!(
        end(&mut case.order.clone(), Ending::Expire, case.now),
        Err(EndRefused::NotYetExpired)
    );
    case.now = case.order.expires_at;
    let now = case.now;
    case.change(|order| end(order, Ending::Expire, now).unwrap());
    assert_eq!(case.order.state, State::Open);
    assert_eq!(case.order.attempts[&id].close, None);
    let capture = case.operation("c", Some(5000));
    let rules = case.rules.clone();
    case.change(|order| claim_capture(order, &id, &capture, &rules).unwrap());
    case.learn(&id, &captured("o1", usd(5000)));
    assert_eq!(case.order.status(case.now), OrderStatus::Paid);
    assert_eq!(case.order.operations[&capture.id].phase(), OperationPhase::Done);
}

#[test]
fn a_payment_made_by_the_create_call_is_not_taken_as_unseen() {
    let mut case = Case::new(STUBBORN);
    case.order.details.metadata.insert("sandbox".to_owned(), "approve".to_owned());
    assert_eq!(STUBBORN.page_only, PageOnly::UnlessMetadata("sandbox"));
    let id = case.attempt(0, AUTO);
    assert!(close(&mut case.order.clone(), &id, &case.rules).is_err());
}
