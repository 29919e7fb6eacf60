//! Card numbers are refused in every text field and leave no trace. Numbers that only look like cards are
//! accepted.

use e2e::{Answer, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

/// The gateways' own test numbers, in the formats people use.
const CARDS: [&str; 5] = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "378282246310005",
    "Karte: 6011 0009 9013 9424, bis 12/29",
];

#[track_caller]
fn assert_refused(answer: &Answer, pointer: &str, card: &str) {
    let problem = (answer.status, answer.slug());
    assert_eq!(problem, (422, "card-data-refused"), "{pointer} {card}: {answer}");
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer}");
    assert_eq!(errors[0]["pointer"], pointer, "{card}: {answer}");
    assert!(!digits(&answer.text).contains(&digits(card)[..8]), "{answer}");
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// No card digits appear in the log, in the table or at the gateway.
async fn assert_no_trace(stack: &Stack) {
    let mut everywhere = stack.log();
    everywhere.extend(stack.items().await.iter().map(Value::to_string));
    everywhere.extend(stack.all_truth().await.iter().map(Value::to_string));
    for text in everywhere {
        let found = CARDS.iter().find(|card| {
            text.contains(**card)
                || text.contains(&digits(card))
                || text.contains(&card[..19.min(card.len())])
        });
        assert_eq!(found, None, "in {text}");
    }
    assert_eq!(stack.panics(), Vec::<String>::new());
}

/// The example order with `value` at a JSON pointer, creating parents as needed.
fn order_with(pointer: &str, value: &str) -> Value {
    let mut body = order_body();
    body["items"][0]["name"] = json!("a name");
    body["customer"] = json!({ "id": "c", "name": "n", "email": "e@example.com" });
    body["metadata"] = json!({ "note": "n" });
    body["reference"] = json!("r");
    *body.pointer_mut(pointer).unwrap() = json!(value);
    body
}

/// Fields that a shop's programs fill in, not people.
const MADE: [&str; 3] = ["/reference", "/items/0/product_id", "/customer/id"];

#[tokio::test]
async fn no_string_of_an_order_may_hold_a_card_number() {
    let stack = Stack::start(STACK).await;
    let typed =
        ["/customer/name", "/customer/email", "/metadata/note", "/items/0/name", "/currency"];
    for pointer in typed {
        for card in CARDS {
            let answer = stack.post("/api/orders", &order_with(pointer, card)).await;
            assert_refused(&answer, pointer, card);
        }
    }
    for pointer in MADE {
        for card in CARDS.into_iter().filter(|card| card.contains([' ', '-'])) {
            let answer = stack.post("/api/orders", &order_with(pointer, card)).await;
            assert_refused(&answer, pointer, card);
        }
    }
    for card in CARDS {
        let mut named = order_body();
        named["metadata"] = json!({ card: "x" });
        assert_refused(&stack.post("/api/orders", &named).await, "/metadata", card);
        let mut unknown = order_body();
        unknown["payment"] = json!({ "number": card });
        assert_refused(&stack.post("/api/orders", &unknown).await, "/payment/number", card);
        let mut hidden = order_body();
        hidden["metadata"] = json!({ "note": format!("no. {card}.") });
        assert_refused(&stack.post("/api/orders", &hidden).await, "/metadata/note", card);
    }
    assert!(stack.items().await.is_empty());
    assert_no_trace(&stack).await;
}

#[tokio::test]
async fn a_typed_card_number_is_refused_in_every_format() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let before = stack.items().await;
    let ways = [
        "4111 1111 1111 1111 12/27 123",
        "4111111111111111 0127",
        "12/27 4111111111111111",
        "%B4111111111111111^DOE/JANE^27121010000000000?",
        ";4111111111111111=27121010000012345678?",
        "4111.1111.1111.1111",
        "4111_1111_1111_1111",
        "4111  1111  1111  1111",
        "4111\u{200b}1111\u{200b}1111\u{200b}1111",
        "٤١١١ ١١١١ ١١١١ ١١١١",
        "PAN4111111111111111",
        "my card4111111111111111expires soon",
    ];
    for card in ways {
        for pointer in ["/customer/name", "/metadata/note", "/items/0/name"] {
            let answer = stack.post("/api/orders", &order_with(pointer, card)).await;
            assert_eq!(answer.slug(), "card-data-refused", "{pointer} {card}: {answer}");
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{card}: {answer}");
            assert!(!answer.text.contains("1111"), "{answer}");
        }
        let answer = stack.refund(&paid.payment, "refund", json!({ "reason": card })).await;
        assert_eq!(answer.slug(), "card-data-refused", "{card}: {answer}");
    }
    for track in ["%B4111111111111111^DOE", ";4111111111111111=2712101", "4111 1111 1111 1111 12"] {
        for pointer in MADE {
            let answer = stack.post("/api/orders", &order_with(pointer, track)).await;
            assert_eq!(answer.slug(), "card-data-refused", "{pointer} {track}: {answer}");
        }
    }
    assert_eq!(stack.items().await, before);
}

