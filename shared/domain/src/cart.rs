//! The cart, line by line, and the one rule by which the lines add up to the order's total. A line's kind
//! carries its sign, so no amount is negative. No percentage is computed, so nothing is rounded.

use serde::{Deserialize, Serialize};

use super::money::AMOUNT_MINOR_MAX;

/// Stored as sent: a member left out is absent, a member sent empty is present and empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    pub items: Vec<Item>,
    #[serde(rename = "disc", default, skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Vec<Line>>,
    #[serde(rename = "ship", default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Shipping>,
    #[serde(rename = "fee", default, skip_serializing_if = "Option::is_none")]
    pub fees: Option<Vec<Line>>,
    #[serde(rename = "tax", default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<Tax>>,
    #[serde(rename = "tinc", default, skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub product_id: String,
    pub quantity: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_amount: Option<u64>,
    /// The discount on the whole line.
    #[serde(rename = "disc", default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A discount or a fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    #[serde(rename = "n")]
    pub name: String,
    #[serde(rename = "a")]
    pub amount: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(rename = "a")]
    pub amount: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    #[serde(rename = "n")]
    pub name: String,
    /// Decimal text, shown as it is.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    #[serde(rename = "a")]
    pub amount: u64,
}

/// The sums of a cart by kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// After the items' own discounts.
    pub items: u64,
    pub discounts: u64,
    pub shipping: u64,
    pub fees: u64,
    pub taxes: u64,
}

/// Why the lines of a cart have no total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTotal {
    /// An item has no price; a merchant leaves prices out to skip the check.
    Unpriced,
    /// The lines add up to more than an order may have.
    TooLarge,
    /// The discounts exceed this amount, which is all that they can reduce.
    Discounts(u64),
    /// The included taxes exceed this total.
    Taxes(u64),
}

impl Item {
    /// The price of the line; `None` without a price, or if the sum or the discount is impossible.
    pub fn amount(&self) -> Option<u64> {
        let discount = self.discount_amount.unwrap_or_default();
        self.unit_amount?.checked_mul(self.quantity)?.checked_sub(discount)
    }
}

impl Cart {
    /// Whether the prices include the taxes, which are then shown but not added.
    pub fn holds_its_taxes(&self) -> bool {
        self.tax_included.unwrap_or_default()
    }

    pub fn is_priced(&self) -> bool {
        self.items.iter().all(|item| item.unit_amount.is_some())
    }

    /// `None` if an item has no price or a sum would overflow.
    pub fn amounts(&self) -> Option<Amounts> {
        Some(Amounts {
            items: sum(self.items.iter().map(Item::amount))?,
            discounts: sum(self.discounts.iter().flatten().map(|line| Some(line.amount)))?,
            shipping: self.shipping.as_ref().map_or(0, |shipping| shipping.amount),
            fees: sum(self.fees.iter().flatten().map(|line| Some(line.amount)))?,
            taxes: sum(self.taxes.iter().flatten().map(|tax| Some(tax.amount)))?,
        })
    }

    /// The total by the lines. A discount may reduce all of it: a voucher that is worth money pays for the
    /// shipping and the tax too.
    pub fn total(&self) -> Result<u64, NoTotal> {
        if !self.is_priced() {
            return Err(NoTotal::Unpriced);
        }
        let amounts = self.amounts().ok_or(NoTotal::TooLarge)?;
        let added = if self.holds_its_taxes() { 0 } else { amounts.taxes };
        let charged = sum([amounts.items, amounts.shipping, amounts.fees, added].map(Some));
        let charged = charged.ok_or(NoTotal::TooLarge)?;
        let total = charged.checked_sub(amounts.discounts).ok_or(NoTotal::Discounts(charged))?;
        if self.holds_its_taxes() && amounts.taxes > total {
            return Err(NoTotal::Taxes(total));
        }
        if total > AMOUNT_MINOR_MAX {
            return Err(NoTotal::TooLarge);
        }
        Ok(total)
    }
}

fn sum(amounts: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
    amounts.into_iter().try_fold(0_u64, |sum, amount| sum.checked_add(amount?))
}
