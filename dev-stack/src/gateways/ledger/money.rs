//! Amounts in minor units and currencies of three letters, checked where they enter.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The most that one payment may ask for, in minor units.
pub(crate) const AMOUNT_MAX: u64 = 999_999_999_999;

/// Three capital letters. This gateway accepts any, even those that ISO 4217 lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Currency(String);

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        let well_formed = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if well_formed { Ok(Self(code)) } else { Err("a currency must be three capital letters") }
    }
}

impl Currency {
    pub(crate) fn code(&self) -> &str {
        &self.0
    }

    /// ISO 4217 also has codes for gold, for tests and for no currency; those have no minor unit.
    pub(crate) fn is_money(&self) -> bool {
        let known = iso_currency::Currency::from_code(&self.0);
        known.is_some_and(|currency| currency.exponent().is_some())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `#[serde(deserialize_with)]` for an amount that must be there.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within_bounds(u64::deserialize(deserializer)?)
}

/// `#[serde(deserialize_with, default)]` for an amount that may be left out.
pub(crate) fn optional_amount<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    Option::<u64>::deserialize(deserializer)?.map(within_bounds).transpose()
}

fn within_bounds<E: de::Error>(amount: u64) -> Result<u64, E> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(E::custom(format_args!("an amount must be 1 to {AMOUNT_MAX} minor units")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert!(Currency::try_from("INR".to_owned()).is_ok());
        for wrong in ["", "inr", "IN", "INRR", "IN1", "É€"] {
            assert!(Currency::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
