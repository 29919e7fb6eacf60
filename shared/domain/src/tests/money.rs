//! Laws of money.

use proptest::prelude::*;

use super::AUTO;
use crate::money::{Currency, Money};
use crate::phase::{DisputePhase, OperationPhase};
use crate::testing::{Case, FULL, capture_of, captured, disputed, refunded, usd};

fn currencies() -> impl Iterator<Item = Currency> {
    let codes = ('A'..='Z').flat_map(|a| ('A'..='Z').map(move |b| (a, b)));
    let codes = codes.flat_map(|(a, b)| ('A'..='Z').map(move |c| format!("{a}{b}{c}")));
    codes.filter_map(|code| Currency::from_code(&code).ok())
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(currencies().collect::<Vec<_>>())
}

/// Amounts of which some add up to more than a `u64` holds.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![1..200_u64, 1..=u64::MAX]
}

#[test]
fn every_currency_is_counted_in_its_own_minor_unit() {
    let exponent = |code: &str| Currency::from_code(code).unwrap().exponent();
    for (code, expected) in [("JPY", 0), ("INR", 2), ("USD", 2), ("KWD", 3), ("CLF", 4)] {
        assert_eq!(exponent(code), expected, "{code}");
    }
    assert!(currencies().count() > 150);
    assert!(currencies().all(|currency| [0, 2, 3, 4].contains(&currency.exponent())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_left_of_a_capture_is_exact(
        total in amount(), refunds in prop::collection::vec(amount(), 0..5),
        lost in prop::option::of(amount()),
    ) {
        let mut case = Case::new(FULL);
        case.order.total = usd(total);
        let id = case.attempt(0, AUTO);
        case.learn(&id, &captured("o1", usd(total)));
        for (n, refund) in refunds.iter().enumerate() {
            let name = format!("r{n}");
            case.learn(&id, &refunded("o1", &name, *refund, None, OperationPhase::Done));
        }
        if let Some(lost) = lost {
            case.learn(&id, &disputed("o1", lost, DisputePhase::Lost));
        }
        let spent: u128 = refunds.iter().copied().chain(lost).map(u128::from).sum();
        let left = case.order.room(&capture_of("o1")).unwrap().left_minor;
        prop_assert_eq!(u128::from(left), u128::from(total).saturating_sub(spent));
    }

    #[test]
    fn money_is_stored_as_it_is(amount: u64, currency in currency()) {
        let money = Money::new(amount, currency);
        let stored = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&stored).unwrap(), money);
    }
}
