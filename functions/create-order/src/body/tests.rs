//! Realistic carts: which ones are accepted, and how each mistake is reported.

mod sums;

use quittance::http::fields::read;
use serde_json::{Value, json};

use super::order;

const TOO_LARGE: &str = "add up to more than 999999999999, the largest total, with the other lines";

/// The pointer and detail of every mistake.
fn mistakes(body: &Value) -> Vec<(String, String)> {
    let errors = read(body, order).err().unwrap_or_default();
    errors.into_iter().map(|error| (error.pointer, error.detail)).collect()
}

fn pointers(body: &Value) -> Vec<String> {
    mistakes(body).into_iter().map(|(pointer, _)| pointer).collect()
}

/// Two mugs at 37.50 with 5.00 off, a free sticker, an 8.00 coupon and 4.95 for shipping.
fn cart() -> Value {
    json!({
        "currency": "EUR", "total_amount": 6695, "reference": "8731",
        "items": [
            { "product_id": "SKU_1001", "name": "Enamel mug", "quantity": 2, "unit_amount": 3750,
              "discount_amount": 500 },
            { "product_id": "GIFT_1", "name": "Sticker", "quantity": 1, "unit_amount": 0 },
        ],
        "discounts": [{ "name": "SPRING10", "amount": 800 }],
        "shipping": { "name": "DHL", "amount": 495 },
        "fees": [],
        "taxes": [{ "name": "VAT", "rate": "19", "amount": 1069 }],
        "tax_included": true,
    })
}

