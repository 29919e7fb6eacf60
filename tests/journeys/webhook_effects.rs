//! A webhook has its effect once, whether it comes repeatedly, late, early or out of order.

use std::collections::BTreeSet;

use e2e::{Options, Paid, Stack, order_body};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, SANDBOX, STRANGE_KEY, completed};

/// Each queue has received the payment's confirmation, under one id, and nothing else.
async fn assert_confirmed_once(stack: &Stack, checkout: &Paid) {
    stack.until_inbox(&checkout.order, "payment.completed").await;
    let mut ids = BTreeSet::new();
    for queue in ["fulfilment", "notifications"] {
        let messages = stack.messages(queue, &checkout.order).await;
        let here: BTreeSet<String> =
            messages.iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(here.len(), 1, "{queue}: {messages:?}");
        ids.extend(here);
    }
    let inbox = stack.inbox(&checkout.order).await;
    ids.extend(inbox.iter().map(|c| c["webhook_id"].as_str().unwrap().to_owned()));
    assert_eq!((ids.len(), inbox.len()), (1, 1), "{ids:?} {inbox:?}");
}

#[tokio::test]
async fn fifty_deliveries_of_one_webhook_at_once_confirm_once() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    let answers = join_all((0..50).map(|_| event.send(&stack))).await;
    let statuses: BTreeSet<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, BTreeSet::from([200]));
    assert_confirmed_once(&stack, &checkout).await;
}

#[tokio::test]
async fn fifty_deliveries_of_one_complete_event_at_once_confirm_once() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let mut body = completed(&checkout.order, &checkout.payment);
    body["id"] = stack.truth(&checkout.payment).await[0]["id"].clone();
    body["amount"] = json!(7500);
    body["currency"] = json!("USD");
    let event = Event::new(&stack, &body).await;
    let answers = join_all((0..50).map(|_| event.send(&stack))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_confirmed_once(&stack, &checkout).await;
}

#[tokio::test]
async fn webhooks_that_come_thrice_confirm_once() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "times": 3 } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_payment(&checkout.payment, "succeeded").await;
    assert_confirmed_once(&stack, &checkout).await;
}

#[tokio::test]
async fn webhooks_in_reverse_order_end_in_the_same_state() {
    let stack = Stack::start(STACK).await;
    let webhooks = json!({ "mode": "hold", "order": "reversed" });
    stack.behave(json!({ "webhooks": webhooks })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline_retryable").await.expect(200);
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.dashboard(&checkout.payment, "refund", json!({ "amount": 2500 })).await.expect(201);
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    stack.deliver_held().await;
    stack.until_order(&checkout.order, "partially_refunded").await;
    stack.until_inbox(&checkout.order, "refund.completed").await;
    stack.until_inbox(&checkout.order, "payment.completed").await;
    let payment = stack.payment(&checkout.payment).await;
    assert_eq!(payment["status"], "succeeded");
    assert_eq!(payment["amount_refunded"], 2500);
    assert_eq!(stack.inbox(&checkout.order).await.len(), 2);
}

#[tokio::test]
async fn a_late_webhook_finds_what_the_sweep_has_already_learnt() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.set_clock_ahead(120);
    stack.sweep().await;
    assert_eq!(stack.payment_status(&checkout.payment).await, "succeeded");
    let before = stack.item(&checkout.order).await;
    stack.deliver_held().await;
    let event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    let event = Event { timestamp: event.timestamp + 120, ..event };
    event.send(&stack).await.expect(200);
    assert_eq!(stack.item(&checkout.order).await, before);
    assert_confirmed_once(&stack, &checkout).await;
}

#[tokio::test]
async fn a_delayed_webhook_is_believed_when_it_comes() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "late", "delay_ms": 300 } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    stack.until_payment(&checkout.payment, "succeeded").await;
    assert_confirmed_once(&stack, &checkout).await;
}

#[tokio::test]
async fn badly_signed_webhooks_are_refused_and_the_sweep_learns_the_outcome() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "bad_signature": true } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.set_clock_ahead(120);
    stack.sweep().await;
    assert_eq!(stack.payment_status(&checkout.payment).await, "succeeded");
    let history = stack.payment(&checkout.payment).await["history"].clone();
    let sources: Vec<&str> =
        history.as_array().unwrap().iter().map(|h| h["source"].as_str().unwrap()).collect();
    assert!(!sources.contains(&"webhook"), "{history}");
    assert_confirmed_once(&stack, &checkout).await;
}

