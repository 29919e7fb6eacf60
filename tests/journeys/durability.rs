//! A stack that is killed in the middle of traffic continues where it was.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use e2e::{Answer, Options, Stack, order_body};
use futures_util::future::{join, join_all};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::STACK;

/// Everything that was answered with success, and so must not be lost.
#[derive(Debug, Default)]
struct Promised {
    orders: Vec<String>,
    payments: Vec<String>,
    /// Payments whose page showed them as paid.
    paid: Vec<String>,
    /// Payment and refund.
    refunds: Vec<(String, String)>,
}

/// Enough of every kind. The next requests are under way when the stack dies.
const REFUNDS_MIN: usize = 12;
const CLIENTS: usize = 8;

async fn kept_in(dir: &Path) -> Stack {
    Stack::with(STACK, Options { data: Some(dir.to_owned()), ..Options::default() }).await
}

/// The answer, if the stack survived to send one and it was a success.
async fn asked(request: RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let answer = Answer::read(response).await;
    answer.body.is_object().then_some(answer)
}

/// Buys and refunds until the stack is gone.
async fn traffic(stack: &Stack, client: usize, promised: &Mutex<Promised>) {
    for n in 0..10_000 {
        if round(stack, &format!("{client}-{n}"), promised).await.is_none() {
            return;
        }
    }
}

async fn round(stack: &Stack, name: &str, promised: &Mutex<Promised>) -> Option<()> {
    let post = |path: &str, body: &Value| {
        let request = stack.request(Method::POST, path).header("idempotency-key", name);
        request.timeout(Duration::from_secs(10)).json(body)
    };
    let order = asked(post("/api/orders", &order_body())).await?;
    let order = order.word("order_id").to_owned();
    promised.lock().unwrap().orders.push(order.clone());
    let body = json!({ "order_id": order, "amount": 7500, "currency": "USD" });
    let started = asked(post("/api/payments", &body)).await?;
    let payment = started.word("payment_id").to_owned();
    promised.lock().unwrap().payments.push(payment.clone());
    let page = reqwest::Client::builder().no_proxy().build().unwrap();
    asked(page.post(started.word("checkout_url")).form(&[("outcome", "approve")])).await?;
    promised.lock().unwrap().paid.push(payment.clone());
    // There is nothing to refund until the webhook arrives.
    let path = format!("/api/payments/{payment}/refunds");
    for _ in 0..200 {
        let response = post(&path, &json!({ "amount": 100 })).send().await.ok()?;
        let refund = Answer::read(response).await;
        if refund.status == 201 {
            let id = refund.word("refund_id").to_owned();
            promised.lock().unwrap().refunds.push((payment, id));
            return Some(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

/// Kills the stack once enough has been promised.
async fn kill_amid(pid: u32, promised: &Mutex<Promised>) {
    for _ in 0..3000 {
        if promised.lock().unwrap().refunds.len() >= REFUNDS_MIN {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    e2e::kill_pid(pid).await;
}

#[tokio::test]
async fn no_promise_is_lost_when_the_stack_is_killed_amid_traffic() {
    let dir = tempfile::tempdir().unwrap();
    let promised = Mutex::new(Promised::default());
    let before = kept_in(dir.path()).await;
    let clients = (0..CLIENTS).map(|client| traffic(&before, client, &promised));
    join(join_all(clients), kill_amid(before.pid(), &promised)).await;
    drop(before);
    let promised = promised.into_inner().unwrap();
    assert!(promised.refunds.len() >= REFUNDS_MIN, "{promised:?}");

    let stack = kept_in(dir.path()).await;
    for ahead in [100, 300, 800, 2000, 6000] {
        stack.set_clock_ahead(ahead);
        assert_eq!(stack.sweep().await["failed"], 0, "{:?}", stack.log());
    }
    for order in &promised.orders {
        stack.get(&format!("/api/orders/{order}")).await.expect(200);
    }
    for payment in &promised.payments {
        stack.get(&format!("/api/payments/{payment}")).await.expect(200);
    }
    for payment in &promised.paid {
        assert_eq!(stack.payment_status(payment).await, "succeeded");
    }
    for (payment, refund) in &promised.refunds {
        let path = format!("/api/payments/{payment}/refunds/{refund}");
        assert_eq!(stack.get(&path).await.expect(200).word("status"), "succeeded");
    }
    assert_both_sides_agree(&stack, &promised).await;
}

/// The gateway's captures and refunds match ours, even where no answer arrived.
async fn assert_both_sides_agree(stack: &Stack, promised: &Promised) {
    let truth = stack.all_truth().await;
    let references: BTreeSet<&str> =
        truth.iter().map(|object| object["reference"].as_str().unwrap()).collect();
    assert_eq!(references.len(), truth.len(), "one object per payment");
    assert!(promised.payments.iter().all(|payment| references.contains(payment.as_str())));
    for object in &truth {
        let ours = stack.payment(object["reference"].as_str().unwrap()).await;
        let status = if object["status"] == "captured" { "succeeded" } else { "pending" };
        assert_eq!(ours["status"], status, "{object} {ours}");
        assert_eq!(ours["amount_captured"], object["amount_captured"], "{object} {ours}");
        assert_eq!(ours["amount_refunded"], object["amount_refunded"], "{object} {ours}");
        assert!(object["captures"].as_array().unwrap().len() <= 1);
        let order = ours["order_id"].as_str().unwrap();
        if status == "succeeded" {
            stack.until_inbox(order, "payment.completed").await;
        }
        if object["amount_refunded"] != 0 {
            stack.until_inbox(order, "refund.completed").await;
        }
        let confirmed =
            usize::from(status == "succeeded") + object["refunds"].as_array().unwrap().len();
        assert_eq!(stack.inbox(order).await.len(), confirmed, "{object}");
    }
}

#[tokio::test]
async fn a_stack_that_is_killed_and_started_again_keeps_its_keys_and_its_inbox() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = kept_in(dir.path()).await;
    let checkout = before.checkout().await;
    before.choose(&checkout.page, "approve").await.expect(200);
    let confirmation = before.until_inbox(&checkout.order, "payment.completed").await;
    let secret = before.secret(crate::signed::SANDBOX).await["webhook_secrets"].clone();
    before.kill().await;
    drop(before);

    let after = kept_in(dir.path()).await;
    assert_eq!(after.secret(crate::signed::SANDBOX).await["webhook_secrets"], secret);
    let inbox = after.inbox(&checkout.order).await;
    assert_eq!(inbox[0]["webhook_id"], confirmation["webhook_id"]);
    for queue in ["fulfilment", "notifications"] {
        assert_eq!(after.messages(queue, &checkout.order).await.len(), 1);
    }
    let other = after.checkout().await;
    after.choose(&other.page, "approve").await.expect(200);
    after.until_inbox(&other.order, "payment.completed").await;
}
