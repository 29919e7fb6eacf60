//! A page is closed or an authorization voided. "Canceled" is reported only once the gateway confirms it.

use e2e::{End, Options, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const CANCELED: End<'static> = End {
    payment: "canceled",
    order: "created",
    captured: 0,
    refunded: 0,
    confirmed: &["payment.canceled"],
};

#[tokio::test]
async fn an_unpaid_page_is_closed_and_another_attempt_pays() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    let answer = stack.cancel_payment(&first.payment).await.expect(200);
    assert_eq!((answer.word("status"), answer.word("checkout_url")), ("canceled", ""));
    stack.ends(&first, CANCELED).await;
    stack.choose(&first.page, "approve").await.expect(409);
    assert_eq!(stack.cancel_payment(&first.payment).await.expect(200).word("status"), "canceled");

    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    let confirmed = &["payment.canceled", "payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&second, end).await;
    assert_eq!(stack.truth(&first.payment).await[0]["status"], "canceled");
}

#[tokio::test]
async fn an_authorization_is_voided() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    let answer = stack.cancel_payment(&payment.payment).await.expect(200);
    assert_eq!(answer.word("status"), "canceled");
    let confirmed = &["payment.authorized", "payment.canceled"];
    stack.ends(&payment, End { confirmed, ..CANCELED }).await;
    assert_eq!(stack.truth(&payment.payment).await[0]["status"], "canceled");
    let late = stack.capture(&payment.payment, "late", json!({})).await;
    late.expect_problem(409, "payment-not-authorized");
}

#[tokio::test]
async fn a_void_whose_answer_is_lost_is_finished_by_the_sweep() {
    for lost in ["error_after", "error_before"] {
        let stack = Stack::start(STACK).await;
        let payment = stack.authorized().await;
        stack.behave(json!({ "void": lost, "webhooks": { "mode": "never" } })).await;
        let answer = stack.cancel_payment(&payment.payment).await.expect(202);
        assert_eq!(answer.word("status"), "authorized");
        let early = stack.capture(&payment.payment, "early", json!({})).await;
        early.expect_problem(409, "payment-not-authorized");
        stack.behave(json!({})).await;
        stack.sweep_at(120).await;
        let confirmed = &["payment.authorized", "payment.canceled"];
        stack.ends(&payment, End { confirmed, ..CANCELED }).await;
    }
}

#[tokio::test]
async fn a_close_whose_answer_is_lost_is_finished_by_the_sweep() {
    for lost in ["error_after", "error_before"] {
        let stack = Stack::start(STACK).await;
        let checkout = stack.checkout().await;
        stack.behave(json!({ "cancel": lost, "webhooks": { "mode": "never" } })).await;
        let before = stack.cancel_payment(&checkout.payment).await;
        assert!([200, 202].contains(&before.status), "{before}");
        stack.behave(json!({})).await;
        stack.sweep_at(120).await;
        stack.ends(&checkout, CANCELED).await;
    }
}

#[tokio::test]
async fn a_payment_that_was_paid_meanwhile_is_not_canceled() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let answer = stack.cancel_payment(&checkout.payment).await;
    let answer = answer.expect_problem(409, "payment-succeeded");
    assert_eq!(answer.body["payment"]["status"], "succeeded");
    let confirmed = &["payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
    stack.cancel_order(&checkout.order).await.expect_problem(409, "order-paid");
}

#[tokio::test]
async fn a_try_under_way_ends_before_its_page_is_closed() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "pending").await.expect(200);
    let answer = stack.cancel_payment(&checkout.payment).await.expect(202);
    assert_eq!((answer.word("status"), &answer.body["next_action"]), ("pending", &Value::Null));
    stack.set_clock_ahead(5);
    let confirmed = &["payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
}

#[tokio::test]
async fn an_ended_payment_is_not_canceled() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline").await.expect(200);
    stack.until_payment(&checkout.payment, "failed").await;
    let answer = stack.cancel_payment(&checkout.payment).await;
    answer.expect_problem(409, "payment-not-cancelable");
}

