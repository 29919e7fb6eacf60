//! Who did what: each API key has a name, shown in the log, the histories and the refunds, and may have a
//! limit for a single refund.

use data_encoding::HEXLOWER;
use e2e::{Answer, Options, Stack, order_body};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::STACK;

const API_KEYS: &str = "quittance/api-keys";
const SCOPES: [&str; 4] = ["orders:write", "payments:write", "refunds:write", "read"];
/// How long a function may keep using a secret it has read.
const FRESH_SECONDS: i64 = 301;

/// A key entry with all scopes; `more` holds its other members.
fn entry(key: &str, more: &Value) -> Value {
    let hash = HEXLOWER.encode(&Sha256::digest(key));
    let mut entry = json!({ "sha256": hash, "scopes": SCOPES });
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry
}

/// A stack with these keys in addition to the harness's own.
async fn with_keys(others: &[Value]) -> Stack {
    let local = entry(e2e::KEY, &json!({ "id": "local" }));
    let keys: Vec<Value> = std::iter::once(local).chain(others.iter().cloned()).collect();
    Stack::with_secrets(STACK, &json!({ API_KEYS: keys }), Options::default()).await
}

async fn post_as(stack: &Stack, key: &str, path: &str, name: &str, body: &Value) -> Answer {
    let url = format!("{}{path}", stack.address("api"));
    let request = stack.client().post(url).bearer_auth(key).header("idempotency-key", name);
    stack.send(request.json(body)).await
}

async fn refund_as(stack: &Stack, key: &str, payment: &str, name: &str, body: &Value) -> Answer {
    post_as(stack, key, &format!("/api/payments/{payment}/refunds"), name, body).await
}

/// Each event of the history and who asked for it.
fn history(shown: &Value) -> Vec<(&str, &str)> {
    let entries = shown["history"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            assert_eq!(entry.get("by").is_some(), entry["source"] == "merchant", "{entry}");
            (entry["what"].as_str().unwrap(), entry["by"].as_str().unwrap_or("-"))
        })
        .collect()
}

#[tokio::test]
async fn two_keys_make_two_names() {
    let ana = json!({ "id": "ana", "person": true });
    let stack =
        with_keys(&[entry("sk_of_the_desk", &json!({ "id": "desk-1" })), entry("op_ana", &ana)])
            .await;
    let order = post_as(&stack, "sk_of_the_desk", "/api/orders", "order", &order_body()).await;
    let order = order.expect(201).word("order_id").to_owned();
    let started = stack.pay_with_key(&order, "pay", json!({})).await.expect(201);
    let payment = started.word("payment_id").to_owned();
    stack.choose(started.word("checkout_url"), "approve").await.expect(200);
    stack.until_payment(&payment, "succeeded").await;
    let by_the_desk =
        refund_as(&stack, "sk_of_the_desk", &payment, "r", &json!({ "amount": 500 })).await;
    assert_eq!(by_the_desk.expect(201).word("by"), "key:desk-1");
    let by_ana = refund_as(&stack, "op_ana", &payment, "s", &json!({ "amount": 700 })).await;
    assert_eq!(by_ana.expect(201).word("by"), "op:ana");
    // Whoever repeats a request does not become its author.
    let again = refund_as(&stack, "op_ana", &payment, "r", &json!({ "amount": 500 })).await;
    assert_eq!(again.expect(200).word("by"), "key:desk-1");

    let shown = stack.payment(&payment).await;
    let whose = history(&shown);
    assert_eq!(whose[0], ("payment.started", "key:local"));
    assert!(whose.contains(&("payment.completed", "-")), "{shown}");
    let refunds: Vec<&str> =
        whose.iter().filter(|(what, _)| *what == "refund.requested").map(|(_, by)| *by).collect();
    assert_eq!(refunds, ["key:desk-1", "op:ana"]);
    // Events that the gateway reported have no author.
    assert!(whose.contains(&("refund.completed", "-")), "{shown}");
    let mut refunds: Vec<&str> =
        shown["refunds"].as_array().unwrap().iter().filter_map(|it| it["by"].as_str()).collect();
    refunds.sort_unstable();
    assert_eq!(refunds, ["key:desk-1", "op:ana"], "of one second, in any order");
    let order = stack.get(&format!("/api/orders/{order}")).await.expect(200).body;
    assert_eq!(history(&order)[0], ("order.created", "key:desk-1"));
}

