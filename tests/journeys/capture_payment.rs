//! An authorized payment is captured once, in full or in part; the rest is released.

use e2e::{End, Options, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const CONFIRMED: &[&str] = &["payment.authorized", "payment.completed"];
const CAPTURED: End<'static> =
    End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed: CONFIRMED };

#[tokio::test]
async fn a_part_is_captured_and_the_rest_released() {
    let stack = Stack::start(STACK).await;
    let authorized = stack.authorized().await;
    let confirmed = &["payment.authorized"];
    let end = End { payment: "authorized", order: "created", captured: 0, refunded: 0, confirmed };
    stack.ends(&authorized, end).await;

    let answer = stack.capture(&authorized.payment, "part", json!({ "amount": 5000 })).await;
    let answer = answer.expect(200);
    assert_eq!(answer.word("status"), "succeeded");
    assert_eq!(answer.body["amount_captured"], 5000);
    stack.ends(&authorized, End { captured: 5000, ..CAPTURED }).await;
    let confirmation = stack.confirmation(&authorized.order, "payment.completed").await;
    assert_eq!(confirmation["amount"], 5000, "what was captured, not what was authorized");
    let truth = stack.truth(&authorized.payment).await;
    assert_eq!(truth[0]["captures"].as_array().unwrap().len(), 1);
    assert_eq!(truth[0]["status"], "captured");

    let over = stack.refund(&authorized.payment, "over", json!({ "amount": 5001 })).await;
    let over = over.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(over.body["refundable"], 5000);
    stack.refund(&authorized.payment, "all", json!({})).await.expect(201);
    stack.until_order(&authorized.order, "refunded").await;
}

#[tokio::test]
async fn a_capture_is_repeated_under_its_key_only() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    let first = stack.capture(&payment.payment, "key", json!({})).await.expect(200);
    assert_eq!(first.header("idempotent-replayed"), "");
    let replay = stack.capture(&payment.payment, "key", json!({})).await.expect(200);
    assert_eq!(replay.header("idempotent-replayed"), "true");
    assert_eq!(replay.body["amount_captured"], 7500);
    let reused = stack.capture(&payment.payment, "key", json!({ "amount": 7500 })).await;
    reused.expect_problem(422, "idempotency-key-reused");
    let other = stack.capture(&payment.payment, "other", json!({})).await;
    other.expect_problem(409, "payment-not-authorized");
    stack.ends(&payment, CAPTURED).await;
}

#[tokio::test]
async fn more_than_was_authorized_is_not_captured() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    let answer = stack.capture(&payment.payment, "key", json!({ "amount": 7501 })).await;
    let answer = answer.expect_problem(422, "invalid-request");
    assert_eq!(answer.body["errors"][0]["pointer"], "/amount");
    let confirmed = &["payment.authorized"];
    let end = End { payment: "authorized", order: "created", captured: 0, refunded: 0, confirmed };
    stack.ends(&payment, end).await;
}

#[tokio::test]
async fn what_is_not_authorized_is_not_captured() {
    let stack = Stack::start(STACK).await;
    let pending = stack.checkout_with(order_body(), json!({ "capture": "manual" })).await;
    let early = stack.capture(&pending.payment, "early", json!({})).await;
    early.expect_problem(409, "payment-not-authorized");
    stack.choose(&pending.page, "decline").await.expect(200);
    stack.until_payment(&pending.payment, "failed").await;
    let late = stack.capture(&pending.payment, "late", json!({})).await;
    late.expect_problem(409, "payment-not-authorized");
}

