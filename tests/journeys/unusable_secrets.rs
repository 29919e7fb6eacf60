//! Misconfigured secrets: their effect, and where they are reported.

use data_encoding::BASE64;
use e2e::{Answer, Paid, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::STRANGE_KEY;

const API_KEYS: &str = "quittance/api-keys";
const DELIVERY: &str = "quittance/delivery";
const GATEWAY: &str = "quittance/gateways/sandbox";
/// How long a function may keep using a secret it has read.
const FRESH_SECONDS: i64 = 301;

#[tokio::test]
async fn quotes_and_white_space_around_a_secret_are_ignored() {
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
async fn an_unusable_gateway_secret_gives_503_and_is_named_in_the_log() {
    let stack = Stack::start(STACK).await;
    let mut gateway = stack.secret(GATEWAY).await;
    gateway["webhook_secrets"][0]["key"] = "whsec_hush%".into();
    stack.set_secret(GATEWAY, &gateway).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let order = stack.order(&order_body()).await;
    unavailable(&stack.pay(&order, json!({})).await);
    let line = stack.until_logged("a secret cannot be used").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["secret"], "gateways/sandbox");
    assert!(line["error"].as_str().unwrap().starts_with("webhook_secrets[0].key "), "{line}");
    counted(&stack);
    assert_eq!(stack.order_status(&order).await, "created", "nothing is left behind");

    stack.set_secret(GATEWAY, &json!({ "mode": "test", "api_key": "REPLACE_ME" })).await;
    stack.set_clock_ahead(2 * FRESH_SECONDS);
    unavailable(&stack.pay(&order, json!({})).await);
    counted(&stack);
}

/// Mistakes in the gateway's secret, and how the log names each.
fn mistakes(right: &Value) -> Vec<(Value, &'static str)> {
    let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut wrong = right.as_object().unwrap().clone();
        change(&mut wrong);
        json!({ "SecretString": Value::from(wrong).to_string() })
    };
    let renamed = |from: &str, to: &str| {
        with(&|wrong| {
            let value = wrong.remove(from).unwrap();
            wrong.insert(to.to_owned(), value);
        })
    };
    let put = |name: &str, value: Value| {
        with(&|wrong| drop(wrong.insert(name.to_owned(), value.clone())))
    };
    let binary = BASE64.encode(right.to_string().as_bytes());
    vec![
        (json!({ "SecretString": "{oops" }), "its value is not JSON"),
        (renamed("api_key", "api_keey"), "api_key is missing"),
        (renamed("mode", "Mode"), "mode is missing"),
        (renamed("webhook_secrets", "webhooks"), "webhook_secrets is missing or empty"),
        (put("webhook_secrets", json!([])), "webhook_secrets is missing or empty"),
        (put("base_url", json!("\"\"")), "base_url is empty"),
        (json!({ "SecretString": " " }), "its value is empty"),
        (json!({ "SecretBinary": binary }), "its value is binary and not text"),
    ]
}

#[tokio::test]
async fn no_mistake_in_a_gateway_secret_loses_a_captured_payment() {
    let stack = Stack::start(STACK).await;
    let right = stack.secret(GATEWAY).await;
    let mut clock = 0;
    for (mut wrong, named) in mistakes(&right) {
        let paid = captured_unheard(&stack).await;
        wrong["SecretId"] = json!(GATEWAY);
        stack.aws("secrets_manager", "secretsmanager.PutSecretValue", &wrong).await;
        for _ in 0..4 {
            fails(&sweep_later(&stack, &mut clock).await);
        }
        let line = stack.until_logged(&format!("\"error\":\"{named}")).await;
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["secret"], "gateways/sandbox", "{line}");
        stack.until_logged(&format!("the secret gateways/sandbox cannot be used: {named}")).await;
        stack.set_secret(GATEWAY, &right).await;
        is_paid_in_the_end(&stack, &paid, &mut clock).await;
    }
    counted(&stack);
}

#[tokio::test]
async fn a_missing_gateway_secret_loses_no_captured_payment() {
    let stack = Stack::start(STACK).await;
    let paid = captured_unheard(&stack).await;
    let id = json!({ "SecretId": GATEWAY });
    stack.aws("secrets_manager", "secretsmanager.DeleteSecret", &id).await;
    let mut clock = 0;
    for _ in 0..4 {
        fails(&sweep_later(&stack, &mut clock).await);
    }
    stack.until_logged("the secret gateways/sandbox cannot be used: its value is gone").await;
    stack.aws("secrets_manager", "secretsmanager.RestoreSecret", &id).await;
    is_paid_in_the_end(&stack, &paid, &mut clock).await;
    counted(&stack);
}

#[tokio::test]
async fn a_gateway_taken_out_of_use_keeps_its_running_payments() {
    let stack = Stack::start(STACK).await;
    let right = stack.secret(GATEWAY).await;
    let mut clock = 0;
    // With a placeholder, the order fails alone and visibly; with credentials for the other kind of
    // money, it waits.
    for (member, value, failed) in [("api_key", "REPLACE_ME", 1), ("mode", "live", 0)] {
        let paid = captured_unheard(&stack).await;
        let mut wrong = right.clone();
        wrong[member] = value.into();
        stack.set_secret(GATEWAY, &wrong).await;
        let mut swept = sweep_later(&stack, &mut clock).await;
        for _ in 0..3 {
            swept = sweep_later(&stack, &mut clock).await;
        }
        assert_eq!(swept.body["failed"], failed, "{value}: {swept}");
        if failed > 0 {
            let line = stack.until_logged("due work failed").await;
            assert!(line.contains("gateways/sandbox") && line.contains("api_key"), "{line}");
        }
        stack.set_secret(GATEWAY, &right).await;
        is_paid_in_the_end(&stack, &paid, &mut clock).await;
    }
}

