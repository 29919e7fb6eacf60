//! The sweep finishes, without help, the work that a lost webhook or the passage of time leaves behind.

use e2e::{End, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const PAID: End<'static> = End {
    payment: "succeeded",
    order: "paid",
    captured: 7500,
    refunded: 0,
    confirmed: &["payment.completed"],
};
const EXPIRED: End<'static> = End {
    payment: "expired",
    order: "expired",
    captured: 0,
    refunded: 0,
    confirmed: &["payment.expired", "order.expired"],
};
const DAY: i64 = 86_400;

#[tokio::test]
async fn a_capture_whose_webhooks_are_all_lost_is_found() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.sweep_at(60).await;
    let shown = stack.payment(&checkout.payment).await;
    assert_eq!(shown["status"], "succeeded");
    let last = shown["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["source"], &last["what"]), (&json!("sweep"), &json!("payment.completed")));
    stack.ends(&checkout, PAID).await;
}

#[tokio::test]
async fn a_webhook_that_comes_after_the_sweep_changes_nothing() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.sweep_at(60).await;
    stack.ends(&checkout, PAID).await;
    let before = stack.payment(&checkout.payment).await;
    stack.deliver_held().await;
    stack.ends(&checkout, PAID).await;
    assert_eq!(stack.payment(&checkout.payment).await, before);
}

#[tokio::test]
async fn a_decline_whose_webhooks_are_all_lost_is_found() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline").await.expect(200);
    stack.sweep_at(60).await;
    let confirmed = &["payment.failed"];
    let end = End { payment: "failed", order: "created", captured: 0, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
}

#[tokio::test]
async fn an_unpaid_order_expires_with_its_page() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.sweep_at(DAY + 60).await;
    stack.ends(&checkout, EXPIRED).await;
    stack.choose(&checkout.page, "approve").await.expect(409);
    stack.pay(&checkout.order, json!({})).await.expect_problem(410, "order-expired");
    stack.cancel_order(&checkout.order).await.expect_problem(410, "order-expired");
    let answer = stack.cancel_payment(&checkout.payment).await;
    answer.expect_problem(409, "payment-not-cancelable");
}

#[tokio::test]
async fn an_order_expires_without_a_word_of_the_gateways_webhooks() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.sweep_at(DAY + 60).await;
    stack.ends(&checkout, EXPIRED).await;
}

#[tokio::test]
async fn an_order_that_nobody_paid_expires_alone() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["expires_in"] = json!(300);
    let order = stack.order(&body).await;
    stack.sweep_at(280).await;
    assert_eq!(stack.order_status(&order).await, "created");
    stack.sweep_at(320).await;
    stack.until_order(&order, "expired").await;
    stack.until_confirmed(&order, &["order.expired"]).await;
    stack.pay(&order, json!({})).await.expect_problem(410, "order-expired");
}

#[tokio::test]
async fn an_order_past_its_time_takes_no_payment_even_before_the_sweep() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["expires_in"] = json!(300);
    let order = stack.order(&body).await;
    stack.set_clock_ahead(301);
    stack.pay_with_key(&order, "key", json!({})).await.expect_problem(410, "order-expired");
    assert!(stack.all_truth().await.is_empty());
}

#[tokio::test]
async fn a_shopper_who_pays_in_the_last_moment_has_paid() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.set_clock_ahead(DAY - 30);
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.sweep_at(DAY + 60).await;
    stack.ends(&checkout, PAID).await;
}

#[tokio::test]
async fn a_success_after_the_order_expired_is_given_back() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.sweep_at(DAY + 60).await;
    stack.ends(&checkout, EXPIRED).await;
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.until(&checkout.payment, |shown| shown["amount_captured"] == 7500).await;
    stack.sweep_at(DAY + 120).await;
    let confirmed = &["payment.expired", "order.expired", "refund.completed"];
    let end = End { payment: "returned", captured: 7500, refunded: 7500, confirmed, ..EXPIRED };
    stack.ends(&checkout, end).await;
    let refund = stack.confirmation(&checkout.order, "refund.completed").await;
    assert_eq!(refund["reason"], "late_payment");
}

#[tokio::test]
async fn an_order_that_nobody_can_pay_any_more_is_at_rest() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.ends(&paid, PAID).await;
    for day in 1..4 {
        stack.set_clock_ahead(day * DAY);
        let swept: Value = stack.sweep().await;
        assert_eq!(swept, json!({ "due": 0, "failed": 0, "left": 0 }), "day {day}");
    }
}