#[tokio::test]
async fn a_capture_whose_answer_is_lost_happened_once() {
    for (lost, taken) in [("error_after", 7500), ("error_before", 0)] {
        let stack = Stack::start(STACK).await;
        let payment = stack.authorized().await;
        stack.behave(json!({ "capture": lost, "webhooks": { "mode": "never" } })).await;
        stack.capture(&payment.payment, "key", json!({})).await.expect(202);
        assert_eq!(stack.truth(&payment.payment).await[0]["amount_captured"], taken);
        stack.behave(json!({})).await;
        let cancel = stack.cancel_payment(&payment.payment).await;
        cancel.expect_problem(409, "capture-in-progress");
        stack.cancel_order(&payment.order).await.expect_problem(409, "capture-in-progress");
        stack.sweep_at(120).await;
        stack.ends(&payment, CAPTURED).await;
        let replay = stack.capture(&payment.payment, "key", json!({})).await.expect(200);
        assert_eq!(replay.header("idempotent-replayed"), "true");
        assert_eq!(stack.truth(&payment.payment).await[0]["captures"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_capture_in_the_dashboard_is_seen_by_its_webhook() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    stack.dashboard(&payment.payment, "capture", json!({})).await.expect(200);
    stack.ends(&payment, CAPTURED).await;
}

#[tokio::test]
async fn a_capture_in_the_dashboard_is_found_without_its_webhook() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    stack.dashboard(&payment.payment, "capture", json!({})).await.expect(200);
    stack.sweep_at(3600).await;
    stack.ends(&payment, CAPTURED).await;
}

#[tokio::test]
async fn an_authorization_that_nobody_captures_lapses() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    stack.set_clock_ahead(8 * 86_400);
    stack.until_payment(&payment.payment, "expired").await;
    stack.sweep_at(9 * 86_400).await;
    stack.until_order(&payment.order, "expired").await;
    let confirmation: Value = stack.confirmation(&payment.order, "payment.expired").await;
    assert_eq!(confirmation["payment_id"], payment.payment);
    stack.confirmation(&payment.order, "order.expired").await;
    let late = stack.capture(&payment.payment, "late", json!({})).await;
    late.expect_problem(409, "payment-not-authorized");
}

#[tokio::test]
async fn an_authorized_payment_outlives_its_order_and_is_captured() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    stack.sweep_at(2 * 86_400).await;
    let confirmed = &["payment.authorized"];
    stack.until_confirmed(&payment.order, confirmed).await;
    assert_eq!(stack.payment_status(&payment.payment).await, "authorized");
    stack.capture(&payment.payment, "key", json!({})).await.expect(200);
    stack.ends(&payment, CAPTURED).await;
}

#[tokio::test]
async fn a_gateway_that_captures_all_or_nothing_is_not_asked_for_a_part() {
    let options = Options { profile: Some("razorpay-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let payment = stack.authorized().await;
    let part = stack.capture(&payment.payment, "part", json!({ "amount": 5000 })).await;
    part.expect_problem(409, "not-supported-by-gateway");
    stack.capture(&payment.payment, "whole", json!({})).await.expect(200);
    stack.ends(&payment, CAPTURED).await;
}

#[tokio::test]
async fn a_part_is_captured_where_only_our_call_moves_money() {
    let options = Options { profile: Some("paypal-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let payment = stack.authorized().await;
    stack.sweep_at(120).await;
    assert_eq!(stack.payment_status(&payment.payment).await, "authorized", "it is the merchant's");
    stack.capture(&payment.payment, "part", json!({ "amount": 5000 })).await.expect(200);
    stack.ends(&payment, End { captured: 5000, ..CAPTURED }).await;
}

/// Capture was meant to be immediate, but the payment was only authorized. A partial capture would not
/// fit the order.
#[tokio::test]
async fn a_part_of_an_automatic_payment_is_refused() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["metadata"] = json!({ "sandbox": "authorize" });
    let payment = stack.checkout_with(body, json!({})).await;
    let part = stack.capture(&payment.payment, "part", json!({ "amount": 5000 })).await;
    let part = part.expect_problem(422, "invalid-request");
    assert_eq!(part.body["errors"][0]["pointer"], "/amount");
    assert_eq!(stack.truth(&payment.payment).await[0]["amount_captured"], 0);
    stack.capture(&payment.payment, "whole", json!({ "amount": 7500 })).await.expect(200);
    stack.ends(&payment, CAPTURED).await;
}
