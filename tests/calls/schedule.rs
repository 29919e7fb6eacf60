//! What a run of `sweep-due` costs.

use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

use crate::bench::{Bench, Outcome};
use crate::event::{Event, context};
use crate::table::Measured;

async fn sweep(bench: &Bench) -> (Value, Outcome) {
    let event = LambdaEvent::new(Event::of("sweep-due").value().clone(), context());
    let (swept, outcome) = bench.run(sweep_due::handle(&bench.app, event)).await;
    (swept.unwrap(), outcome)
}

#[tokio::test]
async fn a_sweep_costs_what_the_table_says() {
    let bench = Bench::start("full").await;
    let mut measured = Measured::default();
    let (_, idle) = sweep(&bench).await;
    measured.add("sweep-due, idle", &idle);

    bench.stack.behave(json!({ "create": "close", "webhooks": { "mode": "never" } })).await;
    for key in ["one", "two"] {
        let order = bench.order(key, json!({})).await.word("order_id");
        bench.pay(&order, Some(key), json!({})).await.answered(202);
    }
    bench.set_now(bench.now() + 50);
    let (swept, unresolved) = sweep(&bench).await;
    assert_eq!(swept, json!({ "due": 2, "failed": 0, "left": 0 }));
    measured.add("sweep-due, two unresolved items", &unresolved);
    measured.settle();
}
