//! The requests that trigger the problems, grouped by the setup they need.

use std::time::Duration;

use e2e::{Answer, Options, Stack, order_body};
use futures_util::{FutureExt, future};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, SANDBOX, STRANGE_KEY, unix_now};

pub(crate) async fn everything() -> Vec<Answer> {
    let groups = [
        at_the_door().boxed(),
        without_its_scope().boxed(),
        over_its_limit().boxed(),
        of_an_order().boxed(),
        of_attempts().boxed(),
        of_captures().boxed(),
        of_refunds().boxed(),
        of_gateways().boxed(),
        of_a_gateway_that_can_do_little().boxed(),
        while_it_is_being_created().boxed(),
    ];
    future::join_all(groups).await.into_iter().flatten().collect()
}

async fn at_the_door() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let post =
        |path: &str| stack.request(Method::POST, path).header(CONTENT_TYPE, "application/json");
    let orders = "/api/orders";
    let nobody = reqwest::Client::new().post(format!("{}{orders}", stack.address("api")));
    let text = stack.request(Method::POST, orders).header(CONTENT_TYPE, "text/plain").body("{}");
    let bad_key =
        stack.request(Method::POST, orders).header("idempotency-key", "").json(&json!({}));
    let mut card = order_body();
    card["metadata"] = json!({ "note": "4242424242424242" });
    let payment = stack.checkout().await.payment;
    let refund = format!("/api/payments/{payment}/refunds/RFD_00000000000000000000000000");
    let nowhere = "/api/payments/PAY_00000000000000000000000000";
    let event = Event::new(&stack, &json!({})).await;
    vec![
        stack.send(post(orders).body(" ".repeat(65_537))).await.expect_problem(413, "too-large"),
        stack.send(nobody.json(&order_body())).await.expect_problem(401, "unauthorized"),
        stack.send(text).await.expect_problem(415, "unsupported-media-type"),
        stack.send(post(orders).body("{")).await.expect_problem(400, "malformed-json"),
        stack.send(bad_key).await.expect_problem(400, "malformed-idempotency-key"),
        stack
            .post(&format!("/api/payments/{payment}/capture"), &json!({}))
            .await
            .expect_problem(400, "idempotency-key-required"),
        stack.post(orders, &json!([])).await.expect_problem(422, "invalid-request"),
        stack.post(orders, &card).await.expect_problem(422, "card-data-refused"),
        stack
            .pay("ORD_00000000000000000000", json!({}))
            .await
            .expect_problem(404, "order-not-found"),
        stack.get(nowhere).await.expect_problem(404, "payment-not-found"),
        stack.get(&refund).await.expect_problem(404, "refund-not-found"),
        Event { gateway: "stripe", ..event }
            .send(&stack)
            .await
            .expect_problem(404, "gateway-not-found"),
    ]
}

/// The hash of `sk_test_reader`, as `sha256sum` prints it.
const READER: &str = "f937c220cd3dfa67603d8fa81530c812e6c75e77d13c0c9c4d4d32e1434e4128";

/// The hash of `sk_test_local`, likewise.
const LOCAL: &str = "9764d1a16fda9333fdd8773f915805644041c3464b2a45163678f104c6bd6789";

async fn without_its_scope() -> Vec<Answer> {
    let key = json!([{ "id": "reader", "sha256": READER, "scopes": ["read"] }]);
    let secrets = json!({ "quittance/api-keys": key });
    let stack = Stack::with_secrets(STACK, &secrets, Options::default()).await;
    let url = format!("{}/api/orders", stack.address("api"));
    let request = reqwest::Client::new().post(url).bearer_auth("sk_test_reader");
    vec![
        stack.send(request.json(&order_body())).await.expect_problem(403, "forbidden"),
        stack.post("/api/orders", &order_body()).await.expect_problem(401, "unauthorized"),
    ]
}

async fn over_its_limit() -> Vec<Answer> {
    let all = ["orders:write", "payments:write", "refunds:write", "read"];
    let key = json!([{ "id": "local", "sha256": LOCAL, "scopes": all, "refund_max": {} }]);
    let secrets = &json!({ "quittance/api-keys": key });
    let stack = Stack::with_secrets(STACK, secrets, Options::default()).await;
    let refused = stack.refund(&stack.paid().await.payment, "refund", json!({})).await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    let wrong = stack.checkout().await;
    stack.choose(&wrong.page, "approve").await.expect(200);
    stack.until_payment(&wrong.payment, "review").await;
    let kept = stack.cancel_order(&wrong.order).await;
    [refused, kept].map(|it| it.expect_problem(403, "refund-limit")).into()
}

