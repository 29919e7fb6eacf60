//! What a gateway's webhooks cost.

use serde_json::{Value, json};

use crate::bench::{Bench, Outcome};
use crate::event::Event;
use crate::merchant::Checkout;
use crate::table::Measured;

/// A payment event from the gateway with everything that makes it a fact.
async fn news(bench: &Bench, checkout: &Checkout, event: &str, status: &str) -> Value {
    let truth = bench.stack.truth(&checkout.payment).await;
    json!({
        "event": event,
        "payment_id": checkout.payment,
        "order_id": checkout.order,
        "status": status,
        "id": truth[0]["id"],
        "amount": 7500,
        "currency": "USD",
    })
}

async fn signed(bench: &Bench, id: &str, body: &Value) -> Outcome {
    let secret = bench.webhook_secret().await;
    let event = Event::of("webhook-receiver").body(body).signed(&secret, id, bench.now());
    bench.ask(&event).await.answered(200)
}

async fn vouched(bench: &Bench, id: &str, body: &Value) -> Outcome {
    let secret = bench.webhook_secret().await;
    let event = Event::of("webhook-receiver").body(body).vouched(&secret, id);
    bench.ask(&event).await.answered(200)
}

#[tokio::test]
async fn signed_webhooks_cost_what_the_table_says() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();
    let checkout = bench.checkout("order-1", json!({})).await;

    bench.stack.choose(&checkout.page, "decline_retryable").await;
    let mut failed = news(&bench, &checkout, "payment.attempt_failed", "pending").await;
    failed["failure"] = json!({ "code": "insufficient_funds", "message": "No money." });
    measured.add("webhook, state change, signed", &signed(&bench, "evt_1", &failed).await);

    bench.stack.choose(&checkout.page, "approve").await.expect(200);
    let paid = news(&bench, &checkout, "payment.completed", "succeeded").await;
    measured.add("webhook, first capture, signed", &signed(&bench, "evt_2", &paid).await);
    measured.add("webhook, duplicate", &signed(&bench, "evt_2", &paid).await);

    let foreign = news(&bench, &checkout, "payout.paid", "succeeded").await;
    measured.add("webhook, unknown type", &signed(&bench, "evt_3", &foreign).await);
    measured.settle();
}

#[tokio::test]
async fn unsigned_webhooks_cost_one_question_more() {
    let bench = Bench::start("phonepe-like").await;
    let mut measured = Measured::default();
    let checkout = bench.checkout("order-1", json!({})).await;

    bench.stack.choose(&checkout.page, "decline_retryable").await;
    let failed = news(&bench, &checkout, "payment.attempt_failed", "pending").await;
    measured.add("webhook, state change, unsigned", &vouched(&bench, "evt_1", &failed).await);

    bench.stack.choose(&checkout.page, "approve").await.expect(200);
    let paid = news(&bench, &checkout, "payment.completed", "succeeded").await;
    measured.add("webhook, first capture, unsigned", &vouched(&bench, "evt_2", &paid).await);
    measured.settle();
}
