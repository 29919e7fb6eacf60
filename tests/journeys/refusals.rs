//! Refunds that cannot be made: the answer says why, and following its advice works.

use e2e::{Stack, order_body};
use serde_json::json;

use crate::STACK;

#[tokio::test]
async fn a_partial_refund_in_review_is_refused_and_the_named_amount_is_refunded() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "amount_delta": 500 } })).await;
    let wrong = stack.checkout().await;
    stack.choose(&wrong.page, "approve").await.expect(200);
    stack.until_payment(&wrong.payment, "review").await;
    let part = stack.refund(&wrong.payment, "part", json!({ "amount": 500 })).await;
    let part = part.expect_problem(422, "refund-not-whole");
    let amount = part.body["refundable"].clone();
    assert_eq!(amount, 8000);
    let followed = stack.refund(&wrong.payment, "whole", json!({ "amount": amount })).await;
    assert_eq!(followed.expect(201).word("reason"), "review");
}

#[tokio::test]
async fn an_authorized_payment_is_canceled_not_refunded() {
    let stack = Stack::start(STACK).await;
    let held = stack.authorized().await;
    let refused = stack.refund(&held.payment, "refund", json!({ "amount": 500 })).await;
    let refused = refused.expect_problem(409, "payment-not-captured");
    assert_eq!(refused.body["refundable"], 0);
    assert_eq!(stack.cancel_payment(&held.payment).await.expect(200).word("status"), "canceled");
}

#[tokio::test]
async fn after_a_lost_dispute_the_answer_says_why_nothing_is_left() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.dashboard(&paid.payment, "dispute", json!({ "status": "lost" })).await.expect(200);
    stack.confirmation(&paid.order, "dispute.lost").await;
    for body in [json!({}), json!({ "amount": 500 }), json!({ "despite_dispute": true })] {
        let refused = stack.refund(&paid.payment, &format!("{body}").replace(' ', ""), body).await;
        let refused = refused.expect_problem(422, "refund-exceeds-captured");
        assert_eq!(refused.body["refundable"], 0);
        let detail = "Of 7500 USD captured (7500 lost in a dispute), 0 can be refunded.";
        assert_eq!(refused.word("detail"), detail);
    }
}

#[tokio::test]
async fn a_refund_that_failed_says_so_and_why() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.behave(json!({ "refund_status": "failed" })).await;
    let failed = stack.refund(&paid.payment, "refund", json!({ "amount": 500 })).await.expect(201);
    assert_eq!(failed.word("status"), "failed");
    assert_eq!(failed.body["failure"]["code"], "refund_failed");
    let confirmation = stack.confirmation(&paid.order, "refund.failed").await;
    assert_eq!(
        (&confirmation["status"], &confirmation["payment_status"]),
        (&json!("failed"), &json!("succeeded"))
    );
    assert_eq!(confirmation["failure"], failed.body["failure"]);
    assert_eq!(
        (&confirmation["reason"], &confirmation["order_status"]),
        (&json!("requested"), &json!("paid"))
    );
}

#[tokio::test]
async fn a_payment_that_failed_says_why_to_the_shop_too() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["metadata"] = json!({ "sandbox": "decline" });
    let order = stack.order(&body).await;
    stack.pay(&order, json!({})).await.expect(402);
    let confirmation = stack.confirmation(&order, "payment.failed").await;
    assert!(confirmation["failure"]["code"].is_string(), "{confirmation}");
    assert!(confirmation["failure"]["message"].is_string(), "{confirmation}");
}
