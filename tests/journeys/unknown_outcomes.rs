//! A call to the gateway whose answer never came: the outcome is never guessed, and one object is
//! captured.

use e2e::{Answer, End, Options, Paid, Stack, order_body};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::STACK;

const PAID: End<'static> = End {
    payment: "succeeded",
    order: "paid",
    captured: 7500,
    refunded: 0,
    confirmed: &["payment.completed"],
};

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_up_by_the_same_key() {
    for lost in ["error_after", "close"] {
        let stack = Stack::start(STACK).await;
        let (order, unknown) = begun(&stack, lost).await;
        let found = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
        assert_eq!(found.header("idempotent-replayed"), "true");
        paid_on_its_page(&stack, &order, &unknown, &found).await;
        assert_eq!(stack.all_truth().await[0]["create_calls"], 1, "a look-up was enough");
    }
}

#[tokio::test]
async fn a_call_that_never_arrived_is_repeated_under_its_own_key() {
    let stack = Stack::start(STACK).await;
    let (order, unknown) = begun(&stack, "error_before").await;
    assert!(stack.all_truth().await.is_empty());
    let early = stack.pay_with_key(&order, "key", json!({})).await.expect(202);
    assert_eq!(early.word("payment_id"), unknown.word("payment_id"), "absence is no proof yet");
    stack.set_clock_ahead(70);
    let found = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    paid_on_its_page(&stack, &order, &unknown, &found).await;
}

#[tokio::test]
async fn a_client_that_asks_often_does_not_put_the_sweep_off() {
    let stack = Stack::start(STACK).await;
    let (order, unknown) = begun(&stack, "error_before").await;
    for _ in 0..6 {
        stack.pay_with_key(&order, "key", json!({})).await.expect(202);
    }
    stack.sweep_at(80).await;
    assert_eq!(stack.truth(unknown.word("payment_id")).await.len(), 1);
}

#[tokio::test]
async fn an_object_that_hides_from_the_look_up_is_not_made_twice() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "create": "error_after", "hide_seconds": 300 })).await;
    let order = stack.order(&order_body()).await;
    let unknown = stack.pay_with_key(&order, "key", json!({})).await.expect(202);
    stack.behave(json!({})).await;
    stack.set_clock_ahead(70);
    let found = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    assert_eq!(stack.all_truth().await[0]["create_calls"], 2, "the second under the same key");
    paid_on_its_page(&stack, &order, &unknown, &found).await;
}

#[tokio::test]
async fn a_lost_answer_is_found_by_the_sweep_if_nobody_comes_back() {
    let stack = Stack::start(STACK).await;
    let (order, unknown) = begun(&stack, "error_after").await;
    let payment = unknown.word("payment_id");
    stack.sweep_at(60).await;
    let shown = stack.payment(payment).await;
    let page = shown["checkout_url"].as_str().unwrap().to_owned();
    stack.choose(&page, "approve").await.expect(200);
    stack.ends(&Paid { order, payment: payment.to_owned(), page }, PAID).await;
}

#[tokio::test]
async fn a_lost_answer_of_a_charge_is_found_paid() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "create": "error_after", "webhooks": { "mode": "never" } })).await;
    let mut body = order_body();
    body["metadata"] = json!({ "sandbox": "approve" });
    let order = stack.order(&body).await;
    let unknown = stack.pay(&order, json!({})).await.expect(202);
    assert_eq!(unknown.word("status"), "pending");
    stack.sweep_at(60).await;
    let payment = unknown.word("payment_id").to_owned();
    stack.ends(&Paid { order, payment, page: String::new() }, PAID).await;
}

