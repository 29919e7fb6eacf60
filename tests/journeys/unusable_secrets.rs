//! Secrets that somebody has put wrong: what that costs, and where it is told.

use e2e::{Answer, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const API_KEYS: &str = "quittance/api-keys";
const GATEWAY: &str = "quittance/gateways/sandbox";
/// For so long a function may know a secret from before.
const FRESH_SECONDS: i64 = 301;

#[tokio::test]
async fn what_stands_around_a_secret_does_not_stop_the_payments() {
    let stack = Stack::start(STACK).await;
    let mut gateway = stack.secret(GATEWAY).await;
    for member in ["api_key", "base_url"] {
        gateway[member] = format!(" '{}'\n", gateway[member].as_str().unwrap()).into();
    }
    let key = gateway["webhook_secrets"][0]["key"].as_str().unwrap();
    gateway["webhook_secrets"][0]["key"] = format!("\u{feff}{key}\r\n").into();
    put(&stack, GATEWAY, &format!("\u{feff}  {gateway}\n")).await;
    put(&stack, API_KEYS, &format!("'{}'", stack.secret(API_KEYS).await)).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let paid = stack.paid().await;
    assert_eq!(stack.order_status(&paid.order).await, "paid");
}

#[tokio::test]
async fn a_gateways_secret_that_cannot_be_used_is_503_and_named_in_the_log() {
    let stack = Stack::start(STACK).await;
    let mut gateway = stack.secret(GATEWAY).await;
    gateway["webhook_secrets"][0]["key"] = "whsec_hush%".into();
    stack.set_secret(GATEWAY, &gateway).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let order = stack.order(&order_body()).await;
    unavailable(&stack.pay(&order, json!({})).await);
    let told = stack.until_logged("a secret cannot be used").await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["secret"], "gateways/sandbox");
    assert!(told["error"].as_str().unwrap().starts_with("webhook_secrets[0].key "), "{told}");
    counted(&stack);
    assert_eq!(stack.order_status(&order).await, "created", "nothing is left behind");

    stack.set_secret(GATEWAY, &json!({ "mode": "test", "api_key": "REPLACE_ME" })).await;
    stack.set_clock_ahead(2 * FRESH_SECONDS);
    unavailable(&stack.pay(&order, json!({})).await);
    counted(&stack);
}

#[tokio::test]
async fn api_keys_of_the_wrong_shape_are_503_and_placeholders_are_401() {
    let stack = Stack::start(STACK).await;
    let keys = stack.secret(API_KEYS).await;
    let path = format!("/api/orders/{}", stack.order(&order_body()).await);
    let mut clock = 0;
    let mut with = async |text: &str| {
        put(&stack, API_KEYS, text).await;
        clock += FRESH_SECONDS;
        stack.set_clock_ahead(clock);
        stack.get(&path).await
    };
    let first = &keys[0];
    for shape in [json!({ "keys": keys }).to_string(), "hush".to_owned(), format!("{first}")] {
        unavailable(&with(&shape).await);
    }
    for placeholder in ["[]", "REPLACE_ME"] {
        with(placeholder).await.expect_problem(401, "unauthorized");
    }
    let beside = json!([{ "id": "typo", "sha256": "hush", "scopes": ["read"] }, first]);
    with(&beside.to_string()).await.expect(200);
    let named = stack.until_logged("[0].sha256 is not a SHA-256 in hex").await;
    assert!(named.contains("\"secret\":\"api-keys\""), "{named}");
    counted(&stack);
}

fn unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.word("type")), (503, "/problems/unavailable"), "{answer}");
}

/// As what it is, and not as a failure of the functions; and the value is told nowhere.
fn counted(stack: &Stack) {
    let log = stack.log().join("\n");
    assert!(log.contains("\"secret.unusable\":1"), "{log}");
    assert!(!log.contains("\"request.failed\""), "{log}");
    assert!(!log.contains("hush"), "{log}");
}

async fn put(stack: &Stack, name: &str, text: &str) {
    let value = json!({ "SecretId": name, "SecretString": text });
    stack.aws("secrets_manager", "secretsmanager.PutSecretValue", &value).await;
}
