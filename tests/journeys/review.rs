//! A capture of another amount or currency does not pay the order: a person reviews it, and it is
//! refunded in full.

use e2e::{End, Paid, Stack};
use serde_json::{Value, json};

use crate::STACK;

const REVIEW: End<'static> = End {
    payment: "review",
    order: "review",
    captured: 7400,
    refunded: 0,
    confirmed: &["payment.review"],
};

#[tokio::test]
async fn a_wrong_amount_is_reviewed_and_given_back_before_the_order_is_paid() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100 })).await;
    stack.ends(&wrong, REVIEW).await;
    let confirmation = stack.confirmation(&wrong.order, "payment.review").await;
    assert_eq!((&confirmation["amount"], &confirmation["currency"]), (&json!(7400), &json!("USD")));
    let keyed = stack.pay_with_key(&wrong.order, "other", json!({})).await;
    keyed.expect_problem(409, "order-in-review");
    stack.pay(&wrong.order, json!({})).await.expect_problem(409, "order-in-review");
    let part = stack.refund(&wrong.payment, "part", json!({ "amount": 7399 })).await;
    let part = part.expect_problem(422, "refund-not-whole");
    assert_eq!(part.body["refundable"], 7400, "whole or not at all");

    let refund = stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    assert_eq!((refund.word("status"), &refund.body["amount"]), ("succeeded", &json!(7400)));
    let confirmed = &["payment.review", "refund.completed"];
    stack
        .ends(
            &wrong,
            End { payment: "returned", order: "created", refunded: 7400, confirmed, ..REVIEW },
        )
        .await;

    stack.behave(json!({})).await;
    let right = stack.try_again(&wrong.order, "right", json!({})).await;
    stack.choose(&right.page, "approve").await.expect(200);
    let confirmed = &["payment.review", "refund.completed", "payment.completed"];
    stack
        .ends(
            &right,
            End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed },
        )
        .await;
}

#[tokio::test]
async fn a_wrong_currency_is_reviewed_and_given_back() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "currency": "EUR" })).await;
    stack.ends(&wrong, End { captured: 7500, ..REVIEW }).await;
    let confirmation = stack.confirmation(&wrong.order, "payment.review").await;
    assert_eq!(
        (&confirmation["amount"], &confirmation["currency"]),
        (&json!(7500), &json!("EUR")),
        "what was taken"
    );
    let shown = stack.payment(&wrong.payment).await;
    assert_eq!((&shown["currency"], &shown["amount_captured"]), (&json!("USD"), &json!(0)));
    let capture = &shown["captures"][0];
    assert_eq!((&capture["currency"], &capture["amount"]), (&json!("EUR"), &json!(7500)));
    let keyed = stack.pay_with_key(&wrong.order, "other", json!({})).await;
    keyed.expect_problem(409, "order-in-review");
    let refund = stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    assert_eq!((&refund.body["amount"], refund.word("currency")), (&json!(7500), "EUR"));
    let confirmed = &["payment.review", "refund.completed"];
    let end =
        End { payment: "returned", order: "created", captured: 7500, refunded: 7500, confirmed };
    stack.ends(&wrong, end).await;
    let confirmation = stack.confirmation(&wrong.order, "refund.completed").await;
    assert_eq!(confirmation["currency"], "EUR");
}

#[tokio::test]
async fn a_wrong_amount_given_back_in_the_dashboard_opens_the_order_again() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": 100 })).await;
    stack.ends(&wrong, End { captured: 7600, ..REVIEW }).await;
    stack.dashboard(&wrong.payment, "refund", json!({ "amount": 600 })).await.expect(201);
    let confirmed = &["payment.review", "refund.completed"];
    stack.ends(&wrong, End { captured: 7600, refunded: 600, confirmed, ..REVIEW }).await;
    stack.dashboard(&wrong.payment, "refund", json!({})).await.expect(201);
    let confirmed = &["payment.review", "refund.completed", "refund.completed"];
    let end =
        End { payment: "returned", order: "created", captured: 7600, refunded: 7600, confirmed };
    stack.ends(&wrong, end).await;
}

#[tokio::test]
async fn an_order_that_expires_in_review_waits_for_a_decision() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100 })).await;
    stack.ends(&wrong, REVIEW).await;
    stack.sweep_at(86_460).await;
    stack.ends(&wrong, REVIEW).await;
    stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    let confirmed = &["payment.review", "refund.completed", "order.expired"];
    let end = End { payment: "returned", order: "expired", refunded: 7400, confirmed, ..REVIEW };
    stack.ends(&wrong, end).await;
}

#[tokio::test]
async fn an_order_in_review_that_is_canceled_gives_everything_back() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -1 })).await;
    stack.ends(&wrong, End { captured: 7499, ..REVIEW }).await;
    let canceled = stack.cancel_order(&wrong.order).await.expect(200);
    assert_eq!(canceled.word("status"), "canceled");
    assert_eq!(canceled.body["payments"][0]["status"], "returned", "it is on its way back");
    let late = stack.refund(&wrong.payment, "mine", json!({})).await;
    let late = late.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(late.body["refundable"], 0);
    stack.sweep_at(15).await;
    let confirmed = &["payment.review", "order.canceled", "refund.completed"];
    let end =
        End { payment: "returned", order: "canceled", captured: 7499, refunded: 7499, confirmed };
    stack.ends(&wrong, end).await;
    let confirmation = stack.confirmation(&wrong.order, "refund.completed").await;
    assert_eq!(
        (&confirmation["reason"], &confirmation["payment_status"]),
        (&json!("review"), &json!("returned"))
    );
}

#[tokio::test]
async fn a_wrong_amount_on_a_paid_order_goes_back_by_itself() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    stack.until_payment(&first.payment, "failed").await;
    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    stack.until_payment(&second.payment, "succeeded").await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    stack.dashboard(&first.payment, "capture", json!({})).await.expect(200);
    stack.until_payment(&first.payment, "returned").await;
    stack.sweep_at(15).await;
    let confirmed = &["payment.failed", "payment.completed", "refund.completed"];
    let end = End { payment: "returned", order: "paid", refunded: 7400, confirmed, ..REVIEW };
    stack.ends(&first, end).await;
    stack.ends(&second, End { payment: "succeeded", captured: 7500, refunded: 0, ..end }).await;
}

#[tokio::test]
async fn an_order_in_review_that_another_payment_pays_needs_no_decision() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    stack.until_payment(&first.payment, "failed").await;
    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    stack.dashboard(&first.payment, "capture", json!({})).await.expect(200);
    stack.until_payment(&first.payment, "review").await;
    stack.behave(json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    stack.until_payment(&first.payment, "returned").await;
    stack.sweep_at(15).await;
    let confirmed = &["payment.failed", "payment.review", "payment.completed", "refund.completed"];
    let end = End { payment: "returned", order: "paid", refunded: 7400, confirmed, ..REVIEW };
    stack.ends(&first, end).await;
    stack.ends(&second, End { payment: "succeeded", captured: 7500, refunded: 0, ..end }).await;
}

#[tokio::test]
async fn a_wrong_amount_is_found_without_webhooks() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100, "mode": "never" })).await;
    stack.sweep_at(60).await;
    stack.ends(&wrong, REVIEW).await;
}

async fn wrongly_paid(stack: &Stack, webhooks: Value) -> Paid {
    stack.behave(json!({ "webhooks": webhooks })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    checkout
}
