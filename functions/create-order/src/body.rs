//! The body of `POST /api/orders`, and its limits.

mod cart;
#[cfg(test)]
mod tests;

use quittance::domain::cart::Cart;
use quittance::domain::money::Money;
use quittance::domain::order::{Customer, Details};
use quittance::http::fields::{AMOUNTS, Fields, Pairs, Text};

#[derive(Debug)]
pub struct Body {
    pub total: Money,
    pub details: Details,
    pub expires_in_seconds: i64,
}

const EXPIRES_IN_SECONDS: std::ops::RangeInclusive<i64> = 300..=2_592_000;
const EXPIRES_IN_SECONDS_DEFAULT: i64 = 86_400;
/// An order is read and written many times, so the merchant's part of it must stay small.
const STORED_BYTES_MAX: usize = 16 * 1024;
const METADATA: Pairs =
    Pairs { count_max: 20, name: Text::chars(40), value: Text::chars(500).prose() };

pub fn order(body: &mut Fields<'_, '_>) -> Option<Body> {
    let cart = cart::read(body);
    let total = body
        .required("total_amount")
        .means("The amount to pay, in the currency's minor unit.")
        .integer_or_zero(AMOUNTS);
    let currency = body.required("currency").means("The currency of all amounts.").currency();
    let reference =
        body.optional("reference").means("Your own number for the order.").string(Text::chars(64));
    let customer = body
        .optional("customer")
        .means("The buyer; kept with the order.")
        .object(|member| Some(customer(member)));
    let metadata = body
        .optional("metadata")
        .means("Your own notes; confirmations return them.")
        .pairs(METADATA);
    let expires_in = body
        .optional("expires_in")
        .means("How many seconds the order can be paid. Default 86400.")
        .integer(EXPIRES_IN_SECONDS);
    cart::refuse_wrong_total(body, cart.as_ref(), total);
    let metadata = metadata.unwrap_or_default();
    let details = Details { cart: cart?, reference, customer, metadata };
    if stored_bytes(&details) > STORED_BYTES_MAX {
        body.refuse("items", "must not exceed 16 KiB together with the other fields");
    }
    Some(Body {
        total: Money::new(total?, currency?),
        details,
        expires_in_seconds: expires_in.unwrap_or(EXPIRES_IN_SECONDS_DEFAULT),
    })
}

fn customer(customer: &mut Fields<'_, '_>) -> Customer {
    let id =
        customer.optional("id").means("Your own number for the customer.").string(Text::bytes(254));
    let name = customer
        .optional("name")
        .means("Kept with the order; sent to no gateway.")
        .string(Text::bytes(254));
    let email = customer
        .optional("email")
        .means("Kept with the order; nothing is sent to it.")
        .string(Text::bytes(254));
    let phone =
        customer.optional("phone").means("Kept with the order; nothing is sent to it.").phone();
    Customer { id, name, email, phone }
}

fn stored_bytes(details: &Details) -> usize {
    let metadata = details.metadata.iter().map(|(name, value)| name.len() + value.len() + 8);
    let customer = details.customer.as_ref().map_or(0, |c| {
        [&c.id, &c.name, &c.email, &c.phone].into_iter().flatten().map(String::len).sum()
    });
    lines_bytes(&details.cart) + metadata.sum::<usize>() + customer
}

fn lines_bytes(cart: &Cart) -> usize {
    let bytes = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let discount = |amount: Option<u64>| if amount.is_some() { 20 } else { 0 };
    let items = cart.items.iter().map(|item| {
        item.product_id.len() + bytes(&item.name) + discount(item.discount_amount) + 48
    });
    let lines = cart.discounts.iter().chain(&cart.fees).flatten().map(|line| line.name.len() + 24);
    let shipping = cart.shipping.iter().map(|shipping| bytes(&shipping.name) + 24);
    let taxes = cart.taxes.iter().flatten().map(|tax| tax.name.len() + bytes(&tax.rate) + 32);
    items.chain(lines).chain(shipping).chain(taxes).sum()
}
