//! Concurrent requests: one payment, no refund too many, no answer that the API document does not list.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use e2e::{Answer, Stack, order_body};
use futures_util::future::{join, join_all};
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::STACK;

/// The number of answers of each status and problem.
fn kinds(answers: &[Answer]) -> BTreeMap<(u16, &str), usize> {
    let mut kinds = BTreeMap::new();
    for answer in answers {
        *kinds.entry((answer.status, answer.slug())).or_default() += 1;
    }
    kinds
}

#[track_caller]
fn assert_only(kinds: &BTreeMap<(u16, &str), usize>, allowed: &[(u16, &str)]) {
    let unexpected: Vec<_> = kinds.keys().filter(|kind| !allowed.contains(kind)).collect();
    assert!(unexpected.is_empty(), "{unexpected:?} among {kinds:?}");
}

/// One payment exists, here and at the gateway, and every answer that shows a payment shows this one.
async fn assert_one_payment(stack: &Stack, order: &str, answers: &[Answer]) {
    let truth = stack.all_truth().await;
    assert_eq!(truth.len(), 1, "{truth:?}");
    let order = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    let payments = order.body["payments"].as_array().unwrap();
    assert_eq!(payments.len(), 1, "{payments:?}");
    assert_eq!(truth[0]["reference"], payments[0]["payment_id"]);
    for answer in answers {
        let shown = [&answer.body["payment_id"], &answer.body["payment"]["payment_id"]];
        for id in shown.into_iter().filter(|id| !id.is_null()) {
            assert_eq!(id, &payments[0]["payment_id"], "{answer}");
        }
    }
}

#[tokio::test]
async fn a_hundred_payments_with_one_key_are_one_payment() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let calls = (0..100).map(|_| stack.pay_with_key(&order, "once", json!({})));
    let answers = join_all(calls).await;
    let kinds = kinds(&answers);
    assert_only(&kinds, &[(201, ""), (200, ""), (202, ""), (409, "request-in-progress")]);
    assert_eq!(kinds.get(&(201, "")), Some(&1), "{kinds:?}");
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        assert_eq!(answer.header("idempotent-replayed"), "true");
    }
    for answer in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_one_payment(&stack, &order, &answers).await;
    let replayed = stack.pay_with_key(&order, "once", json!({})).await.expect(200);
    assert_eq!(replayed.word("status"), "pending");
}

#[tokio::test]
async fn a_hundred_payments_with_a_hundred_keys_are_one_payment() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let keys: Vec<String> = (0..100).map(|n| format!("key-{n}")).collect();
    let calls = keys.iter().map(|key| stack.pay_with_key(&order, key, json!({})));
    let answers = join_all(calls).await;
    let kinds = kinds(&answers);
    assert_only(&kinds, &[(201, ""), (409, "payment-in-progress")]);
    assert_eq!(kinds.get(&(201, "")), Some(&1), "{kinds:?}");
    assert_one_payment(&stack, &order, &answers).await;
}

#[tokio::test]
async fn a_hundred_payments_without_a_key_are_one_payment() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let answers = join_all((0..100).map(|_| stack.pay(&order, json!({})))).await;
    let kinds = kinds(&answers);
    assert_only(&kinds, &[(201, ""), (200, ""), (202, ""), (409, "request-in-progress")]);
    assert_eq!(kinds.get(&(201, "")), Some(&1), "{kinds:?}");
    assert_one_payment(&stack, &order, &answers).await;
}

#[tokio::test]
async fn fifty_orders_with_one_key_are_one_order() {
    let stack = Stack::start(STACK).await;
    let body = order_body();
    let calls = (0..50).map(|_| stack.post_with_key("/api/orders", "once", &body));
    let answers = join_all(calls).await;
    let kinds = kinds(&answers);
    assert_eq!(kinds, BTreeMap::from([((200, ""), 49), ((201, ""), 1)]));
    let ids: BTreeSet<&str> = answers.iter().map(|answer| answer.word("order_id")).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(stack.items().await.len(), 1);
}

/// The gateway has refunded no more than it captured, and we have promised no more than it refunded.
async fn assert_not_over_refunded(stack: &Stack, payment: &str, promised: usize, each: u64) {
    let truth = stack.truth(payment).await;
    let refunds = truth[0]["refunds"].as_array().unwrap();
    let given_back: u64 = refunds.iter().map(|refund| refund["amount"].as_u64().unwrap()).sum();
    assert!(given_back <= 7500, "{truth:?}");
    assert_eq!(given_back, u64::try_from(promised).unwrap() * each);
    let payment = stack.payment(payment).await;
    assert_eq!(payment["amount_refunded"], given_back);
}

#[tokio::test]
async fn sixty_refunds_at_once_never_exceed_the_capture() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_payment(&checkout.payment, "succeeded").await;
    let path = format!("/api/payments/{}/refunds", checkout.payment);
    let (each, body) = (700, json!({ "amount": 700 }));
    let keys: Vec<String> = (0..60).map(|n| format!("refund-{n}")).collect();
    let refund = async |key: &str| stack.post_with_key(&path, key, &body).await;
    let answers = join_all(keys.iter().map(|key| refund(key))).await;
    // A write that loses ten races in a row gives up: with a 503 before the refund is sent, with a 202
    // after it, because the refund is claimed by then.
    let allowed = [(201, ""), (202, ""), (422, "refund-exceeds-captured"), (503, "unavailable")];
    assert_only(&kinds(&answers), &allowed);
    eprintln!("60 refunds at once: {:?}", kinds(&answers));
    let truth = stack.truth(&checkout.payment).await;
    assert!(truth[0]["amount_refunded"].as_u64().unwrap() <= 7500, "{truth:?}");

    // The same sixty requests again, one by one: each finds its own refund, and no further refund is
    // made.
    let mut again = Vec::new();
    for key in &keys {
        again.push(refund(key).await);
    }
    let allowed = [(200, ""), (201, ""), (202, ""), (422, "refund-exceeds-captured")];
    assert_only(&kinds(&again), &allowed);
    assert_eq!(again.iter().filter(|answer| answer.status < 300).count(), 10);
    stack.set_clock_ahead(100);
    stack.sweep().await;
    assert_not_over_refunded(&stack, &checkout.payment, 10, each).await;
}

