//! A webhook is trusted because of its signature, answered as documented, and stored only if it is ours.

use e2e::{Options, Stack, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, SANDBOX, STRANGE_KEY, completed};

/// A stack whose gateway never sends webhooks by itself.
async fn silent_stack() -> Stack {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    stack
}

#[tokio::test]
async fn the_short_body_is_a_hint_and_resolved_by_look_up_under_both_names() {
    let stack = silent_stack().await;
    for gateway in ["payment", "sandbox"] {
        let checkout = stack.checkout().await;
        stack.choose(&checkout.page, "approve").await.expect(200);
        assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
        let body = completed(&checkout.order, &checkout.payment);
        let event = Event { gateway, ..Event::new(&stack, &body).await };
        let answer = event.send(&stack).await.expect(200);
        assert_eq!(answer.body, json!({ "received": "committed" }));
        assert_eq!(stack.payment_status(&checkout.payment).await, "succeeded");
        assert_eq!(stack.order_status(&checkout.order).await, "paid");
        stack.until_inbox(&checkout.order, "payment.completed").await;
        let ids = format!(r#""order.id":"{}","payment.id":"{}""#, checkout.order, checkout.payment);
        let logged = stack.log();
        let names = |line: &String| line.contains("/api/webhooks/") && line.contains(&ids);
        assert!(logged.iter().any(names), "no webhook's line has {ids}: {}", logged.join("\n"));
    }
}

#[tokio::test]
async fn a_hint_of_a_capture_that_did_not_happen_changes_nothing() {
    for profile in ["full", "phonepe-like"] {
        let options = Options { profile: Some(profile), ..Options::default() };
        let stack = Stack::with(STACK, options).await;
        let checkout = stack.checkout().await;
        let mut event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
        if profile == "full" {
            event.send(&stack).await.expect(200);
        } else {
            event.key = unsigned_proof(&event.key).await;
            send_unsigned(&stack, &event).await.expect(200);
        }
        assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
        for ahead in [60, 200, 400] {
            stack.set_clock_ahead(ahead);
            stack.sweep().await;
        }
        assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
        assert_eq!(stack.order_status(&checkout.order).await, "created");
        assert!(stack.inbox(&checkout.order).await.is_empty());
        assert_eq!(stack.truth(&checkout.payment).await[0]["status"], "pending");
    }
}

/// Profiles that do not sign send a hash of the secret instead; here `sha256sum` computes it.
async fn unsigned_proof(key: &str) -> String {
    let script = format!("printf %s '{key}' | sha256sum | cut -d' ' -f1");
    let output = tokio::process::Command::new("sh").args(["-c", &script]).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn send_unsigned(stack: &Stack, event: &Event) -> e2e::Answer {
    let url = format!("{}/api/webhooks/sandbox", stack.address("api"));
    let request = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &event.id)
        .header("authorization", &event.key)
        .body(event.body.clone());
    stack.send(request).await
}

/// Only a repeat of the create call could answer it, and its key has expired.
#[tokio::test]
async fn a_question_that_nothing_can_answer_ends() {
    let options = Options { profile: Some("paypal-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    stack.behave(json!({ "create": "error_before" })).await;
    let order = stack.order(&order_body()).await;
    let payment = stack.pay(&order, json!({})).await.expect(202).word("payment_id").to_owned();
    for hours in [1, 7] {
        stack.sweep_at(hours * 3600).await;
    }
    let mut event = Event::new(&stack, &completed(&order, &payment)).await;
    event.key = unsigned_proof(&event.key).await;
    send_unsigned(&stack, &event).await.expect(200);
    let due = async || stack.item(&order).await.unwrap().get("due_at").is_some();
    assert!(due().await, "the question is kept for a day");
    stack.sweep_at(20 * 3600).await;
    assert!(due().await, "the question is kept for a day");
    for hours in [32, 60] {
        stack.sweep_at(hours * 3600).await;
    }
    assert!(!due().await, "{}", stack.item(&order).await.unwrap());
}

#[tokio::test]
async fn an_unsigned_event_needs_the_shared_proof() {
    let options = Options { profile: Some("phonepe-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let checkout = stack.checkout().await;
    let before = stack.items().await;
    let mut event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    event.key = unsigned_proof(STRANGE_KEY).await;
    send_unsigned(&stack, &event).await.expect_problem(401, "unauthorized");
    // A good signature proves nothing at a gateway that does not sign.
    event.send(&stack).await.expect_problem(401, "unauthorized");
    assert_eq!(stack.items().await, before);
}

#[tokio::test]
async fn a_missing_bad_or_stale_signature_is_refused_and_changes_nothing() {
    let stack = silent_stack().await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let before = stack.items().await;
    let good = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;

    let bare = stack.request(Method::POST, "/api/webhooks/sandbox").body(good.body.clone());
    stack.send(bare).await.expect_problem(401, "unauthorized");
    let strange = Event { key: STRANGE_KEY.to_owned(), ..good.clone() };
    strange.send(&stack).await.expect_problem(401, "unauthorized");
    for offset in [-360, 360] {
        let stale = Event { timestamp: good.timestamp + offset, ..good.clone() };
        stale.send(&stack).await.expect_problem(401, "unauthorized");
    }
    let mut altered = good.clone();
    let signature = altered.signature();
    altered.body.push(b' ');
    altered.send_signed(&stack, &signature).await.expect_problem(401, "unauthorized");
    let other_id = Event { id: "evt_2".to_owned(), ..good.clone() };
    other_id.send_signed(&stack, &signature).await.expect_problem(401, "unauthorized");
    for nonsense in ["", "v1,", "v1,????", "v1a,AAAA", "v2,AAAA", " , , "] {
        good.send_signed(&stack, nonsense).await.expect_problem(401, "unauthorized");
    }
    assert_eq!(stack.items().await, before);

    // Several signatures, as during a rotation: one valid one is enough.
    let several = format!("v1,AAAA {signature}");
    good.send_signed(&stack, &several).await.expect(200);
    assert_eq!(stack.payment_status(&checkout.payment).await, "succeeded");
}

#[tokio::test]
async fn an_event_that_is_not_ours_is_acknowledged_and_not_stored() {
    let stack = silent_stack().await;
    let checkout = stack.checkout().await;
    let before = stack.items().await;
    let mut other_type = completed(&checkout.order, &checkout.payment);
    other_type["event"] = json!("payout.completed");
    let mut bodies = vec![other_type];
    for reference in [json!("INV-2026-17"), json!(""), json!("PAY_short"), Value::Null] {
        let mut body = completed(&checkout.order, &checkout.payment);
        body["payment_id"] = reference;
        bodies.push(body);
    }
    for body in bodies {
        let answer = Event::new(&stack, &body).await.send(&stack).await.expect(200);
        assert_eq!(answer.body, json!({ "received": "ignored" }), "{body}");
    }
    assert_eq!(stack.items().await, before);
}

#[tokio::test]
async fn a_gateway_that_nobody_knows_is_not_found() {
    let stack = silent_stack().await;
    let event = Event::new(&stack, &json!({ "event": "payment.completed" })).await;
    for gateway in ["stripe", "SANDBOX", "sandboxx", "%73andboxx"] {
        let event = Event { gateway, ..event.clone() };
        event.send(&stack).await.expect_problem(404, "gateway-not-found");
    }
}

#[tokio::test]
async fn a_gateway_without_a_secret_is_unavailable() {
    let secrets = [json!("REPLACE_ME"), json!({ "webhook_secrets": [] }), json!([])];
    for secret in secrets {
        let secrets = json!({ SANDBOX: secret });
        let stack = Stack::with_secrets(STACK, &secrets, Options::default()).await;
        let event = Event {
            gateway: "sandbox",
            id: "evt_1".to_owned(),
            timestamp: crate::signed::unix_now(),
            body: b"{}".to_vec(),
            key: STRANGE_KEY.to_owned(),
        };
        let answer = event.send(&stack).await.expect_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "5");
        assert!(stack.items().await.is_empty());
    }
}

#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_malformed() {
    let stack = silent_stack().await;
    let event = Event::new(&stack, &Value::Null).await;
    for body in ["", "null", "[]", "{", "{\"event\":7}", "payment.completed"] {
        let event = Event { body: body.as_bytes().to_vec(), ..event.clone() };
        event.send(&stack).await.expect_problem(400, "malformed-json");
    }
    assert!(stack.items().await.is_empty());
}

#[tokio::test]
async fn a_body_of_half_a_mebibyte_is_read_and_one_byte_more_is_too_large() {
    let stack = silent_stack().await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    let mut event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    event.body.resize(512 * 1024 + 1, b' ');
    event.send(&stack).await.expect_problem(413, "too-large");
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    event.body.pop();
    event.send(&stack).await.expect(200);
    assert_eq!(stack.payment_status(&checkout.payment).await, "succeeded");
}
