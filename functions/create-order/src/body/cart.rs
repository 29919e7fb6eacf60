//! The lines of an order, and what they must come to.

use std::ops::RangeInclusive;

use quittance::domain::cart::{Cart, Item, Line, NoTotal, Shipping, Tax};
use quittance::domain::money::AMOUNT_MINOR_MAX;
use quittance::http::fields::{AMOUNTS, Fields, Member, PRICES, Text};

const ITEMS_MAX: usize = 100;
const QUANTITY_MAX: i64 = 10_000;
const LINES: RangeInclusive<usize> = 0..=20;
const NAME: Text = Text::chars(60);
/// What is told beside items makes sense only where these have prices.
const BESIDE_ITEMS: [&str; 5] = ["discounts", "shipping", "fees", "taxes", "tax_included"];
const OF_NOTHING: &str =
    "an order of nothing needs no payment, so let your shop confirm it without one";

/// What the items say of their prices, beside the items themselves.
#[derive(Default)]
struct Prices {
    /// Where a price would stand that is not there.
    missing: Vec<String>,
    /// An item has a discount of its own.
    discounted: bool,
}

/// Nothing if any of it is wrong.
pub(super) fn read(body: &mut Fields<'_, '_>) -> Option<Cart> {
    let mistakes = body.mistakes();
    let mut prices = Prices::default();
    let items = body
        .required("items")
        .array(1..=ITEMS_MAX, |member| member.object(|fields| item(fields, &mut prices)));
    let discounts = body.optional("discounts").array(LINES, line);
    let shipping = body.optional("shipping").object(shipping);
    let fees = body.optional("fees").array(LINES, line);
    let taxes = body.optional("taxes").array(LINES, |member| member.object(tax));
    let tax_included = body.optional("tax_included").boolean();
    let beside_items = BESIDE_ITEMS.into_iter().filter(|name| body.has(name));
    let sent: Vec<_> =
        prices.discounted.then_some("discount_amount").into_iter().chain(beside_items).collect();
    for pointer in prices.missing.into_iter().filter(|_| !sent.is_empty()) {
        body.refuse_at(pointer, format!("is required beside {}", sent.join(", ")));
    }
    let cart = Cart { items: items?, discounts, shipping, fees, taxes, tax_included };
    (body.mistakes() == mistakes).then_some(cart)
}

fn item(item: &mut Fields<'_, '_>, prices: &mut Prices) -> Option<Item> {
    let product_id = item.required("product_id").string(Text::chars(64));
    let quantity = item.required("quantity").integer(1..=QUANTITY_MAX);
    let unit_amount = item.optional("unit_amount").integer(PRICES);
    let discount_amount = item.optional("discount_amount").integer(PRICES);
    let name = item.optional("name").string(Text::chars(200));
    prices.discounted |= item.has("discount_amount");
    if !item.has("unit_amount") {
        prices.missing.push(item.pointer_to("unit_amount"));
    }
    if let (Some(quantity), Some(price), Some(discount)) = (quantity, unit_amount, discount_amount)
        && u64::checked_mul(quantity, price).is_some_and(|amount| discount > amount)
    {
        item.refuse("discount_amount", "must not be more than quantity × unit_amount");
    }
    Some(Item { product_id: product_id?, quantity: quantity?, unit_amount, discount_amount, name })
}

fn line(member: Member<'_, '_>) -> Option<Line> {
    member.object(|line| {
        let name = line.required("name").string(NAME);
        let amount = line.required("amount").integer(AMOUNTS);
        Some(Line { name: name?, amount: amount? })
    })
}

fn shipping(shipping: &mut Fields<'_, '_>) -> Option<Shipping> {
    let name = shipping.optional("name").string(NAME);
    let amount = shipping.required("amount").integer(PRICES);
    Some(Shipping { name, amount: amount? })
}

fn tax(tax: &mut Fields<'_, '_>) -> Option<Tax> {
    let name = tax.required("name").string(NAME);
    let rate = tax.optional("rate").decimal();
    let amount = tax.required("amount").integer(PRICES);
    Some(Tax { name: name?, rate, amount: amount? })
}

/// Without prices there is nothing to check the total against, and where a line is wrong its rule is told
/// first.
pub(super) fn refuse_wrong_total(
    body: &mut Fields<'_, '_>,
    cart: Option<&Cart>,
    total: Option<u64>,
) {
    let told = cart.map(Cart::total);
    match told {
        Some(Err(NoTotal::Discounts(charged))) => {
            body.refuse("discounts", format!("must not be more than the {charged} they reduce"));
        }
        Some(Err(NoTotal::Taxes(told))) => {
            let detail = format!("must not be more than {told}, the total that includes them");
            body.refuse("taxes", detail);
        }
        Some(Err(NoTotal::TooLarge)) => body.refuse(
            "items",
            format!(
                "come to more than {AMOUNT_MINOR_MAX} with the other lines, and no total can be larger"
            ),
        ),
        Some(Ok(_) | Err(NoTotal::Unpriced)) | None => {}
    }
    let detail = match (told, total) {
        (Some(Ok(told)), Some(total)) if told == total && total > 0 => return,
        (Some(Ok(told)), Some(total)) if told > 0 => format!("is {told} by the lines, not {total}"),
        (Some(Ok(_)), Some(total)) if total > 0 => {
            format!("is 0 by the lines, not {total}; {OF_NOTHING}")
        }
        (_, Some(0)) => format!("must be at least 1: {OF_NOTHING}"),
        (_, Some(_) | None) => return,
    };
    body.refuse("total_amount", detail);
}