#[tokio::test]
async fn one_refund_asked_for_sixty_times_is_one_refund() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_payment(&checkout.payment, "succeeded").await;
    let path = format!("/api/payments/{}/refunds", checkout.payment);
    let body = json!({ "amount": 700 });
    let answers = join_all((0..60).map(|_| stack.post_with_key(&path, "once", &body))).await;
    let kinds = kinds(&answers);
    assert_only(&kinds, &[(201, ""), (200, ""), (202, "")]);
    let ids: BTreeSet<&str> = answers.iter().map(|answer| answer.word("refund_id")).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_not_over_refunded(&stack, &checkout.payment, 1, 700).await;
}

#[tokio::test]
async fn a_capture_and_a_void_at_once_are_never_both() {
    let stack = Stack::start(STACK).await;
    for n in 0..12 {
        let checkout = stack.checkout_with(order_body(), json!({ "capture": "manual" })).await;
        stack.choose(&checkout.page, "approve").await.expect(200);
        stack.until_payment(&checkout.payment, "authorized").await;
        let capture = format!("/api/payments/{}/capture", checkout.payment);
        let cancel = format!("/api/payments/{}/cancel", checkout.payment);
        let body = json!({});
        let capture = stack.post_with_key(&capture, "capture", &body);
        let (captured, voided) = join(capture, stack.act(&cancel)).await;
        assert_only(
            &kinds(std::slice::from_ref(&captured)),
            &[(200, ""), (409, "payment-not-authorized")],
        );
        assert_only(
            &kinds(std::slice::from_ref(&voided)),
            &[(200, ""), (409, "capture-in-progress"), (409, "payment-succeeded")],
        );
        assert_ne!(captured.status, voided.status, "round {n}: {captured} {voided}");
        let (here, there) = match captured.status {
            200 => ("succeeded", "captured"),
            _ => ("canceled", "canceled"),
        };
        assert_eq!(stack.truth(&checkout.payment).await[0]["status"], there);
        stack.until_payment(&checkout.payment, here).await;
    }
}

#[tokio::test]
async fn an_order_paid_and_canceled_at_once_ends_as_one_of_the_two() {
    let stack = Stack::start(STACK).await;
    for _ in 0..12 {
        let checkout = stack.checkout().await;
        let cancel = format!("/api/orders/{}/cancel", checkout.order);
        let (canceled, _) = join(stack.act(&cancel), stack.choose(&checkout.page, "approve")).await;
        let truth = stack.truth(&checkout.payment).await[0].clone();
        let (status, kind) = match truth["status"].as_str().unwrap() {
            "captured" => ("paid", "payment.completed"),
            _ => ("canceled", "order.canceled"),
        };
        assert_only(
            &kinds(std::slice::from_ref(&canceled)),
            &[(200, ""), (202, ""), (409, "order-paid")],
        );
        assert_eq!(canceled.status == 409, status == "paid", "{canceled} {truth}");
        stack.until_order(&checkout.order, status).await;
        stack.until_inbox(&checkout.order, kind).await;
    }
}

/// Takes one shopper from the order to the paid payment and returns every answer. On an overloaded
/// machine the gateway may be slower than the call's timeout; the sweep then finds the page.
async fn buy(stack: &Stack, n: usize) -> Vec<Answer> {
    let key = format!("order-{n}");
    let order = stack.post_with_key("/api/orders", &key, &order_body()).await.expect(201);
    let id = order.word("order_id").to_owned();
    let payment = stack.pay_with_key(&id, "payment", json!({})).await;
    if payment.status == 202 {
        stack.set_clock_ahead(60);
        stack.sweep().await;
    }
    let has_page = |shown: &Value| shown["checkout_url"].is_string();
    let shown = stack.until(payment.word("payment_id"), has_page).await;
    let page = stack.choose(shown["checkout_url"].as_str().unwrap(), "approve").await.expect(200);
    stack.until_order(&id, "paid").await;
    let seen = stack.get(&format!("/api/payments/{}", payment.word("payment_id"))).await;
    vec![order, payment, page, seen]
}

#[tokio::test]
async fn two_hundred_orders_are_paid_by_thirty_two_clients_without_a_failure() {
    let stack = Stack::start(STACK).await;
    let started = Instant::now();
    let answers: Vec<Vec<Answer>> =
        stream::iter(0..200).map(|n| buy(&stack, n)).buffer_unordered(32).collect().await;
    eprintln!("200 orders paid by 32 clients in {:.1?}", started.elapsed());
    let answers: Vec<Answer> = answers.into_iter().flatten().collect();
    let kinds = kinds(&answers);
    assert_only(&kinds, &[(201, ""), (200, ""), (202, "")]);
    let truth = stack.all_truth().await;
    assert_eq!(truth.len(), 200);
    let taken_once = |payment: &Value| payment["captures"].as_array().unwrap().len() == 1;
    assert!(truth.iter().all(taken_once));
    assert_eq!(stack.panics(), Vec::<String>::new());
}
