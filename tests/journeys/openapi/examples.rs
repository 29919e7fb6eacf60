//! The examples of the document, executed in order on a fresh stack as one story.

use api_description::{Example, recorded};
use e2e::contract::DOCUMENT;
use e2e::{Answer, Stack, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::Event;

#[tokio::test]
async fn each_example_is_answered_as_the_document_says() {
    let examples = recorded().unwrap();
    let answered = carried_out(examples.clone()).await;
    for (example, answered) in examples.iter().zip(&answered) {
        assert_eq!(json!(answered), json!(example), "{}", super::ADVICE);
    }
}

/// The same examples with the answers they got.
pub(super) async fn carried_out(mut examples: Vec<Example>) -> Vec<Example> {
    let stack = Stack::start(STACK).await;
    let mut status_token = String::new();
    for example in &mut examples {
        prepare(&stack, example).await;
        let answer = ask(&stack, example, &status_token).await;
        assert_eq!(
            answer.status, example.status,
            "{} {}: {answer}",
            example.operation, example.name
        );
        if answer.status >= 400 {
            assert_eq!(answer.slug(), example.name, "{answer}");
        }
        if let Some(token) = answer.body["status_token"].as_str() {
            token.clone_into(&mut status_token);
        }
        example.answer = lasting(answer.body);
    }
    examples
}

/// Does what must happen before the example.
async fn prepare(stack: &Stack, example: &Example) {
    let payment = |name: &str| example.path[name].as_str().unwrap().to_owned();
    match (example.operation.as_str(), example.name.as_str()) {
        ("refundPayment", "created") => {
            stack
                .choose(&page_of(stack, &payment("payment_id")).await, "approve")
                .await
                .expect(200);
            stack.until_payment(&payment("payment_id"), "succeeded").await;
        }
        ("capturePayment", _) => {
            let page = begin(stack, "1043", json!({ "capture": "manual" })).await;
            stack.choose(&page, "approve").await.expect(200);
            stack.until_payment(&payment("payment_id"), "authorized").await;
        }
        ("cancelPayment", _) => drop(begin(stack, "1044", json!({})).await),
        ("cancelOrder", _) => drop(begin(stack, "1045", json!({})).await),
        ("readOrder" | "readPayment" | "readRefund", _) => {
            stack.until(&payment_of_the_story(), |it| it["amount_refunded"] == 2500).await;
        }
        _ => {}
    }
}

fn payment_of_the_story() -> String {
    let examples = recorded().unwrap();
    let refund = examples.iter().find(|it| it.operation == "refundPayment").unwrap();
    refund.path["payment_id"].as_str().unwrap().to_owned()
}

async fn page_of(stack: &Stack, payment: &str) -> String {
    stack.payment(payment).await["checkout_url"].as_str().unwrap().to_owned()
}

/// Another order of the story, and its payment's page.
async fn begin(stack: &Stack, number: &str, more: Value) -> String {
    let order = stack.post_with_key("/api/orders", &format!("order-{number}"), &order_body()).await;
    let order = order.expect(201).word("order_id").to_owned();
    let payment = stack.pay_with_key(&order, &format!("payment-{number}"), more).await.expect(201);
    payment.word("checkout_url").to_owned()
}

async fn ask(stack: &Stack, example: &Example, status_token: &str) -> Answer {
    let (method, mut path) = route(&example.operation);
    for (name, value) in &example.path {
        path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
    }
    if example.operation == "receiveWebhook" {
        return Event::new(stack, example.body.as_ref().unwrap()).await.send(stack).await;
    }
    if example.name == "shopper" {
        return stack.get_as(&format!("{path}?token={status_token}"), &[]).await;
    }
    let mut request = stack.request(method, &path);
    if let Some(key) = &example.key {
        request = request.header("idempotency-key", key);
    }
    if let Some(body) = &example.body {
        request = request.json(body);
    }
    stack.send(request).await
}

fn route(operation: &str) -> (Method, String) {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let found = paths.iter().find_map(|(path, methods)| {
        let mut methods = methods.as_object().unwrap().iter();
        let (method, _) = methods.find(|(_, described)| described["operationId"] == operation)?;
        Some((method.to_uppercase().parse().unwrap(), path.clone()))
    });
    found.unwrap()
}

/// Values that change from run to run, and what is shown instead.
const PASSING: [(&str, &str); 12] = [
    ("captured_at", "2026-11-20T09:00:00Z"),
    ("created_at", "2026-11-20T09:00:00Z"),
    ("at", "2026-11-20T09:00:00Z"),
    ("expires_at", "2026-11-21T09:00:00Z"),
    ("redacted_at", "2026-11-20T09:00:00Z"),
    ("retry_at", "2026-11-21T09:00:00Z"),
    ("client_token", "tok_5F8R2J7MD1"),
    ("checkout_url", "https://pay.example/checkout/tok_5F8R2J7MD1"),
    ("url", "https://pay.example/checkout/tok_5F8R2J7MD1"),
    ("status_token", "v1.k1.1795683600.pYq3mK0nUuYb2g5xv1cQmX4m3kq0sB2o7h1r9w5tZ8E"),
    ("gateway_reference", "sbx_9T4W"),
    ("instance", "6a1f2c3d4e5f"),
];

fn lasting(answer: Value) -> Value {
    match answer {
        Value::Object(members) => {
            let replaced = members.into_iter().map(|(name, value)| {
                let shown = PASSING.iter().find(|(passing, _)| *passing == name);
                match shown {
                    Some((_, shown)) if value.is_string() => (name, json!(shown)),
                    // The source that first reports a gateway's fact varies, too.
                    None if name == "source" && value != "merchant" => (name, json!("webhook")),
                    _ => (name, lasting(value)),
                }
            });
            Value::Object(replaced.collect())
        }
        Value::Array(items) => items.into_iter().map(lasting).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => answer,
    }
}
