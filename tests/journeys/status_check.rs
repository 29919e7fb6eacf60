//! What can be read of an order and its payments: everything by the merchant, the status of its own
//! payment by the shopper's browser.

use e2e::{Answer, KEY, Options, Stack, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::STACK;

#[tokio::test]
async fn the_shopper_reads_the_status_of_its_own_payment_only() {
    let stack = Stack::start(STACK).await;
    let (path, token) = payment_with_token(&stack).await;
    let bearer = format!("Bearer {token}");
    let answer = stack.get_as(&path, &[("authorization", &bearer)]).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        members(&answer.body),
        [
            "amount",
            "amount_captured",
            "amount_refunded",
            "captures",
            "currency",
            "expires_at",
            "live",
            "next_action",
            "order_id",
            "order_status",
            "payment_id",
            "status"
        ]
    );
    assert_eq!((answer.word("status"), &answer.body["amount"]), ("pending", &json!(7500)));
    let asked = stack.get_as(&format!("{path}?token={token}"), &[]).await.expect(200);
    assert_eq!(asked.body, answer.body);

    let (other, _) = payment_with_token(&stack).await;
    let stranger = stack.get_as(&other, &[("authorization", &bearer)]).await;
    stranger.expect_problem(401, "unauthorized");
    let other_end = if token.ends_with('A') { 'E' } else { 'A' };
    let altered = format!("{}{other_end}", &token[..token.len() - 1]);
    for wrong in [altered.as_str(), "v1.k1.1.AAAA", "nonsense"] {
        let answer = stack.get_as(&format!("{path}?token={wrong}"), &[]).await;
        answer.expect_problem(401, "unauthorized");
    }
    stack.get_as(&path, &[]).await.expect_problem(401, "unauthorized");
    let order = format!("/api/orders/{}", answer.word("order_id"));
    stack.get_as(&order, &[("authorization", &bearer)]).await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_token_beside_any_authorization_header_is_refused() {
    let stack = Stack::start(STACK).await;
    let (path, token) = payment_with_token(&stack).await;
    let path = format!("{path}?token={token}");
    let (key, shopper) = (format!("Bearer {KEY}"), format!("Bearer {token}"));
    for header in [&key, &shopper, "Basic abc", "Bearer x", "Bearer x,Bearer x", "Bearer ", ""] {
        let answer = stack.get_as(&path, &[("authorization", header)]).await;
        let answer = answer.expect_problem(422, "invalid-request");
        let detail = "must not be sent together with an Authorization header";
        let errors = json!([{ "pointer": "?token", "detail": detail }]);
        assert_eq!(answer.body["errors"], errors, "{header}");
    }
    let twice = [("authorization", "Bearer x"), ("authorization", "Bearer x")];
    stack.get_as(&path, &twice).await.expect_problem(422, "invalid-request");
    stack.get_as(&path, &[]).await.expect(200);
}

#[tokio::test]
async fn the_shopper_learns_why_a_payment_failed_by_its_code() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let started = stack.pay(&order, json!({})).await.expect(201);
    stack.choose(started.word("checkout_url"), "decline").await.expect(200);
    stack.until_payment(started.word("payment_id"), "failed").await;
    let path = format!(
        "/api/payments/{}?token={}",
        started.word("payment_id"),
        started.word("status_token")
    );
    let answer = stack.get_as(&path, &[]).await.expect(200);
    assert_eq!(
        (answer.word("status"), &answer.body["failure"]),
        ("failed", &json!({ "code": "card_declined" }))
    );
}

