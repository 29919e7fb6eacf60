//! The lines of an order, and the total that they must add up to.

use std::ops::RangeInclusive;

use quittance::domain::cart::{Cart, Item, Line, NoTotal, Shipping, Tax};
use quittance::domain::money::AMOUNT_MINOR_MAX;
use quittance::http::fields::{AMOUNTS, Fields, Member, PRICES, Text};

const ITEMS_MAX: usize = 100;
const QUANTITY_MAX: i64 = 10_000;
const LINES: RangeInclusive<usize> = 0..=20;
const NAME: Text = Text::chars(60);
/// These fields make sense only if every item has a price.
const BESIDE_ITEMS: [&str; 5] = ["discounts", "shipping", "fees", "taxes", "tax_included"];
const OF_NOTHING: &str =
    "an order with nothing to pay needs no payment, so confirm it in your shop without one";

/// What was found out about prices while the items were read.
#[derive(Default)]
struct Prices {
    /// Pointers to the missing prices.
    missing: Vec<String>,
    /// Whether any item has its own discount.
    discounted: bool,
}

/// `None` if any part of the cart is wrong.
pub(super) fn read(body: &mut Fields<'_, '_>) -> Option<Cart> {
    let mistakes = body.mistakes();
    let mut prices = Prices::default();
    let items = body
        .required("items")
        .means("The purchased items.")
        .array(1..=ITEMS_MAX, |member| member.object(|fields| item(fields, &mut prices)));
    let discounts = body
        .optional("discounts")
        .means("Discounts on the whole order, including a discount for free shipping.")
        .array(LINES, line);
    let shipping = body.optional("shipping").means("The shipping charge.").object(shipping);
    let fees = body.optional("fees").means("Charges in addition to the items.").array(LINES, line);
    let taxes = body
        .optional("taxes")
        .means("Added to the total unless `tax_included`.")
        .array(LINES, |member| member.object(tax));
    let tax_included = body
        .optional("tax_included")
        .means("The prices include the taxes, so these are not added. Default `false`.")
        .boolean();
    let beside_items = BESIDE_ITEMS.into_iter().filter(|name| body.has(name));
    let sent: Vec<_> =
        prices.discounted.then_some("discount_amount").into_iter().chain(beside_items).collect();
    for pointer in prices.missing.into_iter().filter(|_| !sent.is_empty()) {
        body.refuse_at(pointer, format!("is required with {}", sent.join(", ")));
    }
    let cart = Cart { items: items?, discounts, shipping, fees, taxes, tax_included };
    (body.mistakes() == mistakes).then_some(cart)
}

fn item(item: &mut Fields<'_, '_>, prices: &mut Prices) -> Option<Item> {
    let product_id = item.required("product_id").means("Your SKU.").string(Text::chars(64));
    let quantity = item.required("quantity").means("Quantity.").integer(1..=QUANTITY_MAX);
    let unit_amount = item
        .optional("unit_amount")
        .means("The price of one unit of the item, in the currency's minor unit; 0 for a gift.")
        .integer(PRICES);
    let discount_amount = item
        .optional("discount_amount")
        .means("The discount on the whole line, at most its full price.")
        .integer(PRICES);
    let name =
        item.optional("name").means("The name that the shopper sees.").string(Text::chars(200));
    prices.discounted |= item.has("discount_amount");
    if !item.has("unit_amount") {
        prices.missing.push(item.pointer_to("unit_amount"));
    }
    if let (Some(quantity), Some(price), Some(discount)) = (quantity, unit_amount, discount_amount)
        && u64::checked_mul(quantity, price).is_some_and(|amount| discount > amount)
    {
        item.refuse("discount_amount", "must not exceed quantity × unit_amount");
    }
    Some(Item { product_id: product_id?, quantity: quantity?, unit_amount, discount_amount, name })
}

fn line(member: Member<'_, '_>) -> Option<Line> {
    member.object(|line| {
        let name = line.required("name").means("The name that the shopper sees.").string(NAME);
        let amount = line
            .required("amount")
            .means("The amount, in the currency's minor unit.")
            .integer(AMOUNTS);
        Some(Line { name: name?, amount: amount? })
    })
}

fn shipping(shipping: &mut Fields<'_, '_>) -> Option<Shipping> {
    let name = shipping.optional("name").means("The name that the shopper sees.").string(NAME);
    let amount = shipping
        .required("amount")
        .means("The amount, in the currency's minor unit; 0 if free.")
        .integer(PRICES);
    Some(Shipping { name, amount: amount? })
}

fn tax(tax: &mut Fields<'_, '_>) -> Option<Tax> {
    let name = tax.required("name").means("The name that the shopper sees.").string(NAME);
    let rate =
        tax.optional("rate").means("In percent; shown, but nothing is computed from it.").decimal();
    let amount =
        tax.required("amount").means("The amount, in the currency's minor unit.").integer(PRICES);
    Some(Tax { name: name?, rate, amount: amount? })
}

/// Without prices there is nothing to check the total against. If a line is wrong, that line is reported
/// instead of the total.
pub(super) fn refuse_wrong_total(
    body: &mut Fields<'_, '_>,
    cart: Option<&Cart>,
    total: Option<u64>,
) {
    let sum = cart.map(Cart::total);
    match sum {
        Some(Err(NoTotal::Discounts(charged))) => {
            body.refuse("discounts", format!("must not exceed {charged}, the amount they reduce"));
        }
        Some(Err(NoTotal::Taxes(gross))) => {
            let detail = format!("must not exceed {gross}, the total that includes them");
            body.refuse("taxes", detail);
        }
        Some(Err(NoTotal::TooLarge)) => body.refuse(
            "items",
            format!(
                "add up to more than {AMOUNT_MINOR_MAX}, the largest total, with the other lines"
            ),
        ),
        Some(Ok(_) | Err(NoTotal::Unpriced)) | None => {}
    }
    let detail = match (sum, total) {
        (Some(Ok(sum)), Some(total)) if sum == total && total > 0 => return,
        (Some(Ok(sum)), Some(total)) if sum > 0 => {
            format!("is {total}, but the lines add up to {sum}")
        }
        (Some(Ok(_)), Some(total)) if total > 0 => {
            format!("is {total}, but the lines add up to 0; {OF_NOTHING}")
        }
        (_, Some(0)) => format!("must be at least 1: {OF_NOTHING}"),
        (_, Some(_) | None) => return,
    };
    body.refuse("total_amount", detail);
}
