//! The most that one API key may refund at once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::money::{Currency, Money};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RefundLimit {
    #[default]
    Unlimited,
    /// Limits by currency; a currency that is not listed cannot be refunded.
    At(BTreeMap<Currency, u64>),
}

/// The limit that was exceeded; `most_minor` is `None` if the currency may not be refunded at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverLimit {
    pub currency: Currency,
    pub most_minor: Option<u64>,
}

impl RefundLimit {
    /// Reads `{"EUR":5000}`. `None` for anything else: a limit was meant, but it is unknown.
    pub fn parse(written: &Value) -> Option<Self> {
        let limit = |(code, most): (&String, &Value)| {
            Some((Currency::from_code(code).ok()?, most.as_u64()?))
        };
        written.as_object()?.iter().map(limit).collect::<Option<_>>().map(Self::At)
    }

    /// The limit used in place of one that cannot be read: no refund at all.
    pub fn nothing() -> Self {
        Self::At(BTreeMap::new())
    }

    pub fn admits(&self, refund: Money) -> Result<(), OverLimit> {
        let Self::At(limits) = self else {
            return Ok(());
        };
        let currency = refund.currency;
        match limits.get(&currency).copied() {
            Some(most) if refund.amount_minor <= most => Ok(()),
            most_minor => Err(OverLimit { currency, most_minor }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn money(amount_minor: u64, code: &str) -> Money {
        Money::new(amount_minor, Currency::from_code(code).unwrap())
    }

    #[test]
    fn a_refund_may_be_as_large_as_the_limit_of_its_currency_and_no_larger() {
        let limit = RefundLimit::parse(&json!({ "EUR": 5000, "JPY": 0 })).unwrap();
        assert_eq!(limit.admits(money(5000, "EUR")), Ok(()));
        let over = |amount, code, most_minor| {
            let currency = Currency::from_code(code).unwrap();
            assert_eq!(limit.admits(money(amount, code)), Err(OverLimit { currency, most_minor }));
        };
        over(5001, "EUR", Some(5000));
        over(1, "JPY", Some(0));
        over(1, "USD", None);
        assert_eq!(RefundLimit::Unlimited.admits(money(u64::MAX, "USD")), Ok(()));
        assert!(RefundLimit::nothing().admits(money(1, "EUR")).is_err());
    }

    #[test]
    fn a_malformed_limit_is_not_read() {
        for written in [
            json!(null),
            json!(5000),
            json!("5000"),
            json!([]),
            json!({ "EUR": "5000" }),
            json!({ "EUR": -1 }),
            json!({ "EUR": 50.5 }),
            json!({ "EUR": null }),
            json!({ "eur": 5000 }),
            json!({ "EUR": 5000, "EURO": 5000 }),
        ] {
            assert_eq!(RefundLimit::parse(&written), None, "{written}");
        }
    }
}
