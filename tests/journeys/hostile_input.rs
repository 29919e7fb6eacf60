//! Malformed bodies and headers: each gets its documented answer, and nothing is stored.

mod headers;
mod paths;
mod twice;

use e2e::{Answer, Stack, order_body};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::STACK;

const BODY_BYTES_MAX: usize = 64 * 1024;

/// Sends bytes as an order.
async fn order(stack: &Stack, body: impl Into<Vec<u8>>) -> Answer {
    let request = stack.request(Method::POST, "/api/orders");
    stack.send(request.header(CONTENT_TYPE, "application/json").body(body.into())).await
}

/// After all refusals: an empty table, an idle gateway, no panic.
async fn assert_untouched(stack: &Stack) {
    assert_eq!(stack.items().await, Vec::<Value>::new());
    assert_eq!(stack.all_truth().await, Vec::<Value>::new());
    assert_eq!(stack.panics(), Vec::<String>::new());
}

/// The example order with other members.
fn order_with(members: &Value) -> Value {
    let mut body = order_body();
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_one_byte_more_is_too_large() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body().to_string().into_bytes();
    body.resize(BODY_BYTES_MAX + 1, b' ');
    order(&stack, body.clone()).await.expect_problem(413, "too-large");
    order(&stack, vec![b'['; BODY_BYTES_MAX + 1]).await.expect_problem(413, "too-large");
    assert_untouched(&stack).await;
    body.pop();
    order(&stack, body).await.expect(201);
}

