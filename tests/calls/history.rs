//! Who made a change known, as the history of a payment shows it.

use std::time::Duration;

use quittance::domain::history::Source;
use quittance::domain::id::OrderId;
use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn a_retry_that_learns_nothing_is_in_the_history_as_a_look_up() {
    let bench = Bench::start("full").await;
    let order = bench.order("order-1", json!({})).await.answered(201).word("order_id");
    let id = OrderId::parse(&order).unwrap();
    let stored = async || bench.app.store.order(&id).await.unwrap().unwrap();

    let never = json!({ "mode": "never" });
    bench.stack.behave(json!({ "create": "timeout_before", "webhooks": never })).await;
    let claimed = async {
        while stored().await.attempts.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // The first caller is gone once its claim is written.
    tokio::select! {
        paid = bench.pay(&order, Some("payment-1"), json!({})) => panic!("{}", paid.body),
        () = claimed => {}
    }

    bench.stack.behave(json!({ "webhooks": never })).await;
    bench.set_now(bench.now() + 31);
    bench.pay(&order, Some("payment-1"), json!({})).await.answered(202);
    let history = stored().await.history;
    let unknown = history.iter().find(|entry| entry.what == "payment.outcome_unknown").unwrap();
    assert_eq!(unknown.source, Source::LookUp);
}