async fn of_an_order() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let mut met = Vec::new();
    let mut other = order_body();
    other["total_amount"] = json!(7501);
    stack.post_with_key("/api/orders", "order", &order_body()).await.expect(201);
    let reused = stack.post_with_key("/api/orders", "order", &other).await;
    met.push(reused.expect_problem(422, "idempotency-key-reused"));

    let live = stack.checkout().await;
    let pay = async |key: &str, more: Value| stack.pay_with_key(&live.order, key, more).await;
    met.push(pay("a", json!({ "amount": 7499 })).await.expect_problem(422, "amount-mismatch"));
    met.push(pay("b", json!({})).await.expect_problem(409, "payment-in-progress"));
    let unpaid = stack.order(&order_body()).await;
    let elsewhere = stack.pay(&unpaid, json!({ "gateway": "stripe" })).await;
    met.push(elsewhere.expect_problem(422, "no-gateway"));
    let redact = stack.act(&format!("/api/orders/{unpaid}/redact")).await;
    met.push(redact.expect_problem(409, "order-unfinished"));
    let paid = stack.paid().await;
    let again = stack.pay_with_key(&paid.order, "c", json!({})).await;
    met.push(again.expect_problem(409, "order-paid"));

    let wrong = json!({ "reference": live.payment, "webhooks": { "amount_delta": -100 } });
    stack.behave(wrong).await;
    stack.choose(&live.page, "approve").await.expect(200);
    stack.until_order(&live.order, "review").await;
    let reviewed = pay("d", json!({})).await.expect_problem(409, "order-in-review");
    assert_eq!(in_the_way(&reviewed), (live.payment.as_str(), "review"));
    met.push(reviewed);
    let part = stack.refund(&live.payment, "part", json!({ "amount": 500 })).await;
    met.push(part.expect_problem(422, "refund-not-whole"));

    let canceled = stack.order(&order_body()).await;
    stack.act(&format!("/api/orders/{canceled}/cancel")).await.expect(200);
    let never_paid = stack.pay(&canceled, json!({})).await.expect_problem(409, "order-canceled");
    assert_eq!(never_paid.body.get("payment"), None);
    met.push(never_paid);
    let left = stack.checkout().await;
    stack.act(&format!("/api/orders/{}/cancel", left.order)).await.expect(200);
    let left_over = stack.pay(&left.order, json!({})).await.expect_problem(409, "order-canceled");
    assert_eq!(in_the_way(&left_over), (left.payment.as_str(), "canceled"));
    let cancel = stack.act(&format!("/api/orders/{}/cancel", paid.order)).await;
    let cancel = cancel.expect_problem(409, "order-paid");
    assert_eq!(in_the_way(&cancel), (paid.payment.as_str(), "succeeded"));
    stack.set_clock_ahead(86_400 + 60);
    met.push(stack.pay(&unpaid, json!({})).await.expect_problem(410, "order-expired"));
    met
}

async fn of_attempts() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let mut body = order_body();
    body["metadata"] = json!({ "sandbox": "decline" });
    let order = stack.order(&body).await;
    let mut met = Vec::new();
    for n in 0..20 {
        let declined = stack.pay_with_key(&order, &format!("attempt-{n}"), json!({})).await;
        met.push(declined.expect_problem(402, "payment-declined"));
    }
    let more = stack.pay_with_key(&order, "attempt-20", json!({})).await;
    let more = more.expect_problem(409, "too-many-attempts");
    let tried: Vec<&str> = met.iter().map(|declined| in_the_way(declined).0).collect();
    assert!(tried.contains(&in_the_way(&more).0), "{more}");
    assert_eq!(in_the_way(&more).1, "failed");
    met.push(more);
    let failed = met[0].body["payment"]["payment_id"].as_str().unwrap().to_owned();
    let cancel = stack.act(&format!("/api/payments/{failed}/cancel")).await;
    met.push(cancel.expect_problem(409, "payment-not-cancelable"));
    met
}

/// Id and status of the payment that a problem shows.
fn in_the_way(problem: &Answer) -> (&str, &str) {
    let text = |member: &str| problem.body["payment"][member].as_str().unwrap_or_default();
    (text("payment_id"), text("status"))
}

async fn of_captures() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let (unpaid, paid) = (stack.checkout().await, stack.paid().await);
    let authorized = stack.authorized().await;
    stack.behave(json!({ "capture": "error_before" })).await;
    stack.capture(&authorized.payment, "capture", json!({})).await.expect(202);
    let cancel = async |payment: &str| stack.act(&format!("/api/payments/{payment}/cancel")).await;
    vec![
        stack
            .capture(&unpaid.payment, "capture", json!({}))
            .await
            .expect_problem(409, "payment-not-authorized"),
        cancel(&authorized.payment).await.expect_problem(409, "capture-in-progress"),
        cancel(&paid.payment).await.expect_problem(409, "payment-succeeded"),
    ]
}

