//! Every answer in the document is produced by a request.

use std::collections::BTreeSet;

use e2e::contract::DOCUMENT;
use e2e::{Answer, KEY, Options, Stack, order_body};
use futures_util::FutureExt;
use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::STACK;
use crate::problems::met;
use crate::signed::Event;

/// Answers that no request of these tests produces.
const NOT_PRODUCED: [(&str, &str, &str); 3] = [
    ("", "id-collision", "no two keys with the same 100 bits of SHA-256 are known"),
    ("", "unavailable", "the dev stack's table and secret store always answer"),
    ("/capture", "order-full", "no order with 64 captures can have an authorized payment"),
];

#[tokio::test]
async fn each_answer_of_the_document_is_produced() {
    let groups = [
        met::everything().boxed(),
        at_every_door().boxed(),
        of_orders().boxed(),
        of_payments().boxed(),
        of_endings().boxed(),
        of_what_was_lost().boxed(),
        of_webhooks().boxed(),
    ];
    let answers: Vec<Answer> = join_all(groups).await.into_iter().flatten().collect();
    let met: BTreeSet<String> = answers.iter().map(named).collect();
    let missing: Vec<String> = documented().into_iter().filter(|it| !met.contains(it)).collect();
    let excused = |it: &&String| {
        NOT_PRODUCED.iter().any(|(route, slug, _)| it.contains(route) && it.ends_with(slug))
    };
    let unexcused: Vec<&String> = missing.iter().filter(|it| !excused(it)).collect();
    assert!(unexcused.is_empty(), "no request produces {unexcused:#?}");
    for (route, slug, _) in NOT_PRODUCED {
        let wanted = missing.iter().any(|it| it.contains(route) && it.ends_with(slug));
        assert!(wanted, "{route} {slug} is excused, and produced or not documented");
    }
}

fn named(answer: &Answer) -> String {
    let slug = answer.slug();
    let what = if slug.is_empty() { answer.status.to_string() } else { slug.to_owned() };
    format!("{} {what}", answer.route)
}

/// Each route with each success and each problem. API Gateway's own answers are left out.
fn documented() -> Vec<String> {
    let mut all = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let problems = &answer["content"]["application/problem+json"]["schema"]["oneOf"];
                for problem in problems.as_array().into_iter().flatten() {
                    let (_, slug) =
                        problem["$ref"].as_str().unwrap().split_once("problem.").unwrap();
                    all.push(format!("{route} {slug}"));
                }
                if status.starts_with('2') {
                    all.push(format!("{route} {status}"));
                }
            }
        }
    }
    all
}

/// The answers that all operations with the same door give there; the document says which door each has.
async fn at_every_door() -> Vec<Answer> {
    let key = |id: &str, key: &str, scopes: Value| {
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(key));
        json!({ "id": id, "sha256": sha256, "scopes": scopes })
    };
    let all = json!(["orders:write", "payments:write", "refunds:write", "read"]);
    let keys = json!([key("all", KEY, all), key("none", "sk_test_none", json!([]))]);
    let secrets = json!({ "quittance/api-keys": keys });
    let stack = Stack::with_secrets(STACK, &secrets, Options::default()).await;
    let mut met = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if !operation["security"].as_array().unwrap().is_empty() {
                let method = method.to_uppercase().parse().unwrap();
                met.extend(at_the_door(&stack, method, path, operation).await);
            }
        }
    }
    met
}

async fn at_the_door(stack: &Stack, method: Method, path: &str, operation: &Value) -> Vec<Answer> {
    let path = path
        .replace("{order_id}", "ORD_00000000000000000000")
        .replace("{payment_id}", "PAY_00000000000000000000000000")
        .replace("{refund_id}", "RFD_00000000000000000000000000");
    let ask = || stack.request(method.clone(), &path).header("idempotency-key", "door");
    let mut met = Vec::new();
    let stranger = [("authorization", "Bearer sk_test_strange")];
    met.push(stack.send_as(method.clone(), &path, &stranger).await.expect(401));
    let without = [("authorization", "Bearer sk_test_none")];
    met.push(stack.send_as(method.clone(), &path, &without).await.expect(403));
    if path.contains("_000") {
        met.push(stack.send(ask()).await.expect(404));
    }
    if method == Method::GET {
        met.push(stack.get(&format!("{path}?unknown")).await.expect(422));
    }
    if operation.get("requestBody").is_some() {
        let with = |body: String| ask().header(CONTENT_TYPE, "application/json").body(body);
        met.push(stack.send(with(" ".repeat(65_537))).await.expect(413));
        met.push(stack.send(ask().header(CONTENT_TYPE, "text/plain").body("{}")).await.expect(415));
        met.push(stack.send(with("{".to_owned())).await.expect(400));
        met.push(stack.send(with("{\"nothing\":1}".to_owned())).await.expect(422));
        met.push(stack.send(with("{\"card\":\"4242424242424242\"}".to_owned())).await.expect(422));
    }
    let parameters = operation["parameters"].as_array().unwrap();
    if let Some(key) = parameters.iter().find(|it| it["name"] == "Idempotency-Key") {
        let malformed = stack.request(method.clone(), &path).header("idempotency-key", "two words");
        met.push(stack.send(malformed).await.expect(400));
        if key["required"] == true {
            met.push(stack.send(stack.request(method, &path)).await.expect(400));
        }
    }
    met
}

