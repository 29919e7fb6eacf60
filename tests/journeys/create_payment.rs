//! The outcomes of the shopper's choices on the page, and of payments without a page.

use e2e::{End, Paid, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

#[tokio::test]
async fn a_decline_frees_the_order_for_another_attempt() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.choose(&first.page, "decline").await.expect(200);
    let confirmed = &["payment.failed"];
    stack
        .ends(
            &first,
            End { payment: "failed", order: "created", captured: 0, refunded: 0, confirmed },
        )
        .await;
    let shown = stack.payment(&first.payment).await;
    assert_eq!(shown["failure"]["code"], "card_declined");
    assert_eq!((&shown["checkout_url"], &shown["next_action"]), (&Value::Null, &Value::Null));
    stack.choose(&first.page, "approve").await.expect(409);

    let second = stack.try_again(&first.order, "second", json!({})).await;
    assert_ne!(second.payment, first.payment);
    stack.choose(&second.page, "approve").await.expect(200);
    let confirmed = &["payment.failed", "payment.completed"];
    stack
        .ends(
            &second,
            End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed },
        )
        .await;
    assert_eq!(stack.payment_status(&first.payment).await, "failed");
}

#[tokio::test]
async fn a_declined_try_is_shown_and_the_same_page_is_paid() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "decline_retryable").await.expect(200);
    let shown = stack.until(&checkout.payment, |shown| shown["failure"].is_object()).await;
    let truth = &stack.truth(&checkout.payment).await[0];
    assert_eq!((&shown["status"], &shown["failure"]), (&json!("pending"), &truth["failure"]));
    assert_eq!(shown["checkout_url"], checkout.page);
    assert!(stack.inbox(&checkout.order).await.is_empty(), "a failed try is not confirmed");

    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.ends(&checkout, PAID).await;
    assert_eq!(stack.payment(&checkout.payment).await["failure"], Value::Null);
    assert_eq!(stack.truth(&checkout.payment).await.len(), 1);
}

#[tokio::test]
async fn a_try_under_way_is_pending_until_it_is_paid() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let page = stack.choose(&checkout.page, "pending").await.expect(200);
    assert_eq!(page.word("next"), "wait");
    stack.choose(&checkout.page, "approve").await.expect(409);
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    assert_eq!(stack.order_status(&checkout.order).await, "created");
    stack.set_clock_ahead(5);
    stack.ends(&checkout, PAID).await;
}

#[tokio::test]
async fn a_challenged_shopper_confirms_and_pays() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let page = stack.choose(&checkout.page, "challenge").await.expect(200);
    assert_eq!(page.word("next"), "confirm");
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.ends(&checkout, PAID).await;
}

#[tokio::test]
async fn a_challenged_shopper_who_fails_has_not_paid() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "challenge").await.expect(200);
    stack.choose(&checkout.page, "decline").await.expect(200);
    let confirmed = &["payment.failed"];
    stack
        .ends(
            &checkout,
            End { payment: "failed", order: "created", captured: 0, refunded: 0, confirmed },
        )
        .await;
}

#[tokio::test]
async fn a_payment_approved_in_the_call_needs_no_page() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_with("approve")).await;
    let answer = stack.pay_with_key(&order, "key", json!({})).await.expect(201);
    assert_eq!((answer.word("status"), answer.word("checkout_url")), ("succeeded", ""));
    assert_eq!(
        (&answer.body["next_action"], &answer.body["amount_captured"]),
        (&Value::Null, &json!(7500))
    );
    stack.ends(&no_page(&order, answer.word("payment_id")), PAID).await;
    let confirmation = stack.confirmation(&order, "payment.completed").await;
    assert_eq!(
        (
            &confirmation["amount"],
            &confirmation["currency"],
            &confirmation["status"],
            &confirmation["gateway"]
        ),
        (&json!(7500), &json!("USD"), &json!("succeeded"), &json!("sandbox"))
    );
    assert_eq!(
        (&confirmation["metadata"]["sandbox"], &confirmation["payment_id"]),
        (&json!("approve"), &answer.body["payment_id"])
    );
}

#[tokio::test]
async fn a_payment_declined_in_the_call_is_a_402_and_stays_one() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_with("decline")).await;
    let first = stack.pay_with_key(&order, "key", json!({})).await;
    let first = first.expect_problem(402, "payment-declined");
    assert_eq!(first.body["payment"]["status"], "failed");
    let replay = stack.pay_with_key(&order, "key", json!({})).await;
    let replay = replay.expect_problem(402, "payment-declined");
    assert_eq!(replay.body["payment"], first.body["payment"]);
    let payment = first.body["payment"]["payment_id"].as_str().unwrap();
    let confirmed = &["payment.failed"];
    let end = End { payment: "failed", order: "created", captured: 0, refunded: 0, confirmed };
    stack.ends(&no_page(&order, payment), end).await;
    assert_eq!(stack.all_truth().await.len(), 1);
    let other = stack.pay_with_key(&order, "other", json!({})).await;
    let other = other.expect_problem(402, "payment-declined");
    assert_ne!(other.body["payment"]["payment_id"], payment);
}

#[tokio::test]
async fn a_payment_that_takes_its_time_is_paid_later() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_with("pending:2s")).await;
    let answer = stack.pay(&order, json!({})).await.expect(201);
    assert_eq!((answer.word("status"), answer.word("checkout_url")), ("pending", ""));
    stack.set_clock_ahead(3);
    stack.ends(&no_page(&order, answer.word("payment_id")), PAID).await;
}

#[tokio::test]
async fn a_payment_authorized_in_the_call_waits_for_its_capture() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_with("authorize")).await;
    let answer = stack.pay(&order, json!({ "capture": "manual" })).await.expect(201);
    assert_eq!(answer.word("status"), "authorized");
    let payment = answer.word("payment_id");
    stack.capture(payment, "capture", json!({})).await.expect(200);
    let confirmed = &["payment.authorized", "payment.completed"];
    stack.ends(&no_page(&order, payment), End { confirmed, ..PAID }).await;
}

const PAID: End<'static> = End {
    payment: "succeeded",
    order: "paid",
    captured: 7500,
    refunded: 0,
    confirmed: &["payment.completed"],
};

fn order_with(outcome: &str) -> Value {
    let mut body = order_body();
    body["metadata"] = json!({ "sandbox": outcome });
    body
}

fn no_page(order: &str, payment: &str) -> Paid {
    Paid { order: order.to_owned(), payment: payment.to_owned(), page: String::new() }
}

#[tokio::test]
async fn a_method_without_the_currency_is_refused_before_anything_begins() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let refused = stack.pay(&order, json!({ "method": "upi" })).await;
    let refused = refused.expect_problem(422, "no-gateway");
    assert_eq!(refused.body["gateways"], json!({ "sandbox": "UPI is available in INR only" }));
    assert!(stack.all_truth().await.is_empty());
    let shown = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!((shown.word("status"), &shown.body["payments"]), ("created", &json!([])));

    let live = stack.pay(&order, json!({ "method": "card" })).await.expect(201);
    let upi = json!({ "method": "upi", "replace": true });
    stack.pay_with_key(&order, "another", upi).await.expect_problem(422, "no-gateway");
    assert_eq!(stack.payment_status(live.word("payment_id")).await, "pending");
}
