//! What the merchant's requests cost.

use serde_json::{Value, json};

use crate::bench::{Bench, Outcome};
use crate::event::Event;
use crate::table::Measured;

/// An order and its pending payment, created by the handlers.
pub(crate) struct Checkout {
    pub order: String,
    pub payment: String,
    pub page: String,
}

impl Bench {
    pub(crate) async fn order(&self, key: &str, more: Value) -> Outcome {
        let mut body = e2e::order_body();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask(&Event::of("create-order").key(key).body(&body)).await
    }

    pub(crate) async fn pay(&self, order: &str, key: Option<&str>, more: Value) -> Outcome {
        let mut body = json!({ "order_id": order, "amount": 7500, "currency": "USD" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let event = Event::of("create-payment").body(&body);
        let event = match key {
            Some(key) => event.key(key),
            None => event.without_header("idempotency-key"),
        };
        self.ask(&event).await
    }

    pub(crate) async fn checkout(&self, key: &str, more: Value) -> Checkout {
        let order = self.order(key, json!({})).await.answered(201).word("order_id");
        let made = self.pay(&order, Some(key), more).await.answered(201);
        let (payment, page) = (made.word("payment_id"), made.word("checkout_url"));
        Checkout { order, payment, page }
    }

    /// A checkout in which the shopper has chosen an outcome on the page and we have asked the gateway
    /// about it.
    async fn chosen(&self, key: &str, more: Value, outcome: &str) -> Checkout {
        let checkout = self.checkout(key, more).await;
        self.stack.choose(&checkout.page, outcome).await.expect(200);
        self.status(&checkout, "refresh=true").await.answered(200);
        checkout
    }

    pub(crate) async fn status(&self, checkout: &Checkout, query: &str) -> Outcome {
        let event = about("status-check", checkout).query(query);
        self.ask(&event).await
    }

    async fn capture(&self, checkout: &Checkout) -> Outcome {
        self.ask(&about("capture-payment", checkout)).await
    }

    async fn refund(&self, checkout: &Checkout, key: &str) -> Outcome {
        let event = about("refund-payment", checkout).key(key).body(&json!({ "amount": 2500 }));
        self.ask(&event).await
    }

    async fn cancel(&self, checkout: &Checkout) -> Outcome {
        self.ask(&about("cancel-payment", checkout)).await
    }
}

fn about(event: &str, checkout: &Checkout) -> Event {
    Event::of(event).about(&checkout.order, &checkout.payment)
}

#[tokio::test]
async fn orders_and_payments_cost_what_the_table_says() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();

    let made = bench.order("order-1", json!({})).await.answered(201);
    measured.add("create-order", &made);
    measured.add("create-order, replay", &bench.order("order-1", json!({})).await.answered(200));
    let order = made.word("order_id");

    let refused = bench.pay(&order, Some("wrong"), json!({ "amount": 7499 })).await;
    measured.add("create-payment with key, refused", &refused.answered(422));
    let pending = bench.pay(&order, Some("pay-1"), json!({})).await.answered(201);
    measured.add("create-payment with key, pending", &pending);
    let replay = bench.pay(&order, Some("pay-1"), json!({})).await.answered(200);
    measured.add("create-payment with key, replay", &replay);

    let other = bench.order("order-2", json!({})).await.word("order_id");
    let keyless = bench.pay(&other, None, json!({})).await.answered(201);
    measured.add("create-payment without key", &keyless);

    let sudden = json!({ "metadata": { "sandbox": "approve" } });
    let sudden = bench.order("order-3", sudden).await.word("order_id");
    let captured = bench.pay(&sudden, Some("pay-3"), json!({})).await.answered(201);
    assert_eq!(captured.word("status"), "succeeded");
    measured.add("create-payment, captured in the call", &captured);

    let lost = bench.order("order-4", json!({})).await.word("order_id");
    bench.stack.behave(json!({ "create": "close", "webhooks": { "mode": "never" } })).await;
    let unknown = bench.pay(&lost, Some("pay-4"), json!({})).await.answered(202);
    measured.add("create-payment with key, unknown", &unknown);
    measured.settle();
}

#[tokio::test]
async fn reads_cost_what_the_table_says() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();
    let made = bench.order("order-1", json!({})).await.word("order_id");
    let made = bench.pay(&made, Some("pay-1"), json!({})).await.answered(201);
    let checkout = Checkout {
        order: made.word("order_id"),
        payment: made.word("payment_id"),
        page: made.word("checkout_url"),
    };