async fn of_orders() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let order = async || stack.post_with_key("/api/orders", "one", &order_body()).await;
    let (first, again) = (order().await.expect(201), order().await.expect(200));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let paid = stack.paid().await;
    let read = stack.get(&format!("/api/orders/{}", paid.order)).await.expect(200);
    let unpaid = first.word("order_id").to_owned();
    let with = |path: &str| format!("/api/orders/{path}/cancel");
    let invalid = stack.post(&with(&unpaid), &json!({ "why": "so" })).await.expect(422);
    let redacted = stack.act(&format!("/api/orders/{}/redact", paid.order)).await.expect(200);
    let late = stack.cancel_order(&paid.order).await.expect_problem(409, "order-paid");
    let canceled = stack.cancel_order(&unpaid).await.expect(200);
    let lapsing = stack.order(&order_body()).await;
    stack.sweep_at(86_400 + 60).await;
    let lapsed = stack.cancel_order(&lapsing).await.expect_problem(410, "order-expired");
    vec![first, again, read, invalid, redacted, late, canceled, lapsed]
}

async fn of_payments() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let pay = async |more: Value| stack.pay_with_key(&order, "one", more).await;
    let (first, again) = (pay(json!({})).await.expect(201), pay(json!({})).await.expect(200));
    let reused = pay(json!({ "method": "card" })).await.expect(422);
    let keyless = stack.pay(&order, json!({ "replace": true })).await;
    let keyless = keyless.expect_problem(400, "idempotency-key-required");
    let payment = first.word("payment_id").to_owned();
    let path = format!("/api/payments/{payment}");
    let read = stack.get(&path).await.expect(200);
    let preflight = stack.send_as(Method::OPTIONS, &path, &[]).await.expect(204);
    let invalid = stack.capture(&payment, "wrong", json!({ "amount": 0 })).await.expect(422);
    let mut met = vec![first, again, reused, keyless, read, preflight, invalid];

    let authorized = stack.authorized().await.payment;
    met.push(stack.capture(&authorized, "one", json!({})).await.expect(200));
    met.push(stack.capture(&authorized, "one", json!({ "amount": 5 })).await.expect(422));
    let refund = async |body: Value| stack.refund(&authorized, "back", body).await;
    let part = json!({ "amount": 5 });
    let refunded = refund(part.clone()).await.expect(201);
    let path = format!("/api/payments/{authorized}/refunds/{}", refunded.word("refund_id"));
    met.push(stack.get(&path).await.expect(200));
    met.extend([refunded, refund(part).await.expect(200)]);
    met.push(refund(json!({ "amount": 6 })).await.expect(422));
    met.push(refund(json!({ "amount": 0 })).await.expect(422));
    met
}

async fn of_endings() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let left = stack.checkout().await.payment;
    let path = format!("/api/payments/{left}/cancel");
    let invalid = stack.post(&path, &json!({ "why": "so" })).await.expect(422);
    let canceled = stack.cancel_payment(&left).await.expect(200);
    let mut met = vec![invalid, canceled];
    for _ in 0..2 {
        let trying = stack.checkout().await;
        stack.choose(&trying.page, "pending").await.expect(200);
        met.push(match met.len() {
            2 => stack.cancel_payment(&trying.payment).await.expect(202),
            _ => stack.cancel_order(&trying.order).await.expect(202),
        });
    }
    let options = Options { profile: Some("razorpay-like"), ..Options::default() };
    let whole = Stack::with(STACK, options).await;
    let authorized = whole.authorized().await.payment;
    let part = whole.capture(&authorized, "part", json!({ "amount": 5 })).await;
    met.push(part.expect_problem(409, "not-supported-by-gateway"));
    met
}

/// Calls to the gateway whose answers are lost.
async fn of_what_was_lost() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let (paid, authorized) = (stack.paid().await, stack.authorized().await);
    let order = stack.order(&order_body()).await;
    let lost = json!({
        "create": "error_after",
        "capture": "error_before",
        "refund": "error_after",
        "webhooks": { "mode": "never" },
    });
    stack.behave(lost).await;
    let capture = stack.capture(&authorized.payment, "lost", json!({})).await.expect(202);
    let cancel = stack.cancel_order(&authorized.order).await;
    vec![
        stack.pay_with_key(&order, "lost", json!({})).await.expect(202),
        capture,
        cancel.expect_problem(409, "capture-in-progress"),
        stack.refund(&paid.payment, "lost", json!({})).await.expect(202),
    ]
}

async fn of_webhooks() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let event = Event::new(&stack, &json!({ "event": "payout.created" })).await;
    let unreadable = Event { body: b"{".to_vec(), ..event.clone() };
    let long = Event { body: vec![b' '; 512 * 1024 + 1], ..event.clone() };
    vec![
        event.send(&stack).await.expect(200),
        unreadable.send(&stack).await.expect_problem(400, "malformed-json"),
        event.send_signed(&stack, "v1,AAAA").await.expect_problem(401, "unauthorized"),
        long.send(&stack).await.expect_problem(413, "too-large"),
    ]
}
