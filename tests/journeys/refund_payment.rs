//! Money is refunded in full or in part, never more than was captured, and every refund is confirmed.

use e2e::{End, Stack};
use serde_json::{Value, json};

use crate::STACK;

const PAID: End<'static> = End {
    payment: "succeeded",
    order: "paid",
    captured: 7500,
    refunded: 0,
    confirmed: &["payment.completed"],
};
const REFUNDED: End<'static> = End {
    order: "refunded",
    refunded: 7500,
    confirmed: &["payment.completed", "refund.completed"],
    ..PAID
};

#[tokio::test]
async fn a_payment_is_refunded_in_full() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let body = json!({ "reason": "The goods were broken" });
    let refund = stack.refund(&paid.payment, "key", body).await.expect(201);
    assert_eq!((refund.word("status"), refund.word("currency")), ("succeeded", "USD"));
    assert_eq!(
        (&refund.body["amount"], refund.word("reason")),
        (&json!(7500), "The goods were broken")
    );
    assert_eq!(
        (refund.word("payment_id"), refund.word("order_id")),
        (&*paid.payment, &*paid.order)
    );
    stack.ends(&paid, REFUNDED).await;
    let path = format!("/api/payments/{}/refunds/{}", paid.payment, refund.word("refund_id"));
    assert_eq!(stack.get(&path).await.expect(200).body, refund.body);
    let shown = stack.payment(&paid.payment).await;
    assert_eq!(shown["refunds"], json!([refund.body]));
    assert_eq!(shown["amount_refunded"], 7500);
    let confirmation = stack.confirmation(&paid.order, "refund.completed").await;
    assert_eq!(
        (&confirmation["refund_id"], &confirmation["reason"]),
        (&refund.body["refund_id"], &json!("requested"))
    );
    let truth = &stack.truth(&paid.payment).await[0]["refunds"][0];
    assert_eq!(
        (&truth["reference"], &truth["id"]),
        (&refund.body["refund_id"], &refund.body["gateway_reference"])
    );
}

#[tokio::test]
async fn parts_are_refunded_until_nothing_is_left() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.refund(&paid.payment, "one", json!({ "amount": 2500 })).await.expect(201);
    let confirmed = &["payment.completed", "refund.completed"];
    stack.ends(&paid, End { order: "partially_refunded", refunded: 2500, confirmed, ..PAID }).await;
    let over = stack.refund(&paid.payment, "over", json!({ "amount": 5001 })).await;
    let over = over.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(over.body["refundable"], 5000);
    let rest = stack.refund(&paid.payment, "rest", json!({})).await.expect(201);
    assert_eq!(rest.body["amount"], 5000);
    let confirmed = &["payment.completed", "refund.completed", "refund.completed"];
    stack.ends(&paid, End { confirmed, ..REFUNDED }).await;
    let more = stack.refund(&paid.payment, "more", json!({})).await;
    let more = more.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(more.body["refundable"], 0);
}

#[tokio::test]
async fn a_refund_is_repeated_under_its_key_only() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let body = json!({ "amount": 1000 });
    let first = stack.refund(&paid.payment, "key", body.clone()).await.expect(201);
    let replay = stack.refund(&paid.payment, "key", body).await.expect(200);
    assert_eq!((replay.header("idempotent-replayed"), &replay.body), ("true", &first.body));
    let reused = stack.refund(&paid.payment, "key", json!({ "amount": 1001 })).await;
    reused.expect_problem(422, "idempotency-key-reused");
    let path = format!("/api/payments/{}/refunds", paid.payment);
    stack.post(&path, &json!({})).await.expect_problem(400, "idempotency-key-required");
    let confirmed = &["payment.completed", "refund.completed"];
    stack.ends(&paid, End { order: "partially_refunded", refunded: 1000, confirmed, ..PAID }).await;
}

#[tokio::test]
async fn a_pending_refund_reserves_its_amount_and_succeeds_later() {
    let stack = Stack::start(STACK).await;
    let (paid, refund) = pending_refund(&stack).await;
    let over = stack.refund(&paid.payment, "over", json!({})).await;
    over.expect_problem(422, "refund-exceeds-captured");
    assert_eq!(stack.order_status(&paid.order).await, "paid", "nothing has been given back yet");
    move_refund(&stack, &paid.payment, &refund, "succeeded").await;
    stack.ends(&paid, REFUNDED).await;
    assert_eq!(stack.refund_status(&paid.payment, &refund).await, "succeeded");
}

#[tokio::test]
async fn a_pending_refund_that_fails_can_be_made_again() {
    let stack = Stack::start(STACK).await;
    let (paid, refund) = pending_refund(&stack).await;
    move_refund(&stack, &paid.payment, &refund, "failed").await;
    let confirmed = &["payment.completed", "refund.failed"];
    stack.ends(&paid, End { confirmed, ..PAID }).await;
    assert_eq!(stack.refund_status(&paid.payment, &refund).await, "failed");
    stack.behave(json!({})).await;
    let again = stack.refund(&paid.payment, "again", json!({})).await.expect(201);
    assert_eq!(again.word("status"), "succeeded");
    let confirmed = &["payment.completed", "refund.failed", "refund.completed"];
    stack.ends(&paid, End { confirmed, ..REFUNDED }).await;
}

