//! Two gateways in one order.

use super::AUTO;
use crate::ledger::CaptureClass;
use crate::merge::{MergeError, merge};
use crate::names::{CaptureId, GatewayName};
use crate::order::State;
use crate::phase::Phase;
use crate::testing::{Case, FULL, at, capture_of, captured, usd};

#[test]
fn the_same_id_at_two_gateways_is_two_captures() {
    let mut case = Case::new(FULL);
    let first = case.attempt(0, AUTO);
    case.learn(&first, &at("o1", Phase::Failed));
    let second = case.attempt(1, AUTO);
    let other = GatewayName::new("other");
    case.change(|order| order.attempts.get_mut(&second).unwrap().gateway = other.clone());
    case.learn(&second, &captured("o1", usd(7500)));
    case.learn(&first, &captured("o1", usd(7500)));
    let ids: Vec<&CaptureId> = case.order.captures.keys().collect();
    let paid = CaptureId::new("o1#0").kept(&other);
    assert_eq!(ids, [&capture_of("o1"), &paid]);
    assert_eq!(case.order.state, State::Paid);
    assert_eq!(case.order.captures[&paid].class, CaptureClass::Fits);
    assert_eq!(case.order.captures[&capture_of("o1")].class, CaptureClass::Excess);
}

#[test]
fn a_capture_that_another_payment_has_is_refused_and_changes_nothing() {
    let mut case = Case::new(FULL);
    let first = case.attempt(0, AUTO);
    case.learn(&first, &at("o1", Phase::Failed));
    let second = case.attempt(1, AUTO);
    case.learn(&first, &captured("o1", usd(7500)));
    let before = case.order.clone();
    let displaced = captured("o1", usd(7500));
    let merged = merge(&mut case.order, &second, &displaced, case.now);
    assert_eq!(merged, Err(MergeError::AnothersCapture));
    assert_eq!(case.order, before);
}
