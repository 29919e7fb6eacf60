//! How long an opened gateway is used: an adapter may keep a token in it.

use std::sync::Arc;

use quittance::domain::names::GatewayName;

use crate::bench::Bench;

const SECRET: &str = "quittance/gateways/sandbox";
/// How long a function may keep using a secret it has read.
const FRESH_SECONDS: i64 = 301;

#[tokio::test]
async fn a_gateway_stays_open_until_the_text_of_its_secret_changes() {
    let bench = Bench::start("full").await;
    let name = GatewayName::new("sandbox");
    let opened = async || bench.app.gateways.get(&name).await.unwrap();
    let first = opened().await;
    assert!(Arc::ptr_eq(&first, &opened().await));
    bench.set_now(bench.now() + FRESH_SECONDS);
    assert!(Arc::ptr_eq(&first, &opened().await), "read again, the same text");

    let mut secret = bench.stack.secret(SECRET).await;
    secret["api_key"] = "another key".into();
    bench.stack.set_secret(SECRET, &secret).await;
    assert!(Arc::ptr_eq(&first, &opened().await), "not read again yet");
    bench.set_now(bench.now() + FRESH_SECONDS);
    let second = opened().await;
    assert!(!Arc::ptr_eq(&first, &second), "another text");
    assert!(Arc::ptr_eq(&second, &opened().await));
}
