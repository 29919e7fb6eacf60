//! How a story must end: in the answers, at the gateway, in the queues and in the shop's inbox.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Paid, Stack};

/// The end of a story, as every party must report it.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    pub payment: &'a str,
    pub order: &'a str,
    /// What the gateway has captured under the payment's reference, and what it has refunded.
    pub captured: u64,
    pub refunded: u64,
    /// The types of all confirmations about the order, in sequence.
    pub confirmed: &'a [&'a str],
}

impl Stack {
    /// Waits for the end, sweeps once more, and checks that nothing changes anywhere.
    #[track_caller]
    pub fn ends(&self, paid: &Paid, end: End<'_>) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            self.until_confirmed(&paid.order, end.confirmed).await;
            self.until_payment(&paid.payment, end.payment).await;
            self.until_order(&paid.order, end.order).await;
            self.sweep().await;
            let statuses =
                (self.payment_status(&paid.payment).await, self.order_status(&paid.order).await);
            let wanted = (end.payment.to_owned(), end.order.to_owned());
            assert_eq!(statuses, wanted, "after the last sweep; {at}");
            let truth = self.truth(&paid.payment).await;
            let sums = (sum(&truth, "amount_captured"), sum(&truth, "amount_refunded"));
            assert_eq!(sums, (end.captured, end.refunded), "{at}: {truth:?}");
            let taken = truth.iter().filter(|object| object["amount_captured"] != 0).count();
            assert!(taken <= 1, "{at}: several objects are captured: {truth:?}");
            self.everybody_is_notified(&paid.order, end.confirmed).await;
            self.is_at_rest(paid, end).await;
        }
    }

    /// Nothing is left to send, the page of an ended payment is gone, and an ended order is never due
    /// again.
    async fn is_at_rest(&self, paid: &Paid, end: End<'_>) {
        let item = self.item(&paid.order).await.unwrap();
        assert!(item["out"]["M"].as_object().is_none_or(serde_json::Map::is_empty), "{item}");
        let payment_ended = !["pending", "authorized"].contains(&end.payment);
        if let (true, Some((_, token))) = (payment_ended, paid.page.rsplit_once('/')) {
            assert!(!item.to_string().contains(token), "{item}");
        }
        if payment_ended && !["created", "review"].contains(&end.order) {
            assert!(item.get("due_at").is_none(), "{item}");
        }
    }

    /// The shop and both of the merchant's queues have received the same messages, each once.
    async fn everybody_is_notified(&self, order: &str, confirmed: &[&str]) {
        let inbox = self.inbox(order).await;
        let ids: BTreeSet<&str> = inbox.iter().filter_map(|c| c["webhook_id"].as_str()).collect();
        assert_eq!(ids.len(), inbox.len(), "{inbox:?}");
        let inbox_ids: Vec<&Value> = inbox.iter().map(|c| &c["body"]["id"]).collect();
        assert_eq!(types(&inbox), confirmed);
        for queue in ["fulfilment", "notifications"] {
            let messages = self.peek(queue, order).await;
            assert_eq!(types(&messages), confirmed, "in {queue}");
            let ids: Vec<&Value> = messages.iter().map(|message| &message["id"]).collect();
            assert_eq!(ids, inbox_ids, "in {queue}");
        }
    }

    /// Waits until the shop has received exactly these confirmations about an order. Sweeps now and then,
    /// as the schedule does: an order made due by a write in this very moment is picked up only by the
    /// next sweep.
    pub async fn until_confirmed(&self, order: &str, wanted: &[&str]) {
        let mut last = Vec::new();
        for n in 1..400 {
            last = self.inbox(order).await;
            if types(&last) == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
            if n % 10 == 0 {
                self.sweep().await;
            }
        }
        panic!("{order}: confirmed {:?}, not {wanted:?}", types(&last));
    }

    /// The `data` of a confirmation of this type, once it is in the shop's inbox.
    pub async fn confirmation(&self, order: &str, kind: &str) -> Value {
        self.until_inbox(order, kind).await["body"]["data"].clone()
    }

    /// The messages about an order in a queue of the merchant, left in the queue.
    async fn peek(&self, queue: &str, order: &str) -> Vec<Value> {
        let body = json!({
            "QueueUrl": format!("{}/000000000000/quittance-{queue}.fifo", self.address("sqs")),
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": 0,
        });
        let answer = self.aws("sqs", "AmazonSQS.ReceiveMessage", &body).await;
        let messages = answer.body["Messages"].as_array().cloned().unwrap_or_default();
        let bodies = messages
            .iter()
            .map(|m| serde_json::from_str::<Value>(m["Body"].as_str().unwrap()).unwrap());
        bodies.filter(|body| body["data"]["order_id"] == order).collect()
    }
}

fn types(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["type"].as_str().unwrap_or_default()).collect()
}

fn sum(objects: &[Value], member: &str) -> u64 {
    objects.iter().map(|object| object[member].as_u64().unwrap()).sum()
}
