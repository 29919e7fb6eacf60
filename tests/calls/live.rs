//! A live stack. Only the sandbox gateway exists, and it moves no real money, so nothing can be paid
//! there.

use e2e::Stack;
use serde_json::json;

use crate::STACK;
use crate::bench::Bench;
use crate::event::Event;

const SANDBOX: &str = "quittance/gateways/sandbox";

#[tokio::test]
async fn a_live_stack_takes_no_payment_without_money_behind_it() {
    for mode in ["test", "live"] {
        let stack = Stack::start(STACK).await;
        let mut secret = stack.secret(SANDBOX).await;
        secret["mode"] = json!(mode);
        stack.set_secret(SANDBOX, &secret).await;
        let bench = Bench::live(stack).await;
        let order = bench.order(mode, json!({})).await.answered(201).word("order_id");
        let refused = bench.pay(&order, Some("first"), json!({})).await.answered(422);
        let why = json!({ "sandbox": "moves no real money, and this stack is live" });
        assert_eq!(refused.body["gateways"], why, "{mode}");
        let event = Event::of("webhook-receiver");
        bench.ask(&event).await.answered(503);
        assert!(bench.stack.all_truth().await.is_empty(), "nothing was sent there");
    }
}
