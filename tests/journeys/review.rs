//! A capture of another amount or currency is no payment: a person looks at it, and it goes back whole.

use e2e::{End, Paid, Stack};
use serde_json::{Value, json};

use crate::STACK;

const REVIEW: End<'static> = End {
    payment: "review",
    order: "review",
    captured: 7400,
    refunded: 0,
    told: &["payment.review"],
};

#[tokio::test]
async fn a_wrong_amount_is_reviewed_and_given_back_before_the_order_is_paid() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100 })).await;
    stack.ends(&wrong, REVIEW).await;
    let told = stack.told(&wrong.order, "payment.review").await;
    assert_eq!((&told["amount"], &told["currency"]), (&json!(7400), &json!("USD")));
    let keyed = stack.pay_with_key(&wrong.order, "other", json!({})).await;
    keyed.expect_problem(409, "order-in-review");
    stack.pay(&wrong.order, json!({})).await.expect_problem(409, "order-in-review");
    let part = stack.refund(&wrong.payment, "part", json!({ "amount": 7399 })).await;
    let part = part.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(part.body["refundable"], 7400, "whole or not at all");

    let refund = stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    assert_eq!((refund.word("status"), &refund.body["amount"]), ("succeeded", &json!(7400)));
    let told = &["payment.review", "refund.completed"];
    stack
        .ends(
            &wrong,
            End { payment: "succeeded", order: "created", refunded: 7400, told, ..REVIEW },
        )
        .await;

    stack.behave(json!({})).await;
    let right = stack.try_again(&wrong.order, "right", json!({})).await;
    stack.choose(&right.page, "approve").await.expect(200);
    let told = &["payment.review", "refund.completed", "payment.completed"];
    stack
        .ends(
            &right,
            End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, told },
        )
        .await;
}

#[tokio::test]
async fn a_wrong_currency_is_reviewed_and_given_back() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "currency": "EUR" })).await;
    stack.ends(&wrong, End { captured: 7500, ..REVIEW }).await;
    let told = stack.told(&wrong.order, "payment.review").await;
    assert_eq!(
        (&told["amount"], &told["currency"]),
        (&json!(7500), &json!("EUR")),
        "what was taken"
    );
    let keyed = stack.pay_with_key(&wrong.order, "other", json!({})).await;
    keyed.expect_problem(409, "order-in-review");
    let refund = stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    assert_eq!((&refund.body["amount"], refund.word("currency")), (&json!(7500), "EUR"));
    let told = &["payment.review", "refund.completed"];
    let end = End { payment: "succeeded", order: "created", captured: 7500, refunded: 7500, told };
    stack.ends(&wrong, end).await;
    let told = stack.told(&wrong.order, "refund.completed").await;
    assert_eq!(told["currency"], "EUR");
}

#[tokio::test]
async fn a_wrong_amount_given_back_in_the_dashboard_opens_the_order_again() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": 100 })).await;
    stack.ends(&wrong, End { captured: 7600, ..REVIEW }).await;
    stack.dashboard(&wrong.payment, "refund", json!({ "amount": 600 })).await.expect(201);
    let told = &["payment.review", "refund.completed"];
    stack.ends(&wrong, End { captured: 7600, refunded: 600, told, ..REVIEW }).await;
    stack.dashboard(&wrong.payment, "refund", json!({})).await.expect(201);
    let told = &["payment.review", "refund.completed", "refund.completed"];
    let end = End { payment: "succeeded", order: "created", captured: 7600, refunded: 7600, told };
    stack.ends(&wrong, end).await;
}

#[tokio::test]
async fn a_wrong_amount_outlives_its_order_and_still_goes_back_whole() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100 })).await;
    stack.ends(&wrong, REVIEW).await;
    stack.sweep_at(86_460).await;
    let told = &["payment.review", "order.expired"];
    stack.ends(&wrong, End { order: "expired", told, ..REVIEW }).await;
    stack.refund(&wrong.payment, "whole", json!({})).await.expect(201);
    let told = &["payment.review", "order.expired", "refund.completed"];
    let end = End { payment: "succeeded", order: "expired", refunded: 7400, told, ..REVIEW };
    stack.ends(&wrong, end).await;
}

#[tokio::test]
async fn a_wrong_amount_on_a_paid_order_leaves_it_paid() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    stack.until_payment(&first.payment, "failed").await;
    let second = stack.try_again(&first.order, "second", json!({})).await;
    stack.choose(&second.page, "approve").await.expect(200);
    stack.until_payment(&second.payment, "succeeded").await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    stack.dashboard(&first.payment, "capture", json!({})).await.expect(200);
    let told = &["payment.failed", "payment.completed", "payment.review"];
    stack.ends(&first, End { order: "paid", told, ..REVIEW }).await;
    stack.refund(&first.payment, "whole", json!({})).await.expect(201);
    let told = &["payment.failed", "payment.completed", "payment.review", "refund.completed"];
    let end = End { payment: "succeeded", order: "paid", refunded: 7400, told, ..REVIEW };
    stack.ends(&first, end).await;
    stack.ends(&second, End { captured: 7500, refunded: 0, ..end }).await;
}

#[tokio::test]
async fn a_wrong_amount_is_found_without_webhooks() {
    let stack = Stack::start(STACK).await;
    let wrong = wrongly_paid(&stack, json!({ "amount_delta": -100, "mode": "never" })).await;
    stack.sweep_at(60).await;
    stack.ends(&wrong, REVIEW).await;
}

#[tokio::test]
async fn a_dispute_stops_refunds_unless_the_merchant_insists() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.dashboard(&paid.payment, "dispute", json!({ "status": "opened" })).await.expect(200);
    let told = stack.told(&paid.order, "dispute.opened").await;
    assert_eq!((&told["payment_id"], &told["amount"]), (&json!(paid.payment), &json!(7500)));
    let answer = stack.refund(&paid.payment, "refund", json!({ "amount": 500 })).await;
    answer.expect_problem(409, "payment-disputed");
    let insisting = json!({ "amount": 500, "despite_dispute": true });
    stack.refund(&paid.payment, "insisting", insisting).await.expect(201);
    let told = &["payment.completed", "dispute.opened", "refund.completed"];
    let order = "partially_refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 500, told })
        .await;
}

#[tokio::test]
async fn a_lost_dispute_is_money_gone() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let dispute = json!({ "status": "lost", "amount": 2500 });
    stack.dashboard(&paid.payment, "dispute", dispute).await.expect(200);
    stack.told(&paid.order, "dispute.lost").await;
    let answer = stack.refund(&paid.payment, "all", json!({ "amount": 5001 })).await;
    assert_eq!(answer.expect_problem(422, "refund-exceeds-captured").body["refundable"], 5000);
    stack.refund(&paid.payment, "rest", json!({})).await.expect(201);
    let told = &["payment.completed", "dispute.lost", "refund.completed"];
    let order = "partially_refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 5000, told })
        .await;
}

#[tokio::test]
async fn a_won_dispute_is_as_if_there_had_been_none() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    for status in ["opened", "won"] {
        stack.dashboard(&paid.payment, "dispute", json!({ "status": status })).await.expect(200);
        stack.told(&paid.order, &format!("dispute.{status}")).await;
    }
    stack.refund(&paid.payment, "all", json!({})).await.expect(201);
    let told = &["payment.completed", "dispute.opened", "dispute.won", "refund.completed"];
    let order = "refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 7500, told })
        .await;
}

async fn wrongly_paid(stack: &Stack, webhooks: Value) -> Paid {
    stack.behave(json!({ "webhooks": webhooks })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    checkout
}
