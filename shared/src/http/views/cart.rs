//! What is bought as the merchant reads it: as it was sent, and summed up.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::cart::{Amounts, Cart, Item, Line, Shipping, Tax};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema))]
pub(super) struct CartView<'a> {
    /// What is bought, as it was sent.
    items: Vec<ItemView<'a>>,
    /// What the whole order is reduced by, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    discounts: Option<Vec<LineView<'a>>>,
    /// As it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<ShippingView<'a>>,
    /// What is charged beside the items, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    fees: Option<Vec<LineView<'a>>>,
    /// As they were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    taxes: Option<Vec<TaxView<'a>>>,
    /// The prices hold the taxes, which are told and not added.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_included: Option<bool>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Item"))]
struct ItemView<'a> {
    /// The merchant's own name of it.
    product_id: &'a str,
    /// How many of it.
    quantity: u64,
    /// The price of one, in the currency's minor unit; 0 for a gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_amount: Option<u64>,
    /// What the whole line is reduced by.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_amount: Option<u64>,
    /// As the shopper reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Line"))]
struct LineView<'a> {
    /// As the shopper reads it.
    name: &'a str,
    /// In the currency's minor unit; its kind says whether it is added or taken off.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Shipping"))]
struct ShippingView<'a> {
    /// As the shopper reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// In the currency's minor unit.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Tax"))]
struct TaxView<'a> {
    /// As the shopper reads it.
    name: &'a str,
    /// In per cent, as it was sent: it is shown, and nothing is computed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<&'a str>,
    /// In the currency's minor unit.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Amounts"))]
pub(super) struct AmountsView {
    /// Of `quantity` × `unit_amount`, without what `discount_amount` takes off.
    items: u64,
    /// Of `discounts`.
    discounts: u64,
    /// Of `shipping`.
    shipping: u64,
    /// Of `fees`.
    fees: u64,
    /// Of `taxes`, which are part of the total or, with `tax_included`, of the prices.
    taxes: u64,
}

impl<'a> CartView<'a> {
    pub(super) fn of(cart: &'a Cart) -> Self {
        Self {
            items: cart.items.iter().map(ItemView::of).collect(),
            discounts: cart
                .discounts
                .as_ref()
                .map(|lines| lines.iter().map(LineView::of).collect()),
            shipping: cart.shipping.as_ref().map(ShippingView::of),
            fees: cart.fees.as_ref().map(|lines| lines.iter().map(LineView::of).collect()),
            taxes: cart.taxes.as_ref().map(|taxes| taxes.iter().map(TaxView::of).collect()),
            tax_included: cart.tax_included,
        }
    }
}

impl<'a> ItemView<'a> {
    fn of(item: &'a Item) -> Self {
        Self {
            product_id: &item.product_id,
            quantity: item.quantity,
            unit_amount: item.unit_amount,
            discount_amount: item.discount_amount,
            name: item.name.as_deref(),
        }
    }
}

impl<'a> LineView<'a> {
    fn of(line: &'a Line) -> Self {
        Self { name: &line.name, amount: line.amount }
    }
}

impl<'a> ShippingView<'a> {
    fn of(shipping: &'a Shipping) -> Self {
        Self { name: shipping.name.as_deref(), amount: shipping.amount }
    }
}

impl<'a> TaxView<'a> {
    fn of(tax: &'a Tax) -> Self {
        Self { name: &tax.name, rate: tax.rate.as_deref(), amount: tax.amount }
    }
}

impl AmountsView {
    pub(super) fn of(amounts: Amounts) -> Self {
        let Amounts { items, discounts, shipping, fees, taxes } = amounts;
        Self { items, discounts, shipping, fees, taxes }
    }
}
