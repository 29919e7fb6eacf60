//! Keys and addresses outside the dev stack: ageing keys, placeholders, and addresses that only we can
//! reach.

use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use lambda_runtime::LambdaEvent;
use quittance::ports::{Transport, TransportError};
use quittance::system::HttpTransport;
use serde_json::{Value, json};

use crate::bench::{Bench, Outcome};
use crate::event::{Event, context};

const API_KEYS: &str = "quittance/api-keys";

async fn order(bench: &Bench) -> Outcome {
    let event = Event::of("create-order").without_header("idempotency-key");
    bench.ask(&event).await
}

/// The dev stack's key with another member.
async fn api_key(bench: &Bench, member: &str, value: Value) -> Value {
    let mut keys = bench.stack.secret(API_KEYS).await;
    keys[0][member] = value;
    keys
}

/// Stores a secret and moves the clock past the cache's lifetime, so that it is read again.
async fn put(bench: &Bench, name: &str, value: &Value) {
    bench.stack.set_secret(name, value).await;
    bench.set_now(bench.now() + 301);
}

#[tokio::test]
async fn a_key_opens_nothing_after_its_end() {
    let bench = Bench::start("full").await;
    let end = quittance::domain::time::Timestamp::from_unix(bench.now() + 3600).rfc3339();
    put(&bench, API_KEYS, &api_key(&bench, "not_after", json!(end)).await).await;
    order(&bench).await.answered(201);
    bench.set_now(bench.now() + 3600);
    order(&bench).await.answered(401);
    // Whether this key is still valid cannot be determined, and there is no other.
    put(&bench, API_KEYS, &api_key(&bench, "not_after", json!("next spring")).await).await;
    order(&bench).await.answered(503);
    put(&bench, API_KEYS, &api_key(&bench, "not_after", Value::Null).await).await;
    order(&bench).await.answered(201);
}

#[tokio::test]
async fn a_key_taken_away_opens_nothing_after_five_minutes() {
    let bench = Bench::start("full").await;
    order(&bench).await.answered(201);
    bench.stack.set_secret(API_KEYS, &json!([])).await;
    bench.set_now(bench.now() + 300);
    order(&bench).await.answered(401);
}

#[tokio::test]
async fn placeholders_and_unreadable_keys_open_nothing() {
    let bench = Bench::start("full").await;
    for (value, status) in [
        (json!([]), 401),
        (json!("REPLACE_ME"), 401),
        (json!([{ "sha256": "REPLACE_ME", "scopes": [] }]), 401),
        (json!([{ "scopes": [] }]), 503),
        (json!({}), 503),
    ] {
        put(&bench, API_KEYS, &value).await;
        let refused = order(&bench).await.answered(status);
        assert_eq!(refused.calls.dynamodb, 0, "{value}");
    }
}

#[tokio::test]
async fn a_flood_of_wrong_keys_reads_the_secret_once_in_thirty_seconds() {
    let bench = Bench::start("full").await;
    bench.set_now(bench.now() + 31);
    let event = Event::of("create-order").header("authorization", "Bearer sk_test_wrong");
    let mut reads = 0;
    for _ in 0..50 {
        let refused = bench.ask(&event).await.answered(401);
        reads += refused.secret_reads;
    }
    assert!(reads <= 2, "{reads} readings");
}

#[tokio::test]
async fn the_key_that_everybody_knows_opens_no_other_stack() {
    let mut bench = Bench::start("full").await;
    order(&bench).await.answered(201);
    bench.app.config.dev_stack = false;
    order(&bench).await.answered(401);
}

#[tokio::test]
async fn a_confirmation_leaves_by_https_only() {
    let mut bench = Bench::start("full").await;
    let sample = Event::of("deliver-confirmation");
    let event =
        || LambdaEvent::new(serde_json::from_value(sample.value().clone()).unwrap(), context());
    let (sent, outcome) = bench.run(deliver_confirmation::handle(&bench.app, event())).await;
    assert_eq!((sent.unwrap().batch_item_failures.len(), outcome.calls.gateway), (0, 1));
    bench.app.config.dev_stack = false;
    let (kept, outcome) = bench.run(deliver_confirmation::handle(&bench.app, event())).await;
    assert_eq!((kept.unwrap().batch_item_failures.len(), outcome.calls.gateway), (1, 0));
}

#[tokio::test]
async fn a_connection_to_a_private_address_is_not_made() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let transport = HttpTransport::new(true).unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"] {
        let request = Request::get(format!("http://{host}:{port}/")).body(Bytes::new()).unwrap();
        let answer = transport.send(request, Duration::from_secs(5)).await;
        assert_eq!(answer.err(), Some(TransportError::NotSent), "{host}");
    }
    assert!(listener.accept().is_err(), "somebody called");
}