    measured.add("status-check", &bench.status(&checkout, "refresh=false").await.answered(200));
    let refreshed = bench.status(&checkout, "refresh=true").await.answered(200);
    measured.add("status-check with refresh", &refreshed);
    let token = format!("token={}", made.word("status_token"));
    let event = about("status-check", &checkout).query(&token).without_header("authorization");
    let shown = bench.ask(&event).await.answered(200);
    assert_eq!(shown.body["gateway"], Value::Null, "a shopper sees less: {}", shown.body);
    measured.add("status-check of a shopper", &shown);
    measured.settle();
}

#[tokio::test]
async fn captures_refunds_and_cancels_cost_what_the_table_says() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();
    let manual = || json!({ "capture": "manual" });

    let held = bench.chosen("order-1", manual(), "authorize").await;
    measured.add("capture", &bench.capture(&held).await.answered(200));

    let refunded = bench.refund(&held, "refund-1").await.answered(201);
    assert_eq!(refunded.word("status"), "succeeded");
    measured.add("refund, final", &refunded);
    let replay = bench.refund(&held, "refund-1").await.answered(200);
    measured.add("refund, replay", &replay);

    let unpaid = bench.checkout("order-2", json!({})).await;
    measured.add("close", &bench.cancel(&unpaid).await.answered(200));

    let unwanted = bench.chosen("order-3", manual(), "authorize").await;
    measured.add("void", &bench.cancel(&unwanted).await.answered(200));

    let first = bench.checkout("order-4", json!({})).await;
    let replaced = bench.pay(&first.order, Some("other"), json!({ "replace": true })).await;
    measured.add("replace", &replaced.answered(201));
    measured.settle();
}

#[tokio::test]
async fn an_answer_that_is_lost_costs_no_more() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();
    let paid = bench.chosen("order-1", json!({}), "approve").await;
    let held = bench.chosen("order-2", json!({ "capture": "manual" }), "authorize").await;
    bench.lose_answers();
    measured.add("refund, unknown", &bench.refund(&paid, "refund-1").await.answered(202));
    measured.add("capture, unknown", &bench.capture(&held).await.answered(202));
    measured.settle();
}

#[tokio::test]
async fn secrets_are_read_once_per_process() {
    let bench = Bench::cold("full").await;
    let first = bench.order("order-1", json!({})).await.answered(201);
    assert_eq!(first.secret_reads, 1, "{:?}", first.names);
    let second = bench.order("order-2", json!({})).await.answered(201);
    assert_eq!(second.secret_reads, 0, "{:?}", second.names);
    let order = second.word("order_id");
    let payment = bench.pay(&order, Some("pay-1"), json!({})).await.answered(201);
    assert_eq!(payment.secret_reads, 2, "the gateway's and the tokens': {:?}", payment.names);
    let replay = bench.pay(&order, Some("pay-1"), json!({})).await.answered(200);
    assert_eq!(replay.secret_reads, 0, "{:?}", replay.names);
}

#[tokio::test]
async fn readers_who_insist_ask_the_gateway_once_in_five_seconds() {
    let bench = Bench::start("full").await;
    let checkout = bench.checkout("order-1", json!({})).await;
    let (began, mut asked) = (bench.now(), 0);
    for _ in 0..10 {
        asked += bench.status(&checkout, "refresh=true").await.answered(200).calls.gateway;
    }
    let rounds = usize::try_from((bench.now() - began) / 5).unwrap() + 1;
    assert!((1..=rounds).contains(&asked), "{asked} questions in {rounds} × 5 s");
}
