//! Disputed payments: shown, confirmed, and not refunded on top of the dispute.

use e2e::{End, Stack};
use serde_json::json;

use crate::STACK;

#[tokio::test]
async fn a_dispute_stops_refunds_unless_the_merchant_insists() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.dashboard(&paid.payment, "dispute", json!({ "status": "opened" })).await.expect(200);
    let confirmation = stack.confirmation(&paid.order, "dispute.opened").await;
    assert_eq!(
        (&confirmation["payment_id"], &confirmation["amount"]),
        (&json!(paid.payment), &json!(7500))
    );
    let shown = stack.payment(&paid.payment).await["disputes"][0].clone();
    assert_eq!((&shown["status"], &shown["amount"]), (&json!("open"), &json!(7500)));
    for member in ["dispute_id", "reason", "respond_by"] {
        assert!(shown[member].is_string(), "{shown}");
        assert_eq!(confirmation[member], shown[member]);
    }
    assert_eq!(
        (&confirmation["status"], &confirmation["payment_status"]),
        (&json!("open"), &json!("succeeded"))
    );
    let answer = stack.refund(&paid.payment, "refund", json!({ "amount": 500 })).await;
    let answer = answer.expect_problem(409, "payment-disputed");
    assert_eq!(answer.body["disputes"], json!([shown["dispute_id"]]));
    let insisting = json!({ "amount": 500, "despite_dispute": true });
    stack.refund(&paid.payment, "insisting", insisting).await.expect(201);
    let confirmed = &["payment.completed", "dispute.opened", "refund.completed"];
    let order = "partially_refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 500, confirmed })
        .await;
}

#[tokio::test]
async fn a_dispute_lost_at_once_is_also_confirmed_as_opened_and_takes_the_money() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let dispute = json!({ "status": "lost", "amount": 2500 });
    stack.dashboard(&paid.payment, "dispute", dispute).await.expect(200);
    stack.confirmation(&paid.order, "dispute.lost").await;
    let answer = stack.refund(&paid.payment, "all", json!({ "amount": 5001 })).await;
    let answer = answer.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(answer.body["refundable"], 5000);
    let detail = "Of 7500 USD captured (2500 lost in a dispute), 5000 can be refunded.";
    assert_eq!(answer.word("detail"), detail);
    stack.refund(&paid.payment, "rest", json!({})).await.expect(201);
    let confirmed = &["payment.completed", "dispute.opened", "dispute.lost", "refund.completed"];
    let order = "partially_refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 5000, confirmed })
        .await;
}

#[tokio::test]
async fn a_won_dispute_is_as_if_there_had_been_none() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    for status in ["opened", "won"] {
        stack.dashboard(&paid.payment, "dispute", json!({ "status": status })).await.expect(200);
        stack.confirmation(&paid.order, &format!("dispute.{status}")).await;
    }
    stack.refund(&paid.payment, "all", json!({})).await.expect(201);
    let confirmed = &["payment.completed", "dispute.opened", "dispute.won", "refund.completed"];
    let order = "refunded";
    stack
        .ends(&paid, End { payment: "succeeded", order, captured: 7500, refunded: 7500, confirmed })
        .await;
}

#[tokio::test]
async fn money_in_dispute_is_not_refunded_automatically() {
    for (outcome, refunded) in [("lost", 0), ("won", 7499)] {
        let stack = Stack::start(STACK).await;
        stack.behave(json!({ "webhooks": { "amount_delta": -1 } })).await;
        let wrong = stack.checkout().await;
        stack.choose(&wrong.page, "approve").await.expect(200);
        stack.until_payment(&wrong.payment, "review").await;
        stack.behave(json!({})).await;
        let dispute = async |status: &str| {
            let body = json!({ "status": status });
            stack.dashboard(&wrong.payment, "dispute", body).await.expect(200);
        };
        dispute("opened").await;
        stack.confirmation(&wrong.order, "dispute.opened").await;
        stack.cancel_order(&wrong.order).await.expect(200);
        stack.sweep_at(60).await;
        assert_eq!(stack.truth(&wrong.payment).await[0]["refunds"], json!([]));
        dispute(outcome).await;
        stack.confirmation(&wrong.order, &format!("dispute.{outcome}")).await;
        stack.sweep_at(200).await;
        let back = stack.until(&wrong.payment, |shown| shown["amount_refunded"] == refunded).await;
        assert_eq!(back["captures"][0]["amount_charged_back"], 7499 - refunded);
        assert_eq!(back["status"], "returned");
    }
}
