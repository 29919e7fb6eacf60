//! Amounts in minor units and currencies of three letters, checked where they enter.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The most that one payment may ask for, in minor units.
pub(super) const AMOUNT_MAX: u64 = 999_999_999_999;

/// Three capital letters. This gateway takes any of them, also those that ISO 4217 lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Currency(String);

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        let well_formed = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if well_formed { Ok(Self(code)) } else { Err("a currency is three capital letters") }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Currency {
    /// `75.00 USD`. A currency without a known exponent is shown in whole minor units.
    pub(super) fn display(&self, amount: u64) -> String {
        let exponent = iso_currency::Currency::from_code(&self.0)
            .and_then(iso_currency::Currency::exponent)
            .unwrap_or(0);
        let scale = 10_u64.saturating_pow(u32::from(exponent));
        if scale == 1 {
            return format!("{amount} {self}");
        }
        let width = usize::from(exponent);
        format!("{}.{:0width$} {self}", amount / scale, amount % scale)
    }
}

/// `#[serde(deserialize_with)]` for an amount that must be there.
pub(super) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within_bounds(u64::deserialize(deserializer)?)
}

/// `#[serde(deserialize_with, default)]` for an amount that may be left out.
pub(super) fn optional_amount<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    Option::<u64>::deserialize(deserializer)?.map(within_bounds).transpose()
}

fn within_bounds<E: de::Error>(amount: u64) -> Result<u64, E> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(E::custom(format_args!("an amount is 1 to {AMOUNT_MAX} minor units")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_the_decimals_of_its_currency() {
        let shown = |code: &str, amount| Currency(code.to_owned()).display(amount);
        assert_eq!(shown("USD", 7_505), "75.05 USD");
        assert_eq!(shown("JPY", 7_505), "7505 JPY");
        assert_eq!(shown("KWD", 7_505), "7.505 KWD");
        assert_eq!(shown("ZZZ", 7_505), "7505 ZZZ");
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert!(Currency::try_from("INR".to_owned()).is_ok());
        for wrong in ["", "inr", "IN", "INRR", "IN1", "É€"] {
            assert!(Currency::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
