//! Every confirmation of a payment states whether its money is real.

use serde_json::Value;

use super::AUTO;
use crate::claims::end;
use crate::order::Ending;
use crate::phase::OperationPhase;
use crate::testing::{Case, FULL, captured, refunded, usd};

/// The `live` flag of the last confirmation.
fn confirmed_as_live(case: &Case) -> Value {
    let last = case.order.outbox.values().max_by_key(|out| out.sequence).unwrap();
    serde_json::from_str::<Value>(&last.body).unwrap()["data"]["live"].clone()
}

#[test]
fn a_payment_of_a_live_stack_is_live_in_all_its_confirmations() {
    for live in [true, false] {
        let mut case = Case::new(FULL);
        case.rules.live = live;
        let id = case.attempt(0, AUTO);
        case.learn(&id, &captured("o1", usd(7500)));
        assert_eq!(confirmed_as_live(&case), live);
        // Changing the stack's mode later does not rewrite an existing payment.
        case.rules.live = !live;
        case.order.outbox.clear();
        case.learn(&id, &refunded("o1", "r1", 7500, None, OperationPhase::Done));
        assert_eq!(case.confirmed, ["payment.completed", "refund.completed"]);
        assert_eq!(confirmed_as_live(&case), live);
    }
}

#[test]
fn the_end_of_an_order_says_whether_the_stacks_money_is_real() {
    for live in [true, false] {
        let mut case = Case::new(FULL);
        case.rules.live = live;
        let now = case.now;
        case.change(|order| end(order, Ending::Cancel, now).unwrap());
        assert_eq!(case.confirmed, ["order.canceled"]);
        assert_eq!(confirmed_as_live(&case), live);
    }
}