#[tokio::test]
async fn an_order_is_canceled_together_with_its_unknown_payment() {
    let stack = Stack::start(STACK).await;
    let (order, unknown) = begun(&stack, "error_after").await;
    let payment = unknown.word("payment_id");
    let canceled = stack.cancel_order(&order).await.expect(200);
    assert_eq!(canceled.word("status"), "canceled");
    stack.sweep_at(60).await;
    let page = stack.truth(payment).await[0]["checkout_url"].as_str().unwrap().to_owned();
    assert_eq!(stack.payment(payment).await["checkout_url"], Value::Null);
    // Nobody was given this page; a shopper who finds it anyway gets the money back.
    stack.choose(&page, "approve").await.expect(200);
    stack.until(payment, |shown| shown["amount_captured"] == 7500).await;
    stack.sweep_at(75).await;
    let confirmed = &["payment.canceled", "order.canceled", "refund.completed"];
    let end = End { payment: "returned", order: "canceled", refunded: 7500, confirmed, ..PAID };
    stack.ends(&Paid { order: order.clone(), payment: payment.to_owned(), page }, end).await;
    let refund = stack.confirmation(&order, "refund.completed").await;
    assert_eq!(refund["reason"], "late_payment");
}

#[tokio::test]
async fn a_gateway_without_keys_is_never_asked_twice() {
    let options = Options { profile: Some("no-keys"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let (order, unknown) = begun(&stack, "error_before").await;
    let payment = unknown.word("payment_id");
    for minute in [2, 5, 10, 20, 29] {
        stack.set_clock_ahead(minute * 60);
        stack.pay_with_key(&order, "key", json!({})).await.expect(202);
        let other = stack.pay_with_key(&order, "other", json!({})).await;
        other.expect_problem(409, "payment-in-progress");
    }
    assert!(stack.all_truth().await.is_empty());
    stack.set_clock_ahead(45 * 60);
    stack.pay_with_key(&order, "key", json!({})).await.expect(200);
    assert_eq!(stack.payment_status(payment).await, "failed", "given up");
    let second = stack.try_again(&order, "other", json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    stack.ends(&second, End { confirmed: &["payment.failed", "payment.completed"], ..PAID }).await;
}

/// Each takes fifteen seconds, so they run concurrently.
#[tokio::test]
async fn a_gateway_that_is_silent_is_asked_again_by_the_same_name() {
    let silences = ["timeout_before", "timeout_after"];
    join_all(silences.map(|silence| async move {
        let stack = Stack::start(STACK).await;
        stack.behave(json!({ "create": silence })).await;
        let order = stack.order(&order_body()).await;
        let (unknown, other) =
            tokio::join!(stack.pay_with_key(&order, "key", json!({})), in_progress(&stack, &order));
        let unknown = unknown.expect(202);
        assert_eq!(other.header("retry-after"), "1");
        assert_eq!(other.body["payment"]["payment_id"], unknown.body["payment_id"]);
        stack.behave(json!({})).await;
        stack.set_clock_ahead(100);
        let found = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
        paid_on_its_page(&stack, &order, &unknown, &found).await;
    }))
    .await;
}

/// Sends the same request while the first one waits for the gateway.
async fn in_progress(stack: &Stack, order: &str) -> Answer {
    for _ in 0..100 {
        let shown = stack.get(&format!("/api/orders/{order}")).await.expect(200);
        if shown.body["payments"][0].is_object() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let answer = stack.pay_with_key(order, "key", json!({})).await;
    answer.expect_problem(409, "request-in-progress")
}

async fn begun(stack: &Stack, lost: &str) -> (String, Answer) {
    stack.behave(json!({ "create": lost })).await;
    let order = stack.order(&order_body()).await;
    let unknown = stack.pay_with_key(&order, "key", json!({})).await.expect(202);
    assert_eq!((unknown.word("status"), unknown.word("checkout_url")), ("pending", ""));
    stack.behave(json!({})).await;
    (order, unknown)
}

async fn paid_on_its_page(stack: &Stack, order: &str, unknown: &Answer, found: &Answer) {
    assert_eq!(found.word("payment_id"), unknown.word("payment_id"));
    let page = found.word("checkout_url").to_owned();
    stack.choose(&page, "approve").await.expect(200);
    let payment = found.word("payment_id").to_owned();
    stack.ends(&Paid { order: order.to_owned(), payment, page }, PAID).await;
    assert_eq!(stack.all_truth().await.len(), 1);
}