#[tokio::test]
async fn a_pending_refund_is_followed_without_webhooks() {
    let stack = Stack::start(STACK).await;
    let (paid, refund) = pending_refund(&stack).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    move_refund(&stack, &paid.payment, &refund, "succeeded").await;
    stack.sweep_at(3600).await;
    stack.ends(&paid, REFUNDED).await;
}

#[tokio::test]
async fn a_refund_that_the_bank_sends_back_has_failed() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let refund = stack.refund(&paid.payment, "key", json!({})).await.expect(201);
    move_refund(&stack, &paid.payment, refund.word("refund_id"), "failed").await;
    let confirmed = &["payment.completed", "refund.completed", "refund.failed"];
    stack.ends(&paid, End { confirmed, ..PAID }).await;
    assert_eq!(stack.payment(&paid.payment).await["amount_refunded"], 0);
    stack.refund(&paid.payment, "again", json!({})).await.expect(201);
    stack.until_order(&paid.order, "refunded").await;
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_happened_once() {
    for (lost, given_back) in [("error_after", 7500), ("error_before", 0), ("close", 7500)] {
        let stack = Stack::start(STACK).await;
        let paid = stack.paid().await;
        stack.behave(json!({ "refund": lost, "webhooks": { "mode": "never" } })).await;
        let answer = stack.refund(&paid.payment, "key", json!({})).await.expect(202);
        assert_eq!(answer.word("status"), "pending");
        assert_eq!(stack.truth(&paid.payment).await[0]["amount_refunded"], given_back);
        let over = stack.refund(&paid.payment, "other", json!({ "amount": 1 })).await;
        over.expect_problem(422, "refund-exceeds-captured");
        stack.behave(json!({})).await;
        stack.sweep_at(120).await;
        stack.ends(&paid, REFUNDED).await;
        let replay = stack.refund(&paid.payment, "key", json!({})).await.expect(200);
        assert_eq!(replay.word("status"), "succeeded");
        assert_eq!(stack.truth(&paid.payment).await[0]["refunds"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_refund_that_the_gateway_refuses_has_failed() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    stack.dashboard(&paid.payment, "refund", json!({ "amount": 5000 })).await.expect(201);
    let refused = stack.refund(&paid.payment, "key", json!({ "amount": 5000 })).await.expect(201);
    assert_eq!(refused.word("status"), "failed");
    let confirmed = &["payment.completed", "refund.failed"];
    stack.until_confirmed(&paid.order, confirmed).await;
    stack.refreshed(&paid.payment).await;
    let confirmed = &["payment.completed", "refund.failed", "refund.completed"];
    stack.ends(&paid, End { order: "partially_refunded", refunded: 5000, confirmed, ..PAID }).await;
}

#[tokio::test]
async fn a_refund_in_the_dashboard_is_seen_and_has_a_name() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.dashboard(&paid.payment, "refund", json!({ "amount": 2500 })).await.expect(201);
    let confirmed = &["payment.completed", "refund.completed"];
    stack.ends(&paid, End { order: "partially_refunded", refunded: 2500, confirmed, ..PAID }).await;
    let shown = stack.payment(&paid.payment).await;
    let refund = &shown["refunds"][0];
    assert_eq!((&refund["reason"], &refund["amount"]), (&json!("gateway"), &json!(2500)));
    let id = refund["refund_id"].as_str().unwrap();
    assert!(id.starts_with("RFD_"), "{id}");
    assert_eq!(stack.refund_status(&paid.payment, id).await, "succeeded");
    let confirmation = stack.confirmation(&paid.order, "refund.completed").await;
    assert_eq!(
        (&confirmation["refund_id"], &confirmation["reason"]),
        (&refund["refund_id"], &json!("gateway"))
    );
    let over = stack.refund(&paid.payment, "over", json!({ "amount": 5001 })).await;
    assert_eq!(over.expect_problem(422, "refund-exceeds-captured").body["refundable"], 5000);
}

#[tokio::test]
async fn a_refund_in_the_dashboard_is_found_by_who_asks() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    stack.dashboard(&paid.payment, "refund", json!({})).await.expect(201);
    stack.set_clock_ahead(10);
    assert_eq!(stack.refreshed(&paid.payment).await["amount_refunded"], 7500);
    stack.ends(&paid, REFUNDED).await;
}

#[tokio::test]
async fn what_was_not_paid_is_not_refunded() {
    let stack = Stack::start(STACK).await;
    let pending = stack.checkout().await;
    let answer = stack.refund(&pending.payment, "key", json!({})).await;
    answer.expect_problem(409, "payment-not-captured");
}

async fn pending_refund(stack: &Stack) -> (e2e::Paid, String) {
    let paid = stack.paid().await;
    stack.behave(json!({ "refund_status": "pending" })).await;
    let refund = stack.refund(&paid.payment, "key", json!({})).await.expect(201);
    assert_eq!(refund.word("status"), "pending");
    (paid, refund.word("refund_id").to_owned())
}

async fn move_refund(stack: &Stack, payment: &str, refund: &str, status: &str) {
    let body: Value = json!({ "refund_id": refund, "status": status });
    stack.dashboard(payment, "refund", body).await.expect(200);
}