fn cart_with(changes: &Value) -> Value {
    let mut body = cart();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

#[test]
fn a_cart_with_coupon_shipping_tax_and_a_gift_is_taken() {
    assert_eq!(mistakes(&cart()), []);
    let added = cart_with(&json!({ "tax_included": false, "total_amount": 6695 + 1069 }));
    assert_eq!(mistakes(&added), []);
    let fee = json!({ "fees": [{ "name": "Gift wrap", "amount": 5 }], "total_amount": 6700 });
    assert_eq!(mistakes(&cart_with(&fee)), []);
    let no_shipping_name = json!({ "shipping": { "amount": 0 }, "total_amount": 6200 });
    assert_eq!(mistakes(&cart_with(&no_shipping_name)), []);
}

#[test]
fn the_refusal_of_a_wrong_total_states_the_right_one() {
    let wrong = cart_with(&json!({ "total_amount": 6700 }));
    let detail = "is 6700, but the lines add up to 6695";
    assert_eq!(mistakes(&wrong), [("/total_amount".to_owned(), detail.to_owned())]);
}

#[test]
fn each_wrong_line_is_named() {
    let item = |changes: Value| {
        let mut body = cart();
        body["items"][0].as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    let line = |name: &str, line: Value| cart_with(&json!({ name: [line] }));
    let tax = |changes: Value| {
        let mut body = cart();
        body["taxes"][0].as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    let many =
        |name: &str| cart_with(&json!({ name: vec![json!({ "name": "x", "amount": 1 }); 21] }));
    let long = "x".repeat(61);
    for (wrong, pointer) in [
        (item(json!({ "unit_amount": -1 })), "/items/0/unit_amount"),
        (item(json!({ "unit_amount": 1_000_000_000_000_u64 })), "/items/0/unit_amount"),
        (item(json!({ "discount_amount": -1 })), "/items/0/discount_amount"),
        (item(json!({ "discount_amount": 7501 })), "/items/0/discount_amount"),
        (item(json!({ "discount_amount": "5.00" })), "/items/0/discount_amount"),
        (line("discounts", json!({ "name": "x", "amount": 0 })), "/discounts/0/amount"),
        (line("discounts", json!({ "name": "x", "amount": -800 })), "/discounts/0/amount"),
        (line("discounts", json!({ "amount": 800 })), "/discounts/0/name"),
        (
            line("discounts", json!({ "name": "x", "percent": 10, "amount": 800 })),
            "/discounts/0/percent",
        ),
        (line("discounts", json!({ "name": "", "amount": 800 })), "/discounts/0/name"),
        (line("discounts", json!({ "name": "SPRING10", "amount": 7496 })), "/discounts"),
        (line("fees", json!({ "name": long, "amount": 1 })), "/fees/0/name"),
        (line("fees", json!({ "name": "x", "amount": 0 })), "/fees/0/amount"),
        (many("discounts"), "/discounts"),
        (many("fees"), "/fees"),
        (many("taxes"), "/taxes"),
        (cart_with(&json!({ "shipping": [] })), "/shipping"),
        (cart_with(&json!({ "shipping": { "name": "DHL" } })), "/shipping/amount"),
        (cart_with(&json!({ "shipping": { "amount": -495 } })), "/shipping/amount"),
        (cart_with(&json!({ "shipping": { "name": long, "amount": 495 } })), "/shipping/name"),
        (tax(json!({ "rate": 19 })), "/taxes/0/rate"),
        (tax(json!({ "rate": "19%" })), "/taxes/0/rate"),
        (tax(json!({ "rate": "1900" })), "/taxes/0/rate"),
        (tax(json!({ "rate": "7.12345" })), "/taxes/0/rate"),
        (tax(json!({ "rate": "7." })), "/taxes/0/rate"),
        (tax(json!({ "rate": ".5" })), "/taxes/0/rate"),
        (tax(json!({ "rate": "-7" })), "/taxes/0/rate"),
        (tax(json!({ "rate": "٧" })), "/taxes/0/rate"),
        (tax(json!({ "amount": 6696 })), "/taxes"),
        (cart_with(&json!({ "tax_included": "yes" })), "/tax_included"),
        (cart_with(&json!({ "total_amount": 6694 })), "/total_amount"),
    ] {
        assert_eq!(pointers(&wrong), [pointer], "{wrong}");
    }
}

#[test]
fn all_mistakes_of_a_cart_are_reported_at_once() {
    let wrong = json!({
        "currency": "EUR", "total_amount": 0,
        "items": [
            { "product_id": "A", "quantity": 1 },
            { "product_id": "B", "quantity": 0, "unit_amount": 10 },
            { "product_id": "C", "quantity": 1, "unit_amount": 10, "discount_amount": 11 },
            7,
            { "product_id": "D", "quantity": 1 },
        ],
        "discounts": [{ "amount": 1 }],
        "shipping": { "amount": 1.5 },
        "fees": {},
        "taxes": [{ "name": "VAT", "amount": 1, "rate": "x" }],
        "tax_included": 1,
    });
    let expected = [
        "/items/1/quantity",
        "/items/2/discount_amount",
        "/items/3",
        "/discounts/0/name",
        "/shipping/amount",
        "/fees",
        "/taxes/0/rate",
        "/tax_included",
        "/items/0/unit_amount",
        "/items/4/unit_amount",
        "/total_amount",
    ];
    assert_eq!(pointers(&wrong), expected);
}

#[test]
fn fields_beside_items_need_the_prices_of_items() {
    let plain = json!({
        "currency": "EUR", "total_amount": 5,
        "items": [{ "product_id": "A", "quantity": 2 }, { "product_id": "B", "quantity": 1, "unit_amount": 9 }],
    });
    let taken = read(&plain, order).unwrap();
    assert_eq!(taken.details.cart.amounts(), None, "nothing is checked if a price is missing");
    for member in [
        json!({ "discounts": [{ "name": "x", "amount": 1 }] }),
        json!({ "shipping": { "amount": 0 } }),
        json!({ "fees": [{ "name": "x", "amount": 1 }] }),
        json!({ "taxes": [{ "name": "x", "amount": 0 }] }),
        json!({ "tax_included": true }),
    ] {
        let mut body = plain.clone();
        body.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let [name] = member.as_object().unwrap().keys().collect::<Vec<_>>()[..] else { panic!() };
        let detail = format!("is required with {name}");
        assert_eq!(mistakes(&body), [("/items/0/unit_amount".to_owned(), detail)]);
    }
    let mut discounted = plain;
    discounted["items"][1]["discount_amount"] = json!(1);
    discounted["tax_included"] = json!(false);
    discounted["discounts"] = json!([]);
    let detail = "is required with discount_amount, discounts, tax_included";
    let expected = [("/items/0/unit_amount".to_owned(), detail.to_owned())];
    assert_eq!(mistakes(&discounted), expected);
}

#[test]
fn the_refusal_of_an_order_with_nothing_to_pay_says_what_to_do() {
    let gift = json!([{ "product_id": "GIFT_1", "quantity": 1, "unit_amount": 0 }]);
    let unpriced = json!([{ "product_id": "GIFT_1", "quantity": 1 }]);
    let mistakes_of = |items: &Value, total: i64| {
        let body = json!({ "currency": "EUR", "total_amount": total, "items": items });
        mistakes(&body)
    };
    for (items, total) in [(&gift, 0), (&unpriced, 0), (&gift, 1)] {
        let found = mistakes_of(items, total);
        let [(pointer, detail)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(pointer, "/total_amount");
        assert!(detail.contains("needs no payment, so confirm it in your shop"), "{detail}");
    }
    let all_off = cart_with(&json!({
        "discounts": [{ "name": "STAFF", "amount": 7000 }], "shipping": { "amount": 0 },
        "taxes": [], "total_amount": 0,
    }));
    assert_eq!(pointers(&all_off), ["/total_amount"]);
}

#[test]
fn the_largest_cart_there_can_be_does_not_overflow() {
    let max = 999_999_999_999_u64;
    let line = json!({ "name": "x", "amount": max });
    let item = json!({ "product_id": "A", "quantity": 10_000, "unit_amount": max });
    let body = json!({
        "currency": "EUR", "total_amount": max, "items": vec![item; 100],
        "fees": vec![line.clone(); 20], "taxes": vec![line; 20], "shipping": { "amount": max },
    });
    // 100 × 10 000 × max, and 41 × max.
    let too_large = [("/items".to_owned(), TOO_LARGE.to_owned())];
    assert_eq!(mistakes(&body), too_large);
    let priced = |price: u64, fee: u64, discount: u64| {
        json!({
            "currency": "EUR", "total_amount": max,
            "items": [{ "product_id": "A", "quantity": 1, "unit_amount": price }],
            "fees": [{ "name": "x", "amount": fee }], "discounts": [{ "name": "y", "amount": discount }],
        })
    };
    assert_eq!(mistakes(&priced(max, 1, 1)), []);
    assert_eq!(mistakes(&priced(max, 2, 1)), too_large);
}

#[test]
fn the_names_of_lines_count_towards_the_size_of_an_order() {
    let line = |amount: u64| json!({ "name": "é".repeat(60), "amount": amount });
    let padded = |fees: usize| {
        let metadata: serde_json::Map<_, _> =
            (0..20).map(|n| (format!("k{n:02}"), json!("x".repeat(500)))).collect();
        let taxes = vec![json!({ "name": "é".repeat(60), "rate": "19", "amount": 0 }); 20];
        json!({
            "currency": "EUR", "total_amount": 1 + fees, "metadata": metadata, "taxes": taxes,
            "items": [{ "product_id": "A", "name": "x".repeat(200), "quantity": 1, "unit_amount": 1 }],
            "fees": vec![line(1); fees],
        })
    };
    assert_eq!(mistakes(&padded(0)), []);
    assert_eq!(pointers(&padded(20)), ["/items"]);
}