/// The gateway has the money, and its webhook is held back.
async fn captured_unheard(stack: &Stack) -> Paid {
    stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    let mut order = order_body();
    order["expires_in"] = json!(600);
    let paid = stack.checkout_with(order, json!({})).await;
    stack.choose(&paid.page, "approve").await.expect(200);
    assert_eq!(stack.truth(&paid.payment).await[0]["status"], "captured");
    paid
}

async fn sweep_later(stack: &Stack, clock: &mut i64) -> Answer {
    *clock += 400;
    stack.set_clock_ahead(*clock);
    stack.invoke("sweep-due").await
}

/// Visibly: as a failing function.
fn fails(swept: &Answer) {
    assert_eq!(swept.header("x-amz-function-error"), "Unhandled", "{swept}");
    assert_eq!(swept.word("errorMessage"), "the gateway's credentials cannot be used");
}

async fn is_paid_in_the_end(stack: &Stack, paid: &Paid, clock: &mut i64) {
    stack.behave(json!({})).await;
    for _ in 0..4 {
        let swept = sweep_later(stack, clock).await;
        assert_eq!(swept.body["failed"], 0, "{swept}");
    }
    assert_eq!(stack.order_status(&paid.order).await, "paid");
    let payment = stack.payment(&paid.payment).await;
    assert_eq!((&payment["status"], &payment["amount_refunded"]), (&json!("succeeded"), &json!(0)));
    let confirmations: Vec<Value> = stack.inbox(&paid.order).await;
    assert!(
        !confirmations.iter().any(|it| it["body"]["type"] == "payment.failed"),
        "{confirmations:?}"
    );
}

#[tokio::test]
async fn a_misspelt_member_of_a_key_is_reported_and_disables_only_that_key() {
    let stack = Stack::start(STACK).await;
    let keys = stack.secret(API_KEYS).await;
    let path = format!("/api/orders/{}", stack.order(&order_body()).await);
    let good = &keys[0];
    let hash = &good["sha256"];
    let sha = json!({ "id": "new", "sha": hash, "scopes": ["read"] });
    let scope = json!({ "id": "new", "sha256": hash, "scope": ["read"] });
    let limit = json!({ "id": "new", "sha256": hash, "scopes": ["read"], "refundMax": {} });
    let placeholder = json!({ "id": "new", "sha256": "REPLACE_ME", "scopes": ["read"] });
    let binary = BASE64.encode(keys.to_string().as_bytes());
    let cases = [
        (json!({ "SecretString": json!([sha]).to_string() }), 503, "[0].sha256 is missing"),
        (json!({ "SecretString": json!([scope]).to_string() }), 503, "[0].scopes is missing"),
        (
            json!({ "SecretString": json!([limit]).to_string() }),
            503,
            "[0].refundMax is not a field",
        ),
        (json!({ "SecretString": json!([good, sha]).to_string() }), 200, "[1].sha256 is missing"),
        (json!({ "SecretString": json!([placeholder, sha]).to_string() }), 503, "[1].sha256 is "),
        (json!({ "SecretBinary": binary }), 503, "its value is binary and not text"),
        (json!({ "SecretString": json!([placeholder]).to_string() }), 401, ""),
    ];
    for (n, (mut value, status, named)) in (1..).zip(cases) {
        value["SecretId"] = json!(API_KEYS);
        stack.aws("secrets_manager", "secretsmanager.PutSecretValue", &value).await;
        stack.set_clock_ahead(n * FRESH_SECONDS);
        let answer = stack.get(&path).await;
        assert_eq!(answer.status, status, "{named}: {answer}");
        let line = stack.until_logged(named).await;
        assert!(named.is_empty() || line.contains("\"secret\":\"api-keys\""), "{line}");
    }
    counted(&stack);
}

#[tokio::test]
async fn a_misspelt_delivery_key_is_reported_and_the_good_one_signs() {
    let stack = Stack::start(STACK).await;
    let mut delivery = stack.secret(DELIVERY).await;
    let keys = delivery["keys"].as_array_mut().unwrap();
    keys.insert(0, json!({ "id": "k2", "kee": STRANGE_KEY }));
    stack.set_secret(DELIVERY, &delivery).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let paid = stack.paid().await;
    stack.until_inbox(&paid.order, "payment.completed").await;
    let line = stack.until_logged("keys[0].key is missing").await;
    assert!(line.contains("\"secret\":\"delivery\""), "{line}");
    let log = stack.log().join("\n");
    assert!(log.contains("\"secret.unusable\":1") && !log.contains(STRANGE_KEY), "{log}");
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

/// It is reported as what it is, not as a failure of the functions, and the secret's value appears
/// nowhere.
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