#[tokio::test]
async fn a_body_beyond_api_gateways_own_limits_never_reaches_a_function() {
    let stack = Stack::start(STACK).await;
    for bytes in [7, 11] {
        let answer = order(&stack, vec![b' '; bytes * 1024 * 1024]).await.expect(413);
        assert_eq!(answer.body, json!({ "message": "Request Entity Too Large" }));
    }
    assert!(stack.children("create-order").await.is_empty());
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let stack = Stack::start(STACK).await;
    let bodies: [&[u8]; 21] = [
        b"\xff\xfe",
        b"{\"currency\":\"\xc3\x28\"}",
        b"{\"currency\":\"\xed\xa0\x80\"}",
        b"{",
        b"}",
        b"{\"a\":1}{\"b\":2}",
        b"{\"a\":1} x",
        b"{\"a\":1,}",
        b"{a:1}",
        b"{'a':1}",
        b"{\"a\":NaN}",
        b"{\"a\":Infinity}",
        b"{\"a\":01}",
        b"{\"a\":+1}",
        b"{\"a\":.5}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\\x41\"}",
        b"{\"a\":\"line\nend\"}",
        b"{\"a\":\"nul\x00\"}",
        b"// a comment\n{}",
        b"\x00",
    ];
    for body in bodies {
        let answer = order(&stack, body).await;
        assert_eq!((answer.status, answer.slug()), (400, "malformed-json"), "{body:?} {answer}");
    }
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn a_member_that_comes_twice_is_malformed_wherever_it_is() {
    let stack = Stack::start(STACK).await;
    let body = order_body().to_string();
    let bodies = [
        body.replace("\"currency\"", "\"total_amount\":1,\"currency\""),
        body.replace("\"quantity\":2", "\"quantity\":2,\"quantity\":2"),
        body.replace("\"quantity\":2", "\"quantity\":2,\"qu\\u0061ntity\":3"),
        body.replace("\"currency\"", "\"metadata\":{\"a\":\"1\",\"a\":\"2\"},\"currency\""),
    ];
    for body in bodies {
        order(&stack, body).await.expect_problem(400, "malformed-json");
    }
    assert_untouched(&stack).await;
}

/// An object around this many nested arrays.
fn nested(levels: usize) -> String {
    let arrays = levels - 1;
    format!("{{\"metadata\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays))
}

#[tokio::test]
async fn thirty_two_levels_are_read_and_thirty_three_are_malformed() {
    let stack = Stack::start(STACK).await;
    order(&stack, nested(32)).await.expect_problem(422, "invalid-request");
    for levels in [33, 128, 30_000] {
        order(&stack, nested(levels)).await.expect_problem(400, "malformed-json");
    }
    order(&stack, "{\"a\":".repeat(10_000)).await.expect_problem(400, "malformed-json");
    assert_untouched(&stack).await;
}

/// A member with a wrong value, and the pointer that the answer must name.
fn wrong_members() -> Vec<(Value, &'static str)> {
    let amounts = [
        json!(1.5),
        json!(7500.0),
        json!(-1),
        json!(0),
        json!(1_000_000_000_000_u64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!("7500"),
        json!(true),
        json!(null),
        json!([7500]),
        json!({}),
    ];
    let mut wrong: Vec<_> =
        amounts.into_iter().map(|a| (json!({ "total_amount": a }), "/total_amount")).collect();
    let currencies =
        [json!("usd"), json!("US"), json!("USDD"), json!("ZZZ"), json!(840), json!("")];
    wrong.extend(currencies.into_iter().map(|c| (json!({ "currency": c }), "/currency")));
    let item = |member: &str, value: Value| {
        let mut item = json!({ "product_id": "SKU", "quantity": 1 });
        item[member] = value;
        json!({ "items": [item] })
    };
    for quantity in [json!(0), json!(10_001), json!(-1), json!(1.0), json!("1"), json!(null)] {
        wrong.push((item("quantity", quantity), "/items/0/quantity"));
    }
    for id in [json!(""), json!("x".repeat(65)), json!("a\u{0}b"), json!("a\nb"), json!(7)] {
        wrong.push((item("product_id", id), "/items/0/product_id"));
    }
    wrong.push((item("name", json!("x".repeat(201))), "/items/0/name"));
    wrong.push((item("unit_amount", json!(0.5)), "/items/0/unit_amount"));
    wrong.push((item("colour", json!("red")), "/items/0/colour"));
    wrong.push((item("unit_amount", json!(7499)), "/total_amount"));
    let many = vec![json!({ "product_id": "SKU", "quantity": 1 }); 101];
    for items in [json!([]), json!({}), json!("SKU"), json!([null]), json!(many)] {
        let pointer = if items[0].is_null() && items.is_array() && items != json!([]) {
            "/items/0"
        } else {
            "/items"
        };
        wrong.push((json!({ "items": items }), pointer));
    }
    wrong
}

fn wrong_details() -> Vec<(Value, &'static str)> {
    let pairs = |count: usize| {
        (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>()
    };
    vec![
        (json!({ "extra": 1 }), "/extra"),
        (json!({ "a/b~c": 1 }), "/a~1b~0c"),
        (json!({ "reference": "x".repeat(65) }), "/reference"),
        (json!({ "reference": 7 }), "/reference"),
        (json!({ "expires_in": 299 }), "/expires_in"),
        (json!({ "expires_in": 2_592_001 }), "/expires_in"),
        (json!({ "expires_in": 300.0 }), "/expires_in"),
        (json!({ "customer": [] }), "/customer"),
        (json!({ "customer": { "phone": "none" } }), "/customer/phone"),
        (json!({ "customer": { "phone": "+1 415 555 0100 2000 30" } }), "/customer/phone"),
        (json!({ "customer": { "email": "é".repeat(128) } }), "/customer/email"),
        (json!({ "customer": { "iban": "DE00" } }), "/customer/iban"),
        (json!({ "metadata": { "a": 1 } }), "/metadata/a"),
        (json!({ "metadata": { "a": "x".repeat(501) } }), "/metadata/a"),
        (json!({ "metadata": { "": "x" } }), "/metadata/"),
        (json!({ "metadata": pairs(21) }), "/metadata"),
        (json!({ "metadata": "x" }), "/metadata"),
    ]
}

#[tokio::test]
async fn every_wrong_member_is_named() {
    let stack = Stack::start(STACK).await;
    for (members, pointer) in wrong_members().into_iter().chain(wrong_details()) {
        let answer = stack.post("/api/orders", &order_with(&members)).await;
        let shown = format!("{members}: {answer}");
        assert_eq!((answer.status, answer.slug()), (422, "invalid-request"), "{shown}");
        let errors = answer.body["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["pointer"] == pointer), "{pointer} in {shown}");
    }
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn numbers_too_large_for_any_type_are_refused() {
    let stack = Stack::start(STACK).await;
    let digits = "9".repeat(400);
    for number in ["1e400", "-1e400", "1e-400", "99999999999999999999999999", &digits] {
        let body = order_body().to_string().replace("7500", number);
        let answer = order(&stack, body).await;
        assert!([400, 422].contains(&answer.status), "{number}: {answer}");
        assert!(["malformed-json", "invalid-request"].contains(&answer.slug()), "{answer}");
    }
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn all_mistakes_are_reported_at_once() {
    let stack = Stack::start(STACK).await;
    let body = json!({
        "items": [{ "quantity": 0 }, 7], "total_amount": "x", "extra": 1,
        "metadata": { "a": 1 }, "customer": { "phone": "x" },
    });
    let answer = stack.post("/api/orders", &body).await.expect_problem(422, "invalid-request");
    let errors = answer.body["errors"].as_array().unwrap().iter();
    let mut pointers: Vec<&str> = errors.map(|e| e["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    let wanted = [
        "/currency",
        "/customer/phone",
        "/extra",
        "/items/0/product_id",
        "/items/0/quantity",
        "/items/1",
        "/metadata/a",
        "/total_amount",
    ];
    assert_eq!(pointers, wanted);
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn an_order_that_is_too_large_to_keep_is_refused() {
    let stack = Stack::start(STACK).await;
    let name = "é".repeat(200);
    let items = vec![json!({ "product_id": "SKU", "quantity": 1, "name": name }); 60];
    let answer = stack.post("/api/orders", &order_with(&json!({ "items": items }))).await;
    answer.expect_problem(422, "invalid-request");
    assert_untouched(&stack).await;
}
