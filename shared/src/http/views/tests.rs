use super::{created_payment, order_with_payments, payment, payment_in_the_way, reduced_payment};
use crate::domain::attempt::CaptureMode;
use crate::domain::testing::{Case, FULL, captured, usd};

#[test]
fn every_view_of_a_payment_says_whether_its_money_is_real() {
    for live in [true, false] {
        let mut case = Case::new(FULL);
        case.rules.live = live;
        let id = case.attempt(0, CaptureMode::Automatic);
        case.learn(&id, &captured("o1", usd(7500)));
        let order = &case.order;
        let views = [
            created_payment(order, &id, None),
            payment(order, &id),
            reduced_payment(order, &id, case.now),
            payment_in_the_way(order, &id),
            order_with_payments(order, case.now)["payments"][0].clone(),
        ];
        for view in views {
            assert_eq!(view["live"], live, "{view}");
        }
    }
}
