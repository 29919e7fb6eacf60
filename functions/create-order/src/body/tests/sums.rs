//! The sum rule for any cart, checked against a second computation.

use proptest::prelude::*;
use quittance::http::fields::read;
use serde_json::{Value, json};

use super::{order, pointers};

/// Prices and lines are small, so that every rule applies often.
fn carts() -> impl Strategy<Value = Value> {
    let item = (1_u64..4, 0_u64..300, 0_u64..200).prop_map(|(quantity, price, discount)| {
        let discount = discount.min(quantity * price);
        json!({ "product_id": "A", "quantity": quantity, "unit_amount": price, "discount_amount": discount })
    });
    let line = (1_u64..200).prop_map(|amount| json!({ "name": "x", "amount": amount }));
    let lines = move || prop::collection::vec(line.clone(), 0..4);
    let shipping = prop::option::of((0_u64..200).prop_map(|amount| json!({ "amount": amount })));
    let parts =
        (prop::collection::vec(item, 1..5), lines(), shipping, lines(), lines(), any::<bool>());
    parts.prop_map(|(items, discounts, shipping, fees, taxes, tax_included)| {
        let mut cart = json!({
            "currency": "EUR", "items": items, "discounts": discounts, "fees": fees, "taxes": taxes,
            "tax_included": tax_included,
        });
        if let Some(shipping) = shipping {
            cart["shipping"] = shipping;
        }
        cart
    })
}

/// A second computation, with signed numbers.
fn by_hand(cart: &Value) -> (i64, i64, i64) {
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let sum = |name: &str| {
        cart[name].as_array().unwrap().iter().map(|it| number(&it["amount"])).sum::<i64>()
    };
    let item = |it: &Value| {
        number(&it["quantity"]) * number(&it["unit_amount"]) - number(&it["discount_amount"])
    };
    let items: i64 = cart["items"].as_array().unwrap().iter().map(item).sum();
    let (added, held) =
        if cart["tax_included"] == true { (0, sum("taxes")) } else { (sum("taxes"), 0) };
    let charged = items + number(&cart["shipping"]["amount"]) + sum("fees") + added;
    (charged, charged - sum("discounts"), held)
}

proptest! {
    #[test]
    fn what_is_accepted_sums_to_the_total_and_one_unit_off_is_refused(cart in carts()) {
        let (_, total, held) = by_hand(&cart);
        let with = |total: i64| {
            let mut body = cart.clone();
            body["total_amount"] = json!(total);
            body
        };
        let lines_are_wrong = total < 0 || held > total;
        for near in [total - 1, total, total + 1].into_iter().filter(|near| *near > 0) {
            let taken = read(&with(near), order);
            prop_assert_eq!(taken.is_ok(), near == total && !lines_are_wrong);
            match taken {
                Ok(body) => {
                    prop_assert_eq!(i64::try_from(body.total.amount_minor).unwrap(), total);
                    prop_assert_eq!(body.details.cart.total().map(i64::try_from), Ok(Ok(total)));
                }
                Err(_) if lines_are_wrong => {
                    let wrong = if total < 0 { "/discounts" } else { "/taxes" };
                    prop_assert_eq!(pointers(&with(near)), [wrong]);
                }
                Err(errors) => {
                    prop_assert_eq!(&errors[0].pointer, "/total_amount");
                    let expected = format!("is {near}, but the lines add up to {total}");
                    prop_assert!(errors[0].detail.starts_with(&expected), "{:?}", errors);
                }
            }
        }
    }
}
