//! Money that arrives after its payment was given up: it pays an open order and is returned from any
//! other.

use std::time::Duration;

use e2e::{End, Options, Stack};
use serde_json::{Value, json};

use crate::STACK;

const PAID: End<'static> = End {
    payment: "succeeded",
    order: "paid",
    captured: 7500,
    refunded: 0,
    confirmed: &["payment.failed", "payment.completed"],
};

#[tokio::test]
async fn a_late_success_pays_an_open_order() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline").await.expect(200);
    stack.until_payment(&checkout.payment, "failed").await;
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.ends(&checkout, PAID).await;
    let other = stack.pay_with_key(&checkout.order, "other", json!({})).await;
    let other = other.expect_problem(409, "order-paid");
    assert_eq!(other.body["payment"]["payment_id"], checkout.payment);
    let keyless = stack.pay(&checkout.order, json!({})).await.expect(200);
    assert_eq!(keyless.word("payment_id"), checkout.payment);
}

#[tokio::test]
async fn a_late_success_on_a_paid_order_is_given_back() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    stack.until_payment(&first.payment, "failed").await;
    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    stack.ends(&second, PAID).await;

    stack.dashboard(&first.payment, "capture", json!({})).await.expect(200);
    stack.until(&first.payment, |shown| shown["amount_captured"] == 7500).await;
    let taken = stack.refund(&first.payment, "mine", json!({})).await;
    let taken = taken.expect_problem(422, "refund-exceeds-captured");
    assert!(taken.word("detail").contains("goes back automatically"), "{taken}");
    stack.sweep_at(15).await;
    let confirmed = &["payment.failed", "payment.completed", "refund.completed"];
    stack.ends(&first, End { payment: "returned", refunded: 7500, confirmed, ..PAID }).await;
    stack.ends(&second, End { confirmed, ..PAID }).await;
    let refund = stack.confirmation(&first.order, "refund.completed").await;
    assert_eq!(
        (&refund["reason"], &refund["payment_id"]),
        (&json!("duplicate_payment"), &json!(first.payment))
    );
}

#[tokio::test]
async fn a_late_success_closes_the_page_that_was_opened_since() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    stack.until_payment(&first.payment, "failed").await;
    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.dashboard(&first.payment, "capture", json!({})).await.expect(200);
    stack.until_payment(&first.payment, "succeeded").await;
    stack.sweep_at(60).await;
    let confirmed = &["payment.failed", "payment.completed", "payment.canceled"];
    stack.ends(&first, End { confirmed, ..PAID }).await;
    let canceled = End { payment: "canceled", captured: 0, confirmed, ..PAID };
    stack.ends(&second, canceled).await;
    stack.choose(&second.page, "approve").await.expect(409);
}

#[tokio::test]
async fn a_success_after_the_order_was_canceled_is_given_back() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.cancel_order(&checkout.order).await.expect(200);
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.until(&checkout.payment, |shown| shown["amount_captured"] == 7500).await;
    stack.sweep_at(15).await;
    let confirmed = &["payment.canceled", "order.canceled", "refund.completed"];
    let end = End { payment: "returned", order: "canceled", refunded: 7500, confirmed, ..PAID };
    stack.ends(&checkout, end).await;
    let refund = stack.confirmation(&checkout.order, "refund.completed").await;
    assert_eq!(refund["reason"], "late_payment");
}

#[tokio::test]
async fn a_refund_owed_by_us_is_tried_again_when_it_fails() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.cancel_order(&checkout.order).await.expect(200);
    stack.behave(json!({ "refund_status": "failed" })).await;
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.until(&checkout.payment, |shown| shown["amount_captured"] == 7500).await;
    stack.sweep_at(15).await;
    stack.confirmation(&checkout.order, "refund.failed").await;
    stack.behave(json!({})).await;
    stack.sweep_at(120).await;
    stack.confirmation(&checkout.order, "refund.completed").await;
    let truth = stack.truth(&checkout.payment).await;
    assert_eq!(truth[0]["amount_refunded"], 7500);
    assert_eq!(stack.order_status(&checkout.order).await, "canceled");
}

#[tokio::test]
async fn an_authorization_of_a_closed_payment_is_voided() {
    let options = Options { profile: Some("paypal-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let checkout = stack.checkout().await;
    stack.cancel_payment(&checkout.payment).await.expect(200);
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until(&checkout.payment, |shown| has(shown, "void.requested")).await;
    stack.set_clock_ahead(15);
    for _ in 0..400 {
        stack.sweep().await;
        if stack.truth(&checkout.payment).await[0]["status"] == "canceled" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    let confirmed = &["payment.canceled"];
    let end = End { payment: "canceled", order: "created", captured: 0, refunded: 0, confirmed };
    stack.ends(&checkout, end).await;
    assert_eq!(stack.truth(&checkout.payment).await[0]["status"], "canceled", "no hold is left");
}

/// The phase of an object does not fall, but an authorization is real even after a reported failure.
#[tokio::test]
async fn an_authorization_after_a_failure_is_voided() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline").await.expect(200);
    stack.until_payment(&checkout.payment, "failed").await;
    stack.dashboard(&checkout.payment, "authorize", json!({})).await.expect(200);
    stack.until(&checkout.payment, |shown| has(shown, "void.requested")).await;
    stack.sweep_at(15).await;
    assert_eq!(stack.truth(&checkout.payment).await[0]["status"], "canceled", "no hold is left");
}

fn has(payment: &Value, what: &str) -> bool {
    payment["history"].as_array().unwrap().iter().any(|change| change["what"] == what)
}

#[tokio::test]
async fn a_late_capture_after_expiry_is_returned_even_before_a_sweep() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline").await.expect(200);
    stack.until_payment(&checkout.payment, "failed").await;
    stack.set_clock_ahead(86_460);
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.until_payment(&checkout.payment, "returned").await;
    assert_eq!(stack.order_status(&checkout.order).await, "expired");
    stack.sweep_at(86_475).await;
    let confirmed = &["payment.failed", "order.expired", "refund.completed"];
    let end = End { payment: "returned", order: "expired", refunded: 7500, confirmed, ..PAID };
    stack.ends(&checkout, end).await;
}
