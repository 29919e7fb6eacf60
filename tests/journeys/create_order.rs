//! An order is created, paid on the gateway's page and confirmed to every target once.

use e2e::{Stack, order_body};
use serde_json::json;

use crate::STACK;

#[tokio::test]
async fn an_order_is_placed_paid_and_confirmed() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_payment(&checkout.payment, "succeeded").await;
    assert_eq!(stack.order_status(&checkout.order).await, "paid");
    stack.until_inbox(&checkout.order, "payment.completed").await;
    for queue in ["fulfilment", "notifications"] {
        let messages = stack.messages(queue, &checkout.order).await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert_eq!(messages[0]["type"], "payment.completed");
    }
    assert_eq!(stack.inbox(&checkout.order).await.len(), 1);
}

#[tokio::test]
async fn an_order_without_a_price_is_refused() {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["total_amount"] = json!(0);
    stack.post("/api/orders", &body).await.expect_problem(422, "invalid-request");
}

#[tokio::test]
async fn a_create_call_repeated_after_expiry_reads_expired_before_any_sweep() {
    let stack = Stack::start(STACK).await;
    let first = stack.post_with_key("/api/orders", "cart", &order_body()).await.expect(201);
    assert_eq!(first.word("status"), "created");
    stack.set_clock_ahead(86_400);
    let again = stack.post_with_key("/api/orders", "cart", &order_body()).await.expect(200);
    assert_eq!(again.word("status"), "expired");
    assert_eq!(stack.order_status(again.word("order_id")).await, "expired");
    stack.cancel_order(again.word("order_id")).await.expect_problem(410, "order-expired");
}
