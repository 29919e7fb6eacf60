//! One key, one payment. Without a key, one live payment; another replaces it only on request.

use e2e::{End, Options, Stack, order_body};
use reqwest::Method;
use serde_json::json;

use crate::STACK;

#[tokio::test]
async fn a_key_names_one_payment_for_ever() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let first = stack.pay_with_key(&order, "key", json!({})).await.expect(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let replay = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    assert_eq!(replay.header("idempotent-replayed"), "true");
    assert_eq!(replay.body, first.body);
    let reused = stack.pay_with_key(&order, "key", json!({ "method": "wallet" })).await;
    reused.expect_problem(422, "idempotency-key-reused");

    stack.choose(first.word("checkout_url"), "approve").await.expect(200);
    stack.until_payment(first.word("payment_id"), "succeeded").await;
    let replay = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    assert_eq!(replay.header("idempotent-replayed"), "true");
    assert_eq!(
        (replay.word("status"), replay.word("payment_id")),
        ("succeeded", first.word("payment_id"))
    );
    assert_eq!(stack.all_truth().await.len(), 1);
    assert_eq!(stack.all_truth().await[0]["create_calls"], 1);
}

#[tokio::test]
async fn a_key_of_a_declined_payment_stays_with_it() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let first = stack.pay_with_key(&order, "key", json!({})).await.expect(201);
    stack.choose(first.word("checkout_url"), "decline").await.expect(200);
    stack.until_payment(first.word("payment_id"), "failed").await;
    let replay = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    assert_eq!(
        (replay.word("status"), replay.word("payment_id")),
        ("failed", first.word("payment_id"))
    );
    assert_eq!(stack.all_truth().await.len(), 1, "a key is never a second try");
}

#[tokio::test]
async fn an_orders_key_names_one_order() {
    let stack = Stack::start(STACK).await;
    let first = stack.post_with_key("/api/orders", "key", &order_body()).await.expect(201);
    let replay = stack.post_with_key("/api/orders", "key", &order_body()).await.expect(200);
    assert_eq!((replay.header("idempotent-replayed"), &replay.body), ("true", &first.body));
    let mut other = order_body();
    other["total_amount"] = json!(7501);
    let reused = stack.post_with_key("/api/orders", "key", &other).await;
    reused.expect_problem(422, "idempotency-key-reused");
    let members = [r#""currency":"USD""#, r#""total_amount":7500"#];
    let items = r#""items":[{"quantity":2,"product_id":"SKU_1001"}]"#;
    let request = stack
        .request(Method::POST, "/api/orders")
        .header("idempotency-key", "key")
        .header("content-type", "application/json")
        .body(format!("{{ {}, {}, {items} }}", members[0], members[1]));
    assert_eq!(
        stack.send(request).await.expect(200).body,
        first.body,
        "the same, written otherwise"
    );
    let anonymous = stack.post("/api/orders", &order_body()).await.expect(201);
    assert_ne!(anonymous.word("order_id"), first.word("order_id"));
}

#[tokio::test]
async fn without_a_key_there_is_one_live_payment() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    let again = stack.pay(&first.order, json!({})).await.expect(200);
    assert_eq!(
        (again.word("payment_id"), again.word("checkout_url")),
        (&*first.payment, &*first.page)
    );
    assert_eq!(again.header("idempotent-replayed"), "true");
    for other in [json!({ "method": "wallet" }), json!({ "capture": "manual" })] {
        let refused = stack.pay(&first.order, other).await;
        let refused = refused.expect_problem(409, "payment-in-progress");
        assert_eq!(refused.body["payment"]["checkout_url"], first.page);
        assert_eq!(refused.body["payment"]["payment_id"], first.payment);
    }
    let keyed = stack.pay_with_key(&first.order, "key", json!({})).await;
    keyed.expect_problem(409, "payment-in-progress");
    assert_eq!(stack.all_truth().await.len(), 1);
}

#[tokio::test]
async fn a_paid_order_takes_no_other_payment() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let keyless = stack.pay(&paid.order, json!({})).await.expect(200);
    assert_eq!((keyless.word("payment_id"), keyless.word("status")), (&*paid.payment, "succeeded"));
    let keyed = stack.pay_with_key(&paid.order, "key", json!({})).await;
    let keyed = keyed.expect_problem(409, "order-paid");
    assert_eq!(keyed.body["payment"]["status"], "succeeded");
    let replacing = stack.pay_with_key(&paid.order, "new", json!({ "replace": true })).await;
    replacing.expect_problem(409, "order-paid");
    assert_eq!(stack.all_truth().await.len(), 1);
}

#[tokio::test]
async fn another_method_replaces_a_page_once_it_is_closed() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout_with(order_body(), json!({ "method": "card" })).await;
    let wallet = json!({ "method": "wallet", "replace": true });
    let keyless = stack.pay(&first.order, wallet.clone()).await;
    keyless.expect_problem(400, "idempotency-key-required");
    let second = stack.try_again(&first.order, "second", wallet.clone()).await;
    assert_ne!(second.page, first.page);
    assert_eq!(stack.payment_status(&first.payment).await, "canceled");
    stack.choose(&first.page, "approve").await.expect(409);
    let replay = stack.pay_with_key(&first.order, "second", wallet).await.expect(200);
    assert_eq!(replay.word("payment_id"), second.payment);
    stack.choose(&second.page, "approve").await.expect(200);
    let confirmed = &["payment.canceled", "payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&second, end).await;
    assert_eq!(stack.payment(&second.payment).await["method"], "wallet");
}

#[tokio::test]
async fn a_page_that_is_being_paid_is_not_replaced() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "pending").await.expect(200);
    let second = stack.pay_with_key(&first.order, "second", json!({ "replace": true })).await;
    let second = second.expect_problem(409, "payment-in-progress");
    assert!(second.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(second.body["payment"]["payment_id"], first.payment);
    stack.set_clock_ahead(5);
    let confirmed = &["payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&first, end).await;
    assert_eq!(stack.all_truth().await.len(), 1);
}

#[tokio::test]
async fn a_page_that_cannot_be_closed_is_replaced_when_it_has_lapsed() {
    let options = Options { profile: Some("phonepe-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let first = stack.checkout().await;
    let replace = json!({ "replace": true });
    let refused = stack.pay_with_key(&first.order, "second", replace.clone()).await;
    let refused = refused.expect_problem(409, "payment-in-progress");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((3500..=3600).contains(&wait), "its page ends in {wait} s");
    stack.sweep_at(wait + 60).await;
    stack.until_payment(&first.payment, "expired").await;
    let second = stack.try_again(&first.order, "second", replace).await;
    stack.choose(&second.page, "approve").await.expect(200);
    let confirmed = &["payment.expired", "payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&second, end).await;
}