#[tokio::test]
async fn the_log_line_of_a_request_names_its_caller() {
    let reader = json!({ "id": "reader", "scopes": ["read"] });
    let stack = with_keys(&[entry("sk_reader", &reader)]).await;
    post_as(&stack, "sk_reader", "/api/orders", "k", &order_body())
        .await
        .expect_problem(403, "forbidden");
    stack.post("/api/orders", &order_body()).await.expect(201);
    post_as(&stack, "sk_unknown", "/api/orders", "k", &order_body())
        .await
        .expect_problem(401, "unauthorized");
    let callers = async |status: u16| -> Vec<Value> {
        stack.until_logged(&format!(r#""status":{status}"#)).await;
        let lines = stack.log();
        let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines
            .filter(|line| line["status"] == status && line["route"] == "POST /api/orders")
            .map(|line| line["caller"].clone())
            .collect()
    };
    assert_eq!(callers(403).await, ["key:reader"]);
    assert_eq!(callers(201).await, ["key:local"]);
    assert_eq!(callers(401).await, [""]);
}

#[tokio::test]
async fn a_key_without_an_id_of_its_own_is_named_by_its_hash() {
    let keys = ["sk_none", "sk_loud", "sk_long", "sk_number", "sk_first", "sk_second"];
    let ids = [
        json!({}),
        json!({ "id": "The Shop" }),
        json!({ "id": "x".repeat(41) }),
        json!({ "id": 7 }),
        json!({ "id": "twice" }),
        json!({ "id": "twice" }),
    ];
    let entries: Vec<Value> = keys.iter().zip(ids).map(|(key, id)| entry(key, &id)).collect();
    let stack = with_keys(&entries).await;
    for key in keys {
        let order = post_as(&stack, key, "/api/orders", key, &order_body()).await.expect(201);
        let order = stack.get(&format!("/api/orders/{}", order.word("order_id"))).await.expect(200);
        let hash = HEXLOWER.encode(&Sha256::digest(key));
        let name = format!("key:{}", &hash[..12]);
        assert_eq!(history(&order.body), [("order.created", name.as_str())]);
    }
}

#[tokio::test]
async fn an_order_shows_its_own_history_and_who_ended_it() {
    let stack = with_keys(&[entry("sk_desk", &json!({ "id": "desk" }))]).await;
    let checkout = stack.checkout().await;
    let cancel = format!("/api/orders/{}/cancel", checkout.order);
    let canceled = post_as(&stack, "sk_desk", &cancel, "k", &json!({})).await.expect(200).body;
    let whose = history(&canceled);
    for asked in ["order.cancel_asked", "payment.close_asked"] {
        assert!(whose.contains(&(asked, "key:desk")), "{canceled}");
    }
    let entries = canceled["history"].as_array().unwrap();
    let of = |what: &str| entries.iter().find(|entry| entry["what"] == what).unwrap();
    assert_eq!(of("payment.started")["payment_id"], checkout.payment.as_str());
    assert_eq!(of("order.canceled").get("payment_id"), None);
    let unpaid = stack.order(&order_body()).await;
    let cancel = format!("/api/orders/{unpaid}/cancel");
    let canceled = post_as(&stack, "sk_desk", &cancel, "k", &json!({})).await.expect(200).body;
    assert_eq!(
        history(&canceled),
        [("order.created", "key:local"), ("order.canceled", "key:desk")]
    );

    let left = stack.order(&order_body()).await;
    stack.sweep_at(86_400 + 60).await;
    let expired = stack.get(&format!("/api/orders/{left}")).await.expect(200).body;
    assert_eq!(history(&expired), [("order.created", "key:local"), ("order.expired", "-")]);
}

#[tokio::test]
async fn confirmations_and_shoppers_do_not_learn_who_did_it() {
    let stack =
        with_keys(&[entry("op_ana", &json!({ "id": "ana-of-the-desk", "person": true }))]).await;
    let order = stack.order(&order_body()).await;
    let started = stack.pay(&order, json!({})).await.expect(201);
    let (payment, token) = (started.word("payment_id"), started.word("status_token"));
    stack.choose(started.word("checkout_url"), "approve").await.expect(200);
    stack.until_payment(payment, "succeeded").await;
    refund_as(&stack, "op_ana", payment, "r", &json!({})).await.expect(201);
    stack.until_inbox(&order, "refund.completed").await;
    let heard = Value::from(stack.inbox(&order).await).to_string();
    let shopper = stack.get_as(&format!("/api/payments/{payment}?token={token}"), &[]).await;
    for text in [heard, shopper.expect(200).text] {
        assert!(!text.contains("ana-of") && !text.contains("key:local"), "{text}");
    }
}

#[tokio::test]
async fn a_single_refund_never_exceeds_the_limit_of_its_key() {
    let clerk =
        entry("op_clerk", &json!({ "id": "clerk", "refund_max": { "USD": 5000, "JPY": 0 } }));
    let stack = with_keys(&[clerk]).await;
    let paid = stack.paid().await;
    let refund = async |name: &str, body: Value| {
        refund_as(&stack, "op_clerk", &paid.payment, name, &body).await
    };
    // If the amount is left out, the refund is all that is left, and the limit applies to that.
    for body in [json!({}), json!({ "amount": 5001 }), json!({ "amount": 7500 })] {
        let refused = refund("large", body).await.expect_problem(403, "refund-limit");
        let detail = refused.word("detail");
        assert!(detail.contains("5000") && detail.contains("USD"), "{refused}");
    }
    assert_eq!(stack.payment(&paid.payment).await["refunds"], json!([]));
    assert_eq!(stack.truth(&paid.payment).await[0]["refunds"], json!([]));
    refund("right", json!({ "amount": 5000 })).await.expect(201);
    // The rest is now within the limit. The same key may be used again, because it had no effect.
    let rest = refund("large", json!({})).await.expect(201);
    assert_eq!(rest.body["amount"], 2500);

    let mut keys = stack.secret(API_KEYS).await;
    keys[1]["refund_max"] = json!({ "USD": 1 });
    stack.set_secret(API_KEYS, &keys).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let again = refund("right", json!({ "amount": 5000 })).await.expect(200);
    assert_eq!(
        (&again.body["amount"], again.header("idempotent-replayed")),
        (&json!(5000), "true")
    );
}

#[tokio::test]
async fn canceling_an_order_in_review_refunds_no_more_than_the_keys_limit() {
    let clerk = entry("op_clerk", &json!({ "id": "clerk", "refund_max": { "USD": 5000 } }));
    let stack = with_keys(&[clerk]).await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    let wrong = stack.checkout().await;
    stack.choose(&wrong.page, "approve").await.expect(200);
    stack.until_payment(&wrong.payment, "review").await;
    let path = format!("/api/orders/{}/cancel", wrong.order);
    let refused = post_as(&stack, "op_clerk", &path, "unused", &json!({})).await;
    refused.expect_problem(403, "refund-limit");
    assert_eq!(stack.order_status(&wrong.order).await, "review");
    stack.cancel_order(&wrong.order).await.expect(200);
    // It was requested, and is counted like any requested refund.
    stack.until_logged("\"refund.begun\":1").await;
}

#[tokio::test]
async fn a_limit_that_is_unreadable_or_lacks_the_currency_allows_no_refund() {
    let limits = [
        json!({ "EUR": 5000 }),
        json!({}),
        json!(null),
        json!(5000),
        json!("USD"),
        json!({ "USD": "5000" }),
        json!({ "USD": 5000, "usd": 5000 }),
        json!({ "USD": -1 }),
        json!({ "USD": 50.0 }),
    ];
    let names: Vec<String> = (0..limits.len()).map(|n| format!("sk_limited_{n}")).collect();
    let entries: Vec<Value> = names
        .iter()
        .zip(limits)
        .enumerate()
        .map(|(n, (key, limit))| {
            entry(key, &json!({ "id": format!("limited-{n}"), "refund_max": limit }))
        })
        .collect();
    let stack = with_keys(&entries).await;
    let paid = stack.paid().await;
    for key in &names {
        let refused = refund_as(&stack, key, &paid.payment, key, &json!({ "amount": 1 })).await;
        let refused = refused.expect_problem(403, "refund-limit");
        assert!(refused.word("detail").contains("USD"), "{refused}");
        // The limit applies to refunds only.
        post_as(&stack, key, "/api/orders", key, &order_body()).await.expect(201);
    }
    stack.until_logged("the refund_max of a key cannot be read").await;
    stack.refund(&paid.payment, "unlimited", json!({ "amount": 1 })).await.expect(201);
}