#[tokio::test]
async fn a_status_token_outlives_its_order_by_days_and_then_ends() {
    let stack = Stack::start(STACK).await;
    let (path, token) = payment_with_token(&stack).await;
    let path = format!("{path}?token={token}");
    stack.set_clock_ahead(72 * 3600 - 60);
    stack.get_as(&path, &[]).await.expect(200);
    stack.set_clock_ahead(72 * 3600 + 60);
    stack.get_as(&path, &[]).await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn the_shops_page_may_read_the_status_from_a_browser() {
    let stack = Stack::start(STACK).await;
    let (path, token) = payment_with_token(&stack).await;
    let shop = stack.address("shop").to_owned();
    let preflight = [
        ("origin", shop.as_str()),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization"),
    ];
    let allowed = stack.send_as(Method::OPTIONS, &path, &preflight).await;
    assert!([200, 204].contains(&allowed.status), "{allowed}");
    assert_eq!(allowed.header("access-control-allow-origin"), shop);
    assert!(allowed.header("access-control-allow-methods").contains("GET"));
    let headers = allowed.header("access-control-allow-headers").to_lowercase();
    assert!(headers.contains("authorization"), "{headers}");

    let path = format!("{path}?token={token}");
    let answer = stack.get_as(&path, &[("origin", &shop)]).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), shop);
    let refused = stack.get_as(&format!("{path}x"), &[("origin", &shop)]).await.expect(401);
    assert_eq!(
        refused.header("access-control-allow-origin"),
        shop,
        "else the page cannot read why"
    );
    let stranger =
        stack.get_as(&path, &[("origin", "https://elsewhere.example")]).await.expect(200);
    assert_eq!(stranger.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_merchant_reads_all_of_a_payment() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let shown = stack.payment(&paid.payment).await;
    let truth = &stack.truth(&paid.payment).await[0];
    assert_eq!(shown["gateway_reference"], truth["id"]);
    assert_eq!((&shown["gateway"], &shown["next_action"]), (&json!("sandbox"), &Value::Null));
    assert_eq!((&shown["amount_captured"], &shown["amount_refunded"]), (&json!(7500), &json!(0)));
    assert_eq!((&shown["refunds"], &shown["client_token"]), (&json!([]), &Value::Null));
    let history: Vec<(&str, &str)> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["source"].as_str().unwrap(), change["what"].as_str().unwrap()))
        .collect();
    assert_eq!(
        history,
        [
            ("merchant", "payment.started"),
            ("gateway_answer", "payment.page_opened"),
            ("webhook", "payment.completed"),
        ]
    );
    assert!(shown["history"][0]["at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_try_is_remembered_with_its_method_and_failure() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout_with(order_body(), json!({ "method": "wallet" })).await;
    assert_eq!(stack.payment(&checkout.payment).await["method"], "wallet");
    stack.choose(&checkout.page, "decline_retryable").await.expect(200);
    let shown = stack.until(&checkout.payment, |shown| shown["failure"].is_object()).await;
    assert!(!shown["failure"]["message"].as_str().unwrap().is_empty());
    let what: Vec<&Value> =
        shown["history"].as_array().unwrap().iter().map(|change| &change["what"]).collect();
    assert_eq!(what.last().unwrap(), &"payment.try_failed");
}

#[tokio::test]
async fn an_order_is_read_with_its_payments_oldest_first() {
    let stack = Stack::start(STACK).await;
    let first = stack.checkout().await;
    stack.cancel_payment(&first.payment).await.expect(200);
    stack.set_clock_ahead(2);
    let second = stack.try_again(&first.order, "second", json!({})).await;
    let order = stack.get(&format!("/api/orders/{}", first.order)).await.expect(200).body;
    let payments = order["payments"].as_array().unwrap();
    let shown: Vec<(&str, &str)> = payments
        .iter()
        .map(|p| (p["payment_id"].as_str().unwrap(), p["status"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [(&*first.payment, "canceled"), (&*second.payment, "pending")]);
    assert_eq!((&order["status"], &order["total_amount"]), (&json!("created"), &json!(7500)));
    assert_eq!(order["items"], order_body()["items"]);
}

#[tokio::test]
async fn a_merchant_can_ask_the_gateway_now() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    assert_eq!(stack.refreshed(&checkout.payment).await["status"], "succeeded");
    assert_eq!(stack.order_status(&checkout.order).await, "paid");
    stack.until_confirmed(&checkout.order, &["payment.completed"]).await;
}

#[tokio::test]
async fn a_stale_payment_is_verified_by_reading_it() {
    let options = Options { profile: Some("phonepe-like"), ..Options::default() };
    let stack = Stack::with(STACK, options).await;
    stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
    let checkout = stack.checkout().await;
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.set_clock_ahead(45);
    stack.until_payment(&checkout.payment, "succeeded").await;
    stack.until_confirmed(&checkout.order, &["payment.completed"]).await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let order = format!("ORD_{}", "Z".repeat(20));
    stack.get(&format!("/api/orders/{order}")).await.expect_problem(404, "order-not-found");
    for payment in ["PAY_1".to_owned(), format!("{}ZZZZZZ", &checkout.payment[..24])] {
        let path = format!("/api/payments/{payment}");
        stack.get(&path).await.expect_problem(404, "payment-not-found");
    }
    let refund = format!("/api/payments/{}/refunds/RFD_1", checkout.payment);
    stack.get(&refund).await.expect_problem(404, "refund-not-found");
}

async fn payment_with_token(stack: &Stack) -> (String, String) {
    let order = stack.order(&order_body()).await;
    let started: Answer = stack.pay(&order, json!({})).await.expect(201);
    (
        format!("/api/payments/{}", started.word("payment_id")),
        started.word("status_token").to_owned(),
    )
}

fn members(body: &Value) -> Vec<&str> {
    body.as_object().unwrap().keys().map(String::as_str).collect()
}
