//! Collects what every party knows.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::Soak;
use crate::compare::Offence;
use crate::world::{Confirmation, Object, Order, Payment, Records, TARGETS, word};

const AT_ONCE: usize = 16;

impl Soak {
    pub(crate) async fn world(&self, truth: &[Value], inbox: &[Value]) -> Records {
        let objects: Vec<Object> = truth.iter().map(Object::read).collect();
        let mut names: BTreeSet<String> = objects.iter().map(|o| o.order.clone()).collect();
        for item in self.stack.items().await {
            let order = item["pk"]["S"].as_str().and_then(|key| key.strip_prefix("O#"));
            names.extend(order.map(str::to_owned));
        }
        let orders = stream::iter(names).map(|name| async move {
            let order = self.order(&name).await;
            order.map(|order| (name, order))
        });
        let orders: BTreeMap<String, Order> =
            orders.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
        let mut confirmations: Vec<Confirmation> =
            inbox.iter().map(|shown| Confirmation::read("deliveries", &shown["body"])).collect();
        confirmations.extend(self.dead().await);
        let record = self.record();
        let queues = record.queues.values().flat_map(|queue| queue.confirmations.values());
        confirmations.extend(queues.map(|(_, confirmation)| confirmation.clone()));
        Records {
            objects,
            orders,
            confirmations,
            promises: record.promises.iter().cloned().collect(),
        }
    }

    /// `None` if the API does not know it.
    async fn order(&self, order: &str) -> Option<Order> {
        let answer = self.stack.get(&format!("/api/orders/{order}")).await;
        let mut payments = Vec::new();
        for payment in answer.body["payments"].as_array().into_iter().flatten() {
            let path = format!("/api/payments/{}", word(payment, "payment_id"));
            payments.push(Payment::read(&self.stack.get(&path).await.body));
        }
        (answer.status == 200).then(|| Order::read(&answer.body, payments))
    }

    async fn dead(&self) -> Vec<Confirmation> {
        let mut dead = Vec::new();
        for target in TARGETS {
            loop {
                // Hidden until the stack has ended, so that each is counted once.
                let messages = self.receive(&format!("{target}-dead"), 43_200, 0).await;
                if messages.is_empty() {
                    break;
                }
                for message in messages {
                    let body = message["Body"].as_str().unwrap_or_default();
                    let confirmation: Value = serde_json::from_str(body).unwrap_or_default();
                    dead.push(Confirmation {
                        dead: true,
                        ..Confirmation::read(target, &confirmation)
                    });
                }
            }
        }
        dead
    }

    /// Everything known about an order with an offence.
    pub(crate) async fn story(&self, offence: &Offence, truth: &[Value], log: &[String]) -> String {
        let mut lines = vec![format!("{:?} {}: {}", offence.kind, offence.order, offence.what)];
        let answer = self.stack.get(&format!("/api/orders/{}", offence.order)).await;
        lines.push(format!("  order    {}", answer.body));
        for payment in answer.body["payments"].as_array().into_iter().flatten() {
            let path = format!("/api/payments/{}", word(payment, "payment_id"));
            lines.push(format!("  payment  {}", self.stack.get(&path).await.body));
        }
        let theirs = truth.iter().filter(|object| object["order_id"] == offence.order.as_str());
        lines.extend(theirs.map(|object| format!("  gateway  {object}")));
        {
            let record = self.record();
            for (queue, seen) in &record.queues {
                let about = seen.confirmations.values().filter(|(_, it)| it.order == offence.order);
                lines.extend(about.map(|(at, it)| format!("  {queue} at {at}  {it:?}")));
            }
            let kept = record.promises.iter().filter(|p| p.order() == offence.order);
            lines.extend(kept.map(|promise| format!("  client   {promise:?}")));
        }
        // A payment's id contains its order's, so this finds the lines of both.
        let name = offence.order.trim_start_matches("ORD_");
        let about = log.iter().filter(|line| line.contains(name));
        lines.extend(about.map(|line| format!("  log      {line}")));
        lines.join("\n")
    }
}
