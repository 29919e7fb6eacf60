//! What `POST /api/orders` takes, and its limits.

use quittance::domain::money::Money;
use quittance::domain::order::{Customer, Details, Item};
use quittance::http::fields::{AMOUNTS, Fields, Pairs, Text};

#[derive(Debug)]
pub struct Body {
    pub total: Money,
    pub details: Details,
    pub expires_in_seconds: i64,
}

const ITEMS_MAX: usize = 100;
const QUANTITY_MAX: i64 = 10_000;
const EXPIRES_IN_SECONDS: std::ops::RangeInclusive<i64> = 300..=2_592_000;
const EXPIRES_IN_SECONDS_DEFAULT: i64 = 86_400;
/// An order is read and written again and again: what the merchant puts into it stays small.
const STORED_BYTES_MAX: usize = 16 * 1024;
const METADATA: Pairs =
    Pairs { count_max: 20, name: Text::chars(40), value: Text::chars(500).prose() };

pub fn order(body: &mut Fields<'_, '_>) -> Option<Body> {
    let items = body.required("items").array(1..=ITEMS_MAX, |member| member.object(item));
    let total = body.required("total_amount").integer(AMOUNTS);
    let currency = body.required("currency").currency();
    let reference = body.optional("reference").string(Text::chars(64));
    let customer = body.optional("customer").object(|member| Some(customer(member)));
    let metadata = body.optional("metadata").pairs(METADATA);
    let expires_in = body.optional("expires_in").integer(EXPIRES_IN_SECONDS);
    if let (Some(items), Some(total)) = (&items, total) {
        refuse_wrong_sum(body, items, total);
    }
    let details =
        Details { items: items?, reference, customer, metadata: metadata.unwrap_or_default() };
    if stored_bytes(&details) > STORED_BYTES_MAX {
        body.refuse("items", "and the other members must not take more than 16 KiB together");
    }
    Some(Body {
        total: Money::new(total?, currency?),
        details,
        expires_in_seconds: expires_in.unwrap_or(EXPIRES_IN_SECONDS_DEFAULT),
    })
}

fn item(item: &mut Fields<'_, '_>) -> Option<Item> {
    let product_id = item.required("product_id").string(Text::chars(64));
    let quantity = item.required("quantity").integer(1..=QUANTITY_MAX);
    let unit_amount = item.optional("unit_amount").integer(AMOUNTS);
    let name = item.optional("name").string(Text::chars(200));
    Some(Item { product_id: product_id?, quantity: quantity?, unit_amount, name })
}

fn customer(customer: &mut Fields<'_, '_>) -> Customer {
    let id = customer.optional("id").string(Text::bytes(254));
    let name = customer.optional("name").string(Text::bytes(254));
    let email = customer.optional("email").string(Text::bytes(254));
    let phone = customer.optional("phone").phone();
    Customer { id, name, email, phone }
}

/// Only where every item has a price can the total be checked.
fn refuse_wrong_sum(body: &mut Fields<'_, '_>, items: &[Item], total: u64) {
    let priced: Option<Vec<u64>> = items.iter().map(|item| item.unit_amount).collect();
    let Some(amounts) = priced else { return };
    let sum = items
        .iter()
        .zip(amounts)
        .try_fold(0_u64, |sum, (item, price)| sum.checked_add(price.checked_mul(item.quantity)?));
    if sum != Some(total) {
        body.refuse("total_amount", "must be the sum of quantity × unit_amount of all items");
    }
}

fn stored_bytes(details: &Details) -> usize {
    let items = details
        .items
        .iter()
        .map(|item| item.product_id.len() + item.name.as_ref().map_or(0, String::len) + 48);
    let metadata = details.metadata.iter().map(|(name, value)| name.len() + value.len() + 8);
    let customer = details.customer.as_ref().map_or(0, |c| {
        [&c.id, &c.name, &c.email, &c.phone].into_iter().flatten().map(String::len).sum()
    });
    items.chain(metadata).sum::<usize>() + customer
}
