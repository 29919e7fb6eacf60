//! The clients' actions after a payment has begun: capture, cancel, refund; and a bank's late actions.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Ask, Client};
use crate::journeys::{Ordered, Started};

const CAPTURE: &str = "POST /api/payments/{payment_id}/capture";
const CANCEL: &str = "POST /api/payments/{payment_id}/cancel";
const REFUND: &str = "POST /api/payments/{payment_id}/refunds";

impl Client<'_> {
    pub(crate) async fn follow_up(&mut self, order: &Ordered, started: &Started, status: &str) {
        match status {
            "authorized" => self.authorized(order, started).await,
            "succeeded" if self.chance(45) => self.give_back(order, started).await,
            "pending" | "failed" | "" => self.unpaid(order, started).await,
            _ => {}
        }
    }

    async fn authorized(&mut self, order: &Ordered, started: &Started) {
        match self.rng.u32(0..10) {
            0..=5 => {
                let body = if self.chance(25) {
                    json!({ "amount": order.amount.div_ceil(2) })
                } else {
                    json!({})
                };
                let ask = self.on(CAPTURE, order, started, Some(body));
                if self.chance(15) {
                    self.at_once(&[ask.clone(), ask.clone()]).await;
                }
                self.insist(&ask).await;
            }
            6 | 7 => {
                let ask = self.on(CANCEL, order, started, None);
                self.insist(&ask).await;
            }
            // The merchant forgets it.
            _ => {}
        }
    }

    async fn give_back(&mut self, order: &Ordered, started: &Started) {
        let part = json!({ "amount": order.amount.div_ceil(3) });
        match self.rng.u32(0..10) {
            0..=2 => {
                let ask = self.on(REFUND, order, started, Some(json!({})));
                self.insist(&ask).await;
            }
            3..=6 => {
                for _ in 0..self.rng.u32(1..4) {
                    let ask = self.on(REFUND, order, started, Some(part.clone()));
                    self.insist(&ask).await;
                }
            }
            7 => {
                // More than fits, concurrently, and one of them twice.
                let mut asks: Vec<Ask> = Vec::new();
                for _ in 0..4 {
                    asks.push(self.on(REFUND, order, started, Some(part.clone())));
                }
                asks.extend(asks.first().cloned());
                self.at_once(&asks).await;
                for ask in asks {
                    self.insist(&ask).await;
                }
            }
            8 => self.at_the_gateway(started, "refund", json!({ "amount": 1 })).await,
            _ => {
                self.insist(&cancellation(order)).await;
            }
        }
    }

    async fn unpaid(&mut self, order: &Ordered, started: &Started) {
        match self.rng.u32(0..10) {
            0 | 1 => {
                let ask = self.on(CANCEL, order, started, None);
                self.insist(&ask).await;
            }
            2 | 3 => {
                self.insist(&cancellation(order)).await;
                if self.chance(30) {
                    // A slow bank: the money comes after all.
                    self.at_the_gateway(started, "capture", json!({})).await;
                }
            }
            4 => self.at_the_gateway(started, "capture", json!({})).await,
            _ => {}
        }
    }

    /// An action of the gateway's dashboard, or of a bank behind it. A webhook must report it, even if
    /// late or twice, because a settled payment is not asked about any more.
    async fn at_the_gateway(&mut self, started: &Started, act: &str, body: Value) {
        let webhooks = match self.rng.u32(0..4) {
            0 => json!({ "mode": "hold" }),
            1 => json!({ "mode": "late", "delay_ms": 2000 }),
            2 => json!({ "times": 3 }),
            _ => json!({}),
        };
        let behaviour = json!({ "reference": started.id, "webhooks": webhooks });
        self.soak.stack.behave(behaviour).await;
        let sandbox = self.soak.stack.address("sandbox");
        let url = format!("{sandbox}/control/payments/{}/{act}", started.id);
        // The gateway may refuse it if it no longer fits.
        let _ = self.soak.stack.client().post(url).json(&body).send().await;
    }

    /// A request about a payment; with a new key if it has a body.
    fn on(
        &mut self,
        route: &'static str,
        order: &Ordered,
        started: &Started,
        body: Option<Value>,
    ) -> Ask {
        let (_, path) = route.split_once(' ').unwrap_or_default();
        Ask {
            route,
            method: Method::POST,
            path: path.replace("{payment_id}", &started.id),
            key: body.is_some().then(|| self.key()),
            body,
            order: Some(order.id.clone()),
        }
    }
}

/// The cancellation of a whole order.
pub(crate) fn cancellation(order: &Ordered) -> Ask {
    Ask {
        route: "POST /api/orders/{order_id}/cancel",
        method: Method::POST,
        path: format!("/api/orders/{}/cancel", order.id),
        key: None,
        body: None,
        order: Some(order.id.clone()),
    }
}