async fn of_refunds() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    let (paid, disputed) = (stack.paid().await, stack.paid().await);
    let mut met = Vec::new();
    let unpaid = stack.checkout().await;
    let nothing = stack.refund(&unpaid.payment, "refund", json!({})).await;
    met.push(nothing.expect_problem(409, "payment-not-captured"));
    let refund = async |key: &str, amount: u64| {
        stack.refund(&paid.payment, key, json!({ "amount": amount })).await
    };
    let exceeding = refund("too-much", 7501).await;
    met.push(exceeding.expect_problem(422, "refund-exceeds-captured"));
    for n in 0..64 {
        refund(&format!("refund-{n}"), 100).await.expect(201);
    }
    met.push(refund("refund-64", 100).await.expect_problem(409, "order-full"));
    let dispute = json!({ "status": "opened" });
    stack.dashboard(&disputed.payment, "dispute", dispute).await.expect(200);
    stack.until_inbox(&disputed.order, "dispute.opened").await;
    let refused = stack.refund(&disputed.payment, "refund", json!({})).await;
    met.push(refused.expect_problem(409, "payment-disputed"));
    let insisting = json!({ "despite_dispute": true });
    stack.refund(&disputed.payment, "insisting", insisting).await.expect(201);
    met
}

/// A stack whose gateway address is a port where nothing listens.
pub(super) async fn without_gateway() -> Stack {
    let secret = json!({
        "mode": "test",
        "api_key": "sbx_test_x",
        "base_url": "http://127.0.0.1:1",
        "webhook_secrets": [{ "id": "w1", "key": STRANGE_KEY }],
    });
    Stack::with_secrets(STACK, &json!({ SANDBOX: secret }), Options::default()).await
}

async fn of_gateways() -> Vec<Answer> {
    let closed = without_gateway().await;
    let order = closed.order(&order_body()).await;
    let unavailable = closed.pay_with_key(&order, "once", json!({})).await;

    let strange = Stack::start(STACK).await;
    let mut secret = strange.secret(SANDBOX).await;
    secret["api_key"] = json!("sbx_test_of_somebody_else");
    strange.set_secret(SANDBOX, &secret).await;
    let order = strange.order(&order_body()).await;
    let refused = strange.pay_with_key(&order, "once", json!({})).await;
    let line = strange.until_logged("request failed").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["error"], "every gateway refused (sandbox: unauthorized)", "{line}");
    assert_eq!(line.get("spans"), None, "{line}");

    let secrets = json!({ SANDBOX: "REPLACE_ME" });
    let unset = Stack::with_secrets(STACK, &secrets, Options::default()).await;
    let event = Event {
        gateway: "sandbox",
        id: "evt_1".to_owned(),
        timestamp: unix_now(),
        body: b"{}".to_vec(),
        key: STRANGE_KEY.to_owned(),
    };
    vec![
        unavailable.expect_problem(503, "gateway-unavailable"),
        refused.expect_problem(502, "gateway-refused"),
        event.send(&unset).await.expect_problem(503, "unavailable"),
    ]
}

async fn of_a_gateway_that_can_do_little() -> Vec<Answer> {
    let options = Options { profile: Some("razorpay-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    let checkout = stack.checkout().await;
    let cancel = format!("/api/payments/{}/cancel", checkout.payment);
    let unsupported = stack.act(&cancel).await;
    stack.act(&format!("/api/orders/{}/cancel", checkout.order)).await.expect(200);
    vec![
        unsupported.expect_problem(409, "not-supported-by-gateway"),
        stack.act(&cancel).await.expect_problem(409, "payment-abandoned"),
    ]
}

async fn while_it_is_being_created() -> Vec<Answer> {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "create": "timeout_before" })).await;
    let order = stack.order(&order_body()).await;
    let again = async {
        for _ in 0..250 {
            let seen = stack.get(&format!("/api/orders/{order}")).await.expect(200);
            if !seen.body["payments"].as_array().unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stack.pay_with_key(&order, "once", json!({})).await
    };
    let first = stack.pay_with_key(&order, "once", json!({}));
    let (first, again) = (std::pin::pin!(first), std::pin::pin!(again));
    let met = match future::select(first, again).await {
        future::Either::Left((answer, _)) | future::Either::Right((answer, _)) => answer,
    };
    let met = met.expect_problem(409, "request-in-progress");
    assert_eq!(met.header("retry-after"), "1");
    vec![met]
}
