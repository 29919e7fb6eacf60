//! Test money and real money are kept apart: payments and confirmations say which kind they are, and
//! credentials for one never work on a stack for the other. (A live stack: `calls/live.rs`.)

use e2e::{Stack, order_body};
use serde_json::json;

use crate::STACK;
use crate::signed::Event;

const SANDBOX: &str = "quittance/gateways/sandbox";

#[tokio::test]
async fn payments_and_confirmations_say_that_their_money_is_not_real() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let started = stack.pay_with_key(&order, "first", json!({})).await.expect(201);
    let payment = started.word("payment_id").to_owned();
    assert_eq!(started.body["live"], json!(false));
    let again = stack.pay_with_key(&order, "second", json!({})).await;
    let again = again.expect_problem(409, "payment-in-progress");
    assert_eq!(again.body["payment"]["live"], json!(false), "what stands in the way");
    let path = format!("/api/payments/{payment}?token={}", started.word("status_token"));
    let shopper = stack.get_as(&path, &[]).await.expect(200);
    assert_eq!(shopper.body["live"], json!(false), "the shopper's page");

    stack.choose(started.word("checkout_url"), "approve").await.expect(200);
    stack.until_inbox(&order, "payment.completed").await;
    assert_eq!(stack.payment(&payment).await["live"], json!(false));
    let shown = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!(shown.body["payments"][0]["live"], json!(false));

    let unpaid = stack.order(&order_body()).await;
    stack.cancel_order(&unpaid).await.expect(200);
    stack.until_inbox(&unpaid, "order.canceled").await;
    for confirmation in stack.whole_inbox().await {
        assert_eq!(confirmation["body"]["data"]["live"], json!(false), "{confirmation}");
    }
}

#[tokio::test]
async fn live_credentials_are_not_used_where_money_is_not_real() {
    let stack = Stack::start(STACK).await;
    let event = Event::new(&stack, &json!({ "event": "payment.completed" })).await;
    let mut secret = stack.secret(SANDBOX).await;
    secret["mode"] = json!("live");
    stack.set_secret(SANDBOX, &secret).await;
    // A function keeps using what it has read for five minutes.
    stack.set_clock_ahead(301);

    let order = stack.order(&order_body()).await;
    let refused = stack.pay(&order, json!({})).await.expect_problem(422, "no-gateway");
    let why = "has live credentials, and this stack is not live";
    assert_eq!(refused.body["gateways"], json!({ "sandbox": why }));
    assert!(stack.all_truth().await.is_empty(), "nothing was sent there");
    let shown = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!((shown.word("status"), &shown.body["payments"]), ("created", &json!([])));
    assert!(stack.until_logged(why).await.contains("sandbox"));

    event.send(&stack).await.expect_problem(503, "unavailable");
    assert_eq!(stack.items().await.len(), 1, "only the order was kept");

    secret["mode"] = json!("test");
    stack.set_secret(SANDBOX, &secret).await;
    stack.set_clock_ahead(602);
    stack.pay(&order, json!({})).await.expect(201);
}