#[tokio::test]
async fn a_generated_id_that_looks_like_a_card_number_is_accepted() {
    let stack = Stack::start(STACK).await;
    let ids = [
        completed("440539837239"),
        completed("41234567890123456"),
        completed("411111111111111"),
        completed("620550000000000000"),
        format!("INV{}", completed("520082828282821")),
        completed("37828224631000"),
    ];
    for id in ids {
        for pointer in MADE {
            let answer = stack.post("/api/orders", &order_with(pointer, &id)).await.expect(201);
            assert_eq!(answer.body.pointer(pointer).unwrap(), &json!(id));
        }
    }
}

#[tokio::test]
async fn times_places_and_prices_in_texts_are_accepted() {
    let stack = Stack::start(STACK).await;
    for text in [
        "40.741857,-74.034153",
        "2026-11-03T22:21:23.123456+00:01",
        "39.99 45.99 92.99 82.99",
        "Sizes 36 38 40 42 44 46 48 50 52",
        "Shoes EU 40/41/42/43/44/45/46/47/48",
    ] {
        for pointer in ["/metadata/note", "/items/0/name"] {
            let answer = stack.post("/api/orders", &order_with(pointer, text)).await.expect(201);
            assert_eq!(answer.body.pointer(pointer).unwrap(), text);
        }
    }
    for id in ["gro\u{308}\u{df}e-4222222222222", "Lego® 4111111111111111", "№4111111111111111"]
    {
        for pointer in MADE {
            let answer = stack.post("/api/orders", &order_with(pointer, id)).await.expect(201);
            assert_eq!(answer.body.pointer(pointer).unwrap(), id);
        }
    }
}

#[tokio::test]
async fn no_string_of_a_payment_or_refund_may_hold_a_card_number() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let paid = stack.paid().await;
    let before = stack.items().await;
    for card in CARDS {
        for member in ["order_id", "gateway", "method", "capture", "currency", "card"] {
            let answer = stack.pay(&order, json!({ member: card })).await;
            assert_refused(&answer, &format!("/{member}"), card);
        }
        let url = format!("{}/return?card={card}", stack.address("shop"));
        let answer = stack.pay(&order, json!({ "return_url": url })).await;
        assert_refused(&answer, "/return_url", card);
        let answer = stack.refund(&paid.payment, "refund", json!({ "reason": card })).await;
        assert_refused(&answer, "/reason", card);
    }
    assert_eq!(stack.items().await, before);
    assert_no_trace(&stack).await;
}

#[tokio::test]
async fn an_invalid_phone_number_is_not_stored() {
    let stack = Stack::start(STACK).await;
    let as_phones = [
        "+378282246310005",
        "00378282246310005",
        "+36227206271667",
        "+4111 1111 1111 #1111",
        "4111 1111 1111 x1111",
    ];
    for card in CARDS.into_iter().chain(as_phones) {
        let mut body = order_body();
        body["customer"] = json!({ "phone": card });
        let answer = stack.post("/api/orders", &body).await;
        assert_eq!((answer.status, answer.slug()), (422, "invalid-request"), "{answer}");
        assert!(!answer.text.contains(card), "{answer}");
    }
    assert!(stack.items().await.is_empty());
    assert_no_trace(&stack).await;
}

/// The Luhn checksum, from the right.
fn passes_luhn(number: &str) -> bool {
    let digits = number.bytes().rev().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0'));
    let weighed = digits.enumerate().map(|(at, digit)| match (at % 2, digit * 2) {
        (0, _) => digit,
        (_, doubled) if doubled > 9 => doubled - 9,
        (_, doubled) => doubled,
    });
    weighed.sum::<u32>() % 10 == 0
}

/// `prefix` with the check digit that makes it pass.
fn completed(prefix: &str) -> String {
    let all = (0..10).map(|digit| format!("{prefix}{digit}"));
    all.into_iter().find(|number| passes_luhn(number)).unwrap()
}

#[tokio::test]
async fn numbers_that_merely_pass_luhn_are_accepted() {
    let stack = Stack::start(STACK).await;
    // A date and a counter, a plain counter, years, an account number, a serial number.
    let prefixes =
        ["202611200000123", "100000000000000", "7992739871", "90000000000000000", "1764"];
    for prefix in prefixes {
        let number = completed(prefix);
        for pointer in ["/reference", "/items/0/product_id", "/metadata/note", "/customer/id"] {
            let answer = stack.post("/api/orders", &order_with(pointer, &number)).await.expect(201);
            assert_eq!(answer.body.pointer(pointer).unwrap(), &json!(number));
        }
    }
    // Card digits adjacent to another character are part of a longer id.
    for reference in ["INV4111111111111111", "4111111111111111a", "41111111111111112"] {
        stack.post("/api/orders", &order_with("/reference", reference)).await.expect(201);
    }
    for phone in [completed("+4917612345678"), completed("+491761234567"), completed("+1415555010")]
    {
        let mut body = order_body();
        body["customer"] = json!({ "phone": phone });
        let answer = stack.post("/api/orders", &body).await.expect(201);
        assert_eq!(answer.body["customer"]["phone"], phone);
    }
}
