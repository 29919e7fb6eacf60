//! The cart as the merchant reads it: as sent, and summed up.

#[cfg(feature = "openapi")]
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::cart::{Amounts, Cart, Item, Line, Shipping, Tax};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema))]
pub(super) struct CartView<'a> {
    /// The items, as sent.
    items: Vec<ItemView<'a>>,
    /// Discounts on the whole order, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    discounts: Option<Vec<LineView<'a>>>,
    /// Shipping, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<ShippingView<'a>>,
    /// Fees in addition to the items, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    fees: Option<Vec<LineView<'a>>>,
    /// Taxes, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    taxes: Option<Vec<TaxView<'a>>>,
    /// Whether the prices include the taxes, which are then shown but not added.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_included: Option<bool>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Item"))]
struct ItemView<'a> {
    /// Your SKU.
    product_id: &'a str,
    /// Quantity.
    quantity: u64,
    /// Unit price, in the currency's minor unit; 0 for a gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_amount: Option<u64>,
    /// Discount on the whole line.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_amount: Option<u64>,
    /// The name shown to the shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Line"))]
struct LineView<'a> {
    /// The name shown to the shopper.
    name: &'a str,
    /// In the currency's minor unit. Discounts are subtracted, fees are added.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Shipping"))]
struct ShippingView<'a> {
    /// The name shown to the shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// In the currency's minor unit.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Tax"))]
struct TaxView<'a> {
    /// The name shown to the shopper.
    name: &'a str,
    /// Percentage, as sent. It is shown, but not used in any computation.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<&'a str>,
    /// In the currency's minor unit.
    amount: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(JsonSchema), schemars(rename = "Amounts"))]
pub(super) struct AmountsView {
    /// Sum of `quantity` × `unit_amount`, less `discount_amount`.
    items: u64,
    /// Sum of `discounts`.
    discounts: u64,
    /// Amount of `shipping`.
    shipping: u64,
    /// Sum of `fees`.
    fees: u64,
    /// Sum of `taxes`, which are added to the total or, with `tax_included`, contained in the prices.
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
