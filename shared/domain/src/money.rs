//! Money: integer minor units of an ISO 4217 currency.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The largest amount that an order may have, in minor units.
pub const AMOUNT_MINOR_MAX: u64 = 999_999_999_999;

/// An ISO 4217 currency with a minor unit; the codes for gold or for testing have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code")]
pub struct UnknownCurrency;

impl Currency {
    /// ```
    /// use quittance_domain::money::Currency;
    /// assert_eq!(Currency::from_code("JPY").unwrap().exponent(), 0);
    /// assert!(Currency::from_code("jpy").is_err());
    /// assert!(Currency::from_code("XAU").is_err());
    /// ```
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        let currency = iso_currency::Currency::from_code(code).ok_or(UnknownCurrency)?;
        // If `eur` counted as `EUR`, two spellings of one order would differ in their fingerprints.
        if currency.code() != code || currency.exponent().is_none() {
            return Err(UnknownCurrency);
        }
        Ok(Self(currency))
    }

    /// All codes that `from_code` accepts, sorted.
    #[cfg(feature = "openapi")]
    pub fn codes() -> impl Iterator<Item = &'static str> {
        let letters = || 'A'..='Z';
        let all = letters()
            .flat_map(move |a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        all.filter_map(|code| Self::from_code(&String::from_iter(code)).ok()).map(Self::code)
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    pub fn exponent(self) -> u16 {
        self.0.exponent().unwrap_or_default()
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::from_code(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount in one currency.
///
/// Sums are of bare minor units: those of one capture, or those in the order's currency. They saturate: a
/// saturated sum is at least as large as any amount, so it leaves nothing, as the exact sum would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    #[serde(rename = "amt")]
    pub amount_minor: u64,
    #[serde(rename = "cur")]
    pub currency: Currency,
}

impl Money {
    pub fn new(amount_minor: u64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount_minor, self.currency.code())
    }
}
