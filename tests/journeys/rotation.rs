//! Keys are rotated while payments run: the new key is accepted beside the old one until the old one
//! ends. (A gateway's webhook secret: `webhook_effects`; the delivery key: `deliver_confirmation`.)

use data_encoding::HEXLOWER;
use e2e::{Stack, order_body};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::STACK;

const API_KEYS: &str = "quittance/api-keys";
const STATUS_TOKEN: &str = "quittance/status-token";
const NEXT_KEY: &str = "sk_live_of_the_next_year";
const ENDED: &str = "2020-01-01T00:00:00Z";

/// How long a function may keep using a secret it has read.
const FRESH_SECONDS: i64 = 301;

#[tokio::test]
async fn a_rotated_api_key_works_beside_the_old_one_until_that_ends() {
    let stack = Stack::start(STACK).await;
    let mine = stack.order(&order_body()).await;
    let path = format!("/api/orders/{mine}");
    let bearer = format!("Bearer {NEXT_KEY}");
    let next = [("authorization", bearer.as_str())];
    stack.get_as(&path, &next).await.expect_problem(401, "unauthorized");

    let mut keys = stack.secret(API_KEYS).await;
    let hash = HEXLOWER.encode(&Sha256::digest(NEXT_KEY));
    let added = json!({ "id": "next", "sha256": hash, "scopes": ["read"], "not_after": null });
    keys.as_array_mut().unwrap().push(added);
    stack.set_secret(API_KEYS, &keys).await;
    // An unknown key makes the function read the secret again, once its copy is half a minute old.
    stack.set_clock_ahead(40);
    stack.get_as(&path, &next).await.expect(200);
    stack.get(&path).await.expect(200);

    keys[0]["not_after"] = json!(ENDED);
    stack.set_secret(API_KEYS, &keys).await;
    stack.set_clock_ahead(40 + FRESH_SECONDS);
    stack.get_as(&path, &next).await.expect(200);
    stack.get(&path).await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_status_token_is_taken_until_the_key_that_signed_it_ends() {
    let stack = Stack::start(STACK).await;
    let before = status_path(&stack).await;
    let mut secret = stack.secret(STATUS_TOKEN).await;
    let old = secret["keys"][0].clone();
    let new = json!({ "id": "k2", "key": "QmFzZTY0IG9mIHRoaXJ0eS10d28gYnl0ZXMgaGVyZSE=" });
    secret["keys"] = json!([new, old]);
    stack.set_secret(STATUS_TOKEN, &secret).await;
    stack.set_clock_ahead(FRESH_SECONDS);
    let after = status_path(&stack).await;
    assert!(after.contains("token=v1.k2."), "the first one signs: {after}");
    stack.get_as(&before, &[]).await.expect(200);
    stack.get_as(&after, &[]).await.expect(200);

    secret["keys"][1]["not_after"] = json!(ENDED);
    stack.set_secret(STATUS_TOKEN, &secret).await;
    stack.set_clock_ahead(2 * FRESH_SECONDS);
    stack.get_as(&before, &[]).await.expect_problem(401, "unauthorized");
    stack.get_as(&after, &[]).await.expect(200);
}

/// The address where a new payment's shopper reads its status.
async fn status_path(stack: &Stack) -> String {
    let order = stack.order(&order_body()).await;
    let started = stack.pay(&order, Value::Object(serde_json::Map::new())).await.expect(201);
    format!("/api/payments/{}?token={}", started.word("payment_id"), started.word("status_token"))
}
