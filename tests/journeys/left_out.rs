//! Extras from typed clients and other programs, and human typing: none of it changes the meaning of a
//! request.

use e2e::{Stack, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, completed};

const MARK: &str = "\u{feff}";

#[tokio::test]
async fn null_for_an_optional_member_is_the_same_request_as_without_it() {
    let stack = Stack::start(STACK).await;
    let mut nulls = order_body();
    for name in ["reference", "customer", "metadata", "expires_in"] {
        nulls[name] = json!(null);
    }
    nulls["items"][0]["name"] = json!(null);
    nulls["items"][0]["unit_amount"] = json!(null);
    let first = stack.post_with_key("/api/orders", "cart", &nulls).await.expect(201);
    let again = stack.post_with_key("/api/orders", "cart", &order_body()).await.expect(200);
    assert_eq!(again.body, first.body);
    assert!(!first.text.contains("null"), "{first}");

    let order = first.word("order_id");
    let plain = stack.pay_with_key(order, "try", json!({})).await.expect(201);
    let nulls = json!({ "gateway": null, "method": null, "capture": null, "return_url": null, "replace": null });
    let again = stack.pay_with_key(order, "try", nulls).await.expect(200);
    assert_eq!(again.word("payment_id"), plain.word("payment_id"));
}

#[tokio::test]
async fn null_where_leaving_out_means_everything_is_refused() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    for act in ["refunds", "capture"] {
        let path = format!("/api/payments/{}/{act}", paid.payment);
        let answer = stack.post_with_key(&path, "null", &json!({ "amount": null })).await;
        let answer = answer.expect_problem(422, "invalid-request");
        assert_eq!(answer.body["errors"][0]["pointer"], "/amount", "{answer}");
    }
    let paths =
        [("metadata", json!({ "a": null }), "/metadata/a"), ("extra", json!(null), "/extra")];
    for (name, value, pointer) in paths {
        let mut body = order_body();
        body[name] = value;
        let answer = stack.post("/api/orders", &body).await.expect_problem(422, "invalid-request");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{answer}");
    }
    let refund = stack.refund(&paid.payment, "rest", json!({ "reason": null })).await;
    assert_eq!(refund.expect(201).body["amount"], 7500);
}

#[tokio::test]
async fn a_phone_number_is_kept_as_the_shopper_typed_it() {
    let stack = Stack::start(STACK).await;
    for phone in [
        "0151 12345678",
        "(415) 555-0100",
        "+1 415 555 0100",
        "+14155550100",
        "030/123456-7",
        " 0176 1234567",
        "\u{202a}+49 176 1234567\u{202c}",
        "Tel. 030 1234",
    ] {
        let mut body = order_body();
        body["customer"] = json!({ "phone": phone });
        let answer = stack.post("/api/orders", &body).await.expect(201);
        assert_eq!(answer.body["customer"]["phone"], phone);
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_json_is_no_part_of_it() {
    let stack = Stack::start(STACK).await;
    let marked = |body: &Value| format!("{MARK}{body}").into_bytes();
    let post = async |body: Vec<u8>| {
        let request = stack.request(Method::POST, "/api/orders");
        let request = request.header("content-type", "application/json");
        stack.send(request.header("idempotency-key", "cart").body(body)).await
    };
    let first = post(marked(&order_body())).await.expect(201);
    let again = post(order_body().to_string().into_bytes()).await.expect(200);
    assert_eq!(again.body, first.body);

    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let mut event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    let signed_without = event.signature();
    event.body = [MARK.as_bytes(), &event.body].concat();
    event.send_signed(&stack, &signed_without).await.expect_problem(401, "unauthorized");
    assert_eq!(event.send(&stack).await.expect(200).body, json!({ "received": "committed" }));
    assert_eq!(stack.order_status(&checkout.order).await, "paid");
}
