//! Two gateways in one stack: which of them takes a payment, and what becomes of money at the other.

use std::time::Duration;

use e2e::{Options, Paid, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const A: &str = "quittance/gateways/a";
const AMOUNT: u64 = 7500;

/// Two sandboxes under names of their own, tried in this order.
async fn two() -> Stack {
    let arguments = ["--gateway", "a=sandbox,b=sandbox"].map(str::to_owned).into();
    Stack::with(STACK, Options { arguments, ..Options::default() }).await
}

/// What a gateway itself has under one of our references.
async fn truth(stack: &Stack, gateway: &str, payment: &str) -> Vec<Value> {
    let url = format!("{}/{gateway}/control/payments", stack.address("sandbox"));
    let answer = stack.send(stack.client().get(url)).await.expect(200);
    let all = answer.body["payments"].as_array().unwrap().clone();
    all.into_iter().filter(|object| object["reference"] == payment).collect()
}

async fn change_secret_of_a(stack: &Stack, member: &str, value: &str) {
    let mut secret = stack.secret(A).await;
    secret[member] = value.into();
    stack.set_secret(A, &secret).await;
}

async fn is_at_b_alone(stack: &Stack, paid: &Paid) {
    assert_eq!(stack.payment(&paid.payment).await["gateway"], "b");
    assert_eq!(truth(stack, "a", &paid.payment).await.len(), 0);
    assert_eq!(truth(stack, "b", &paid.payment).await.len(), 1);
    stack.choose(&paid.page, "approve").await;
    stack.until_order(&paid.order, "paid").await;
}

#[tokio::test]
async fn the_first_gateway_takes_the_payment_and_its_webhook_names_it() {
    let stack = two().await;
    let paid = stack.checkout().await;
    assert_eq!(stack.payment(&paid.payment).await["gateway"], "a");
    stack.choose(&paid.page, "approve").await;
    stack.until_order(&paid.order, "paid").await;
    assert_eq!(truth(&stack, "a", &paid.payment).await[0]["status"], "captured");
    assert_eq!(truth(&stack, "b", &paid.payment).await.len(), 0);
}

#[tokio::test]
async fn a_caller_may_name_the_second_gateway() {
    let stack = two().await;
    let paid = stack.checkout_with(order_body(), json!({ "gateway": "b" })).await;
    is_at_b_alone(&stack, &paid).await;
}

#[tokio::test]
async fn what_the_first_gateway_refuses_goes_to_the_second() {
    let stack = two().await;
    change_secret_of_a(&stack, "api_key", "not the gateway's key").await;
    let paid = stack.checkout().await;
    is_at_b_alone(&stack, &paid).await;
}

#[tokio::test]
async fn a_secret_that_names_no_adapter_stops_payments_and_is_named_in_the_log() {
    let stack = two().await;
    change_secret_of_a(&stack, "adapter", "nobody").await;
    let order = stack.order(&order_body()).await;
    stack.pay(&order, json!({})).await.expect(503);
    let line = stack.until_logged("a secret cannot be used").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["secret"], "gateways/a");
    assert!(line["error"].as_str().unwrap().starts_with("adapter "), "{line}");
}

#[tokio::test]
async fn what_cannot_be_sent_to_the_first_gateway_goes_to_the_second() {
    let stack = two().await;
    // Nothing listens there.
    change_secret_of_a(&stack, "base_url", "http://127.0.0.1:1").await;
    let paid = stack.checkout().await;
    is_at_b_alone(&stack, &paid).await;
}

#[tokio::test]
async fn an_unknown_outcome_at_the_first_gateway_stays_there() {
    let stack = two().await;
    let url = format!("{}/a/control/behaviour", stack.address("sandbox"));
    stack.send(stack.client().put(url).json(&json!({ "create": "close" }))).await.expect(200);
    let order = stack.order(&order_body()).await;
    let answer = stack.pay_with_key(&order, "first", json!({})).await.expect(202);
    let payment = answer.word("payment_id").to_owned();
    let again = stack.pay_with_key(&order, "first", json!({})).await;
    assert_eq!((again.word("payment_id"), again.word("gateway")), (payment.as_str(), "a"));
    assert_eq!(truth(&stack, "a", &payment).await.len(), 1);
    assert_eq!(truth(&stack, "b", &payment).await.len(), 0);
}

#[tokio::test]
async fn a_late_capture_at_the_gateway_that_was_replaced_is_given_back_there() {
    let stack = two().await;
    let first = stack.checkout().await;
    let more = json!({ "gateway": "b", "replace": true });
    let second = stack.pay_with_key(&first.order, "second", more).await.expect(201);
    let (payment, page) = (second.word("payment_id"), second.word("checkout_url"));
    assert_eq!(second.word("gateway"), "b");
    stack.choose(page, "approve").await;
    stack.until_order(&first.order, "paid").await;

    let capture =
        format!("{}/a/control/payments/{}/capture", stack.address("sandbox"), first.payment);
    stack.send(stack.client().post(capture).json(&json!({}))).await.expect(200);
    let refunds = given_back(&stack, "a", &first.payment).await;
    let amounts: Vec<&Value> = refunds.iter().map(|refund| &refund["amount"]).collect();
    assert_eq!(amounts, [AMOUNT]);
    let kept = &truth(&stack, "b", payment).await[0];
    assert_eq!((&kept["status"], &kept["refunds"]), (&json!("captured"), &json!([])));
    assert_eq!(stack.order_status(&first.order).await, "paid");
}

/// Waits for the refunds of a payment at a gateway, with a sweep in between.
async fn given_back(stack: &Stack, gateway: &str, payment: &str) -> Vec<Value> {
    for minutes in 1..20 {
        let objects = truth(stack, gateway, payment).await;
        let refunds = objects[0]["refunds"].as_array().unwrap().clone();
        if !refunds.is_empty() {
            return refunds;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        stack.sweep_at(60 * minutes).await;
    }
    Vec::new()
}