#[tokio::test]
async fn an_order_is_canceled_with_its_open_page() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let answer = stack.cancel_order(&checkout.order).await.expect(200);
    assert_eq!(answer.word("status"), "canceled");
    let confirmed = &["payment.canceled", "order.canceled"];
    stack.ends(&checkout, End { order: "canceled", confirmed, ..CANCELED }).await;
    stack.choose(&checkout.page, "approve").await.expect(409);
    stack.pay(&checkout.order, json!({})).await.expect_problem(409, "order-canceled");
    assert_eq!(stack.cancel_order(&checkout.order).await.expect(200).word("status"), "canceled");
}

#[tokio::test]
async fn an_order_without_a_payment_is_canceled_at_once() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    assert_eq!(stack.cancel_order(&order).await.expect(200).word("status"), "canceled");
    stack.until_confirmed(&order, &["order.canceled"]).await;
    stack.pay(&order, json!({})).await.expect_problem(409, "order-canceled");
    assert!(stack.all_truth().await.is_empty(), "the gateway is not called");
}

#[tokio::test]
async fn an_order_is_canceled_with_its_authorized_payment() {
    let stack = Stack::start(STACK).await;
    let payment = stack.authorized().await;
    let answer = stack.cancel_order(&payment.order).await.expect(200);
    assert_eq!(answer.word("status"), "canceled");
    let confirmed = &["payment.authorized", "payment.canceled", "order.canceled"];
    stack.ends(&payment, End { order: "canceled", confirmed, ..CANCELED }).await;
    assert_eq!(stack.truth(&payment.payment).await[0]["status"], "canceled");
}

#[tokio::test]
async fn an_order_whose_shopper_is_paying_ends_paid() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "pending").await.expect(200);
    stack.cancel_order(&checkout.order).await.expect(202);
    let other = stack.pay_with_key(&checkout.order, "other", json!({})).await;
    other.expect_problem(409, "payment-in-progress");
    stack.set_clock_ahead(5);
    let confirmed = &["payment.completed"];
    let end = End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
    stack.cancel_order(&checkout.order).await.expect_problem(409, "order-paid");
}

#[tokio::test]
async fn a_page_that_nothing_can_close_is_abandoned_with_its_order() {
    let options = Options { profile: Some("razorpay-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let checkout = stack.checkout().await;
    let refused = stack.cancel_payment(&checkout.payment).await;
    let refused = refused.expect_problem(409, "not-supported-by-gateway");
    assert_eq!(refused.body["payment"]["checkout_url"], checkout.page);

    stack.cancel_order(&checkout.order).await.expect(200);
    let confirmed = &["payment.failed", "order.canceled"];
    let end = End { payment: "failed", order: "canceled", captured: 0, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
    let again = stack.cancel_payment(&checkout.payment).await;
    again.expect_problem(409, "payment-abandoned");

    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until(&checkout.payment, |shown| shown["amount_captured"] == 7500).await;
    let confirmed = &["payment.failed", "order.canceled", "refund.completed"];
    stack.sweep_at(15).await;
    let end =
        End { payment: "returned", order: "canceled", captured: 7500, refunded: 7500, confirmed };
    stack.ends(&checkout, end).await;
    let refund = stack.confirmation(&checkout.order, "refund.completed").await;
    assert_eq!((&refund["reason"], &refund["amount"]), (&json!("late_payment"), &json!(7500)));
}

#[tokio::test]
async fn an_authorization_without_a_void_is_never_captured_once_its_order_is_canceled() {
    let options = Options { profile: Some("razorpay-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let payment = stack.authorized().await;
    let refused = stack.cancel_payment(&payment.payment).await;
    refused.expect_problem(409, "not-supported-by-gateway");
    assert_eq!(stack.payment_status(&payment.payment).await, "authorized");
    stack.cancel_order(&payment.order).await.expect(200);
    let late = stack.capture(&payment.payment, "late", json!({})).await;
    late.expect_problem(409, "payment-not-authorized");
    stack.sweep_at(8 * 86_400).await;
    assert_eq!(stack.truth(&payment.payment).await[0]["status"], "expired");
    assert_eq!(stack.truth(&payment.payment).await[0]["amount_captured"], 0);
    assert_eq!(stack.order_status(&payment.order).await, "canceled");
    let confirmed = ["payment.authorized", "payment.canceled", "order.canceled"];
    stack.until_confirmed(&payment.order, &confirmed).await;
}