/// Ids are computed from keys, so another stack can predict the id of the coming order.
async fn order_to_come() -> (String, String) {
    let stack = Stack::start(STACK).await;
    let order = stack.post_with_key("/api/orders", "order-1", &order_body()).await.expect(201);
    let order = order.word("order_id").to_owned();
    let payment = stack.pay_with_key(&order, "payment-1", json!({})).await.expect(201);
    (order, payment.word("payment_id").to_owned())
}

#[tokio::test]
async fn an_event_before_its_order_is_parked_and_merged_once_the_order_is_there() {
    let (order, payment) = order_to_come().await;
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let event = Event::new(&stack, &completed(&order, &payment)).await;
    for _ in 0..2 {
        let answer = event.send(&stack).await.expect(200);
        assert_eq!(answer.body, json!({ "received": "parked" }));
    }
    assert_eq!(stack.parked().await.len(), 1);
    stack.set_clock_ahead(80);
    stack.sweep().await;
    assert_eq!(stack.parked().await.len(), 1, "nothing to merge it with yet");

    let placed = stack.post_with_key("/api/orders", "order-1", &order_body()).await.expect(201);
    assert_eq!(placed.word("order_id"), order);
    let started = stack.pay_with_key(&order, "payment-1", json!({})).await.expect(201);
    assert_eq!(started.word("payment_id"), payment);
    let page = started.word("checkout_url").to_owned();
    stack.choose(&page, "approve").await.expect(200);
    stack.set_clock_ahead(80 + 400);
    stack.sweep().await;
    assert!(stack.parked().await.is_empty());
    assert_eq!(stack.order_status(&order).await, "paid");
    assert_confirmed_once(&stack, &Paid { order, payment, page }).await;
}

#[tokio::test]
async fn an_event_whose_order_never_comes_is_kept_and_no_longer_tried() {
    let (order, payment) = order_to_come().await;
    let stack = Stack::start(STACK).await;
    Event::new(&stack, &completed(&order, &payment)).await.send(&stack).await.expect(200);
    for ahead in [100, 90_000, 8 * 86_400] {
        stack.set_clock_ahead(ahead);
        stack.sweep().await;
    }
    let parked = stack.parked().await;
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].get("due_at"), None, "{parked:?}");
    let kept_until: i64 = parked[0]["ttl"]["N"].as_str().unwrap().parse().unwrap();
    assert!(kept_until - crate::signed::unix_now() > 80 * 86_400);
    assert_eq!(stack.all_truth().await, Vec::<Value>::new());
}

#[tokio::test]
async fn two_secrets_are_live_during_a_rotation() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let old = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    old.send(&stack).await.expect(200);
    let new = Event { key: STRANGE_KEY.to_owned(), ..old.clone() };
    new.send(&stack).await.expect_problem(401, "unauthorized");

    let mut secret = stack.secret(SANDBOX).await;
    let first = secret["webhook_secrets"][0].clone();
    let second = json!({ "id": "w2", "key": STRANGE_KEY });
    secret["webhook_secrets"] = json!([second, first]);
    stack.set_secret(SANDBOX, &secret).await;
    // A mismatch makes the function read the secret again once its copy is half a minute old.
    stack.set_clock_ahead(40);
    let at = |event: &Event| Event { timestamp: old.timestamp + 40, ..event.clone() };
    at(&new).send(&stack).await.expect(200);
    at(&old).send(&stack).await.expect(200);

    secret["webhook_secrets"][1]["not_after"] = json!("2020-01-01T00:00:00Z");
    stack.set_secret(SANDBOX, &secret).await;
    stack.set_clock_ahead(400);
    let at = |event: &Event| Event { timestamp: old.timestamp + 400, ..event.clone() };
    at(&new).send(&stack).await.expect(200);
    at(&old).send(&stack).await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_fact_in_doubt_is_asked_about_and_not_believed() {
    let options = Options::default();
    let stack = Stack::with(STACK, options).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let (mine, other) = (stack.checkout().await, stack.checkout().await);
    let mut body = completed(&other.order, &mine.payment);
    body["id"] = stack.truth(&mine.payment).await[0]["id"].clone();
    body["amount"] = json!(7500);
    body["currency"] = json!("USD");
    Event::new(&stack, &body).await.send(&stack).await.expect(200);
    for checkout in [mine, other] {
        assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
        assert_eq!(stack.order_status(&checkout.order).await, "created");
    }
}
