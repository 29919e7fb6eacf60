//! Headers and query parameters that appear twice. API Gateway joins their values with a comma.

use e2e::{Answer, KEY, Stack, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use super::assert_untouched;
use crate::STACK;
use crate::signed::{Event, completed};

/// POSTs with these headers; a repeated name is sent repeatedly.
async fn post(stack: &Stack, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let url = format!("{}{path}", stack.address("api"));
    let request = reqwest::Client::new().post(url).body(body.to_string());
    let with = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
        request.header(*name, *value)
    };
    stack.send(headers.iter().fold(request, with)).await
}

#[tokio::test]
async fn one_key_sent_twice_counts_once_and_two_keys_are_refused() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let path = format!("/api/payments/{}/refunds", paid.payment);
    let bearer = format!("Bearer {KEY}");
    let refund = async |keys: &[&str]| {
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(keys.iter().map(|key| ("idempotency-key", *key)));
        post(&stack, &path, &headers, &json!({ "amount": 1000 })).await
    };
    for two in [&["r1", "r2"][..], &["r1,r2"], &["r1, r2"], &["r1", ""], &["r1,"], &["r1;r1,r1"]] {
        refund(two).await.expect_problem(400, "malformed-idempotency-key");
    }
    let made = refund(&["r1", "r1"]).await.expect(201);
    for same in [&["r1"][..], &["r1,r1"], &["r1, r1"], &["r1", "r1", "r1"]] {
        let again = refund(same).await.expect(200);
        assert_eq!(again.word("refund_id"), made.word("refund_id"), "{same:?}");
    }
    assert_eq!(stack.payment(&paid.payment).await["amount_refunded"], 1000);
}

const ORDER: &str = include_str!("../../../events/create-order.json");
const PREFLIGHT: &str = include_str!("../../../events/status-check-preflight.json");

/// A function's answer to API Gateway's own event with this header in it.
async fn invoked(stack: &Stack, event: &str, name: &str, value: &str) -> (u64, Value) {
    let mut changed: Value = serde_json::from_str(event).unwrap();
    changed["headers"][name] = json!(value);
    let function = if event == ORDER { "create-order" } else { "status-check" };
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let request = stack.request(Method::POST, &path).body(changed.to_string());
    let answer = stack.send(request).await.expect(200).body;
    (answer["statusCode"].as_u64().unwrap(), answer)
}

#[tokio::test]
async fn a_header_joined_by_api_gateway_counts_as_one_value_or_none() {
    let stack = Stack::start(STACK).await;
    let bearer = format!("Bearer {KEY}");
    let twice = format!("{bearer},{bearer}");
    let wrong = [
        ("authorization", twice.as_str(), 401),
        ("authorization", &format!("{bearer}, Bearer other"), 401),
        ("authorization", &format!("{bearer},"), 401),
        ("content-type", "application/json,text/plain", 415),
        ("content-type", "text/plain, application/json", 415),
        ("content-type", "application/json,", 415),
        ("idempotency-key", "one,other", 400),
        ("idempotency-key", ",", 400),
    ];
    for (name, value, status) in wrong {
        assert_eq!(invoked(&stack, ORDER, name, value).await.0, status, "{name}: {value}");
    }
    assert_untouched(&stack).await;
    for (name, value) in [
        ("content-type", "application/json,application/json"),
        ("content-type", "application/json; charset=utf-8, application/json; charset=utf-8"),
        ("idempotency-key", "one,one"),
    ] {
        let (status, answer) = invoked(&stack, ORDER, name, value).await;
        assert!((200..300).contains(&status), "{name}: {value}: {answer}");
    }
    let shop = stack.address("shop").to_owned();
    let twice = format!("{shop},{shop}");
    let mixed = format!("{shop}, https://evil.example");
    for (origin, allowed) in [(&shop, true), (&twice, true), (&mixed, false)] {
        let (_, answer) = invoked(&stack, PREFLIGHT, "origin", origin).await;
        let allowed_origin = answer["headers"]["access-control-allow-origin"].as_str();
        assert_eq!(allowed_origin, allowed.then_some(shop.as_str()), "{origin}: {answer}");
    }
}

#[tokio::test]
async fn a_signature_is_never_put_together_from_two_headers() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let before = stack.items().await;
    let event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    let (time, signature) = (event.timestamp.to_string(), event.signature());
    let right = [
        ("content-type", "application/json"),
        ("webhook-id", event.id.as_str()),
        ("webhook-timestamp", &time),
        ("webhook-signature", &signature),
    ];
    let body: Value = serde_json::from_slice(&event.body).unwrap();
    for (name, value) in &right[1..] {
        let headers = [&right[..], &[(name, value)]].concat();
        let answer = post(&stack, "/api/webhooks/sandbox", &headers, &body).await;
        answer.expect_problem(401, "unauthorized");
    }
    assert_eq!(stack.items().await, before);
    post(&stack, "/api/webhooks/sandbox", &right, &body).await.expect(200);
}

#[tokio::test]
async fn a_query_is_read_as_strictly_as_a_body() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let started = stack.pay(&checkout.order, json!({})).await.expect(200);
    let token = started.word("status_token").to_owned();
    let payment = format!("/api/payments/{}", checkout.payment);
    let order = format!("/api/orders/{}", checkout.order);
    let wrong = [
        (format!("{payment}?refresh=1"), "?refresh"),
        (format!("{payment}?refresh"), "?refresh"),
        (format!("{payment}?refresh=true&refresh=true"), "?refresh"),
        (format!("{payment}?expand=order"), "?expand"),
        (format!("{payment}?a%2Fb=1"), "?a/b"),
        (format!("{order}?refresh=true"), "?refresh"),
        (format!("{payment}?token={token}"), "?token"),
    ];
    for (path, pointer) in wrong {
        let answer = stack.get(&path).await.expect_problem(422, "invalid-request");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{path}: {answer}");
        let stranger = stack.get_as(&path.replace(&token, "v1.k1.1.AAAA"), &[]).await;
        stranger.expect_problem(401, "unauthorized");
    }
    for query in ["x=1", "refresh=true", &format!("token={token}")] {
        let answer = stack.get_as(&format!("{payment}?token={token}&{query}"), &[]).await;
        answer.expect_problem(422, "invalid-request");
    }
    for query in ["refresh=true", "refresh=false", ""] {
        stack.get(&format!("{payment}?{query}")).await.expect(200);
    }
    let posted = stack.post("/api/orders?dry_run=true", &json!({ "currency": "USD" })).await;
    let errors = posted.expect_problem(422, "invalid-request").body["errors"].clone();
    assert_eq!(
        (&errors[0]["pointer"], &errors[1]["pointer"]),
        (&json!("?dry_run"), &json!("/items"))
    );
    stack.post("/api/orders?dry_run=true", &order_body()).await.expect(422);
    stack.act(&format!("{payment}/cancel?x")).await.expect_problem(422, "invalid-request");
    assert_eq!(stack.items().await.len(), 1);

    let event = Event::new(&stack, &completed(&checkout.order, &checkout.payment)).await;
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", event.id.as_str()),
        ("webhook-timestamp", &event.timestamp.to_string()),
        ("webhook-signature", &event.signature()),
    ];
    let body: Value = serde_json::from_slice(&event.body).unwrap();
    post(&stack, "/api/webhooks/sandbox?account=7&account=8", &headers, &body).await.expect(200);
}
