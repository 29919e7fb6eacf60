//! The clients' randomly chosen actions: order, pay, and wait for the outcome.

use e2e::Answer;
use futures_util::future::join;
use reqwest::Method;
use serde_json::json;

use crate::aftermath::cancellation;
use crate::client::{Ask, Client};

#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) id: String,
    pub(crate) amount: u64,
    currency: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) struct Started {
    pub(crate) id: String,
    page: String,
    status_token: String,
}

impl Client<'_> {
    pub(crate) async fn buy(mut self) {
        while !self.soak.is_over() {
            if self.journey().await.is_none() {
                self.pause(20..100).await;
            }
        }
    }

    /// `None` where it ended early.
    async fn journey(&mut self) -> Option<()> {
        let order = self.order().await?;
        let attempts = *self.rng.choice(&[1, 1, 1, 2, 3])?;
        for n in 0..attempts {
            let started = self.start(&order, n > 0).await?;
            self.shop(&order, &started).await;
            let status = self.wait(&started).await;
            self.follow_up(&order, &started, &status).await;
            if status == "succeeded" {
                break;
            }
        }
        if self.chance(10) {
            let ask = Ask {
                route: "GET /api/orders/{order_id}",
                method: Method::GET,
                path: format!("/api/orders/{}", order.id),
                key: None,
                body: None,
                order: Some(order.id),
            };
            self.insist(&ask).await;
        }
        Some(())
    }

    async fn order(&mut self) -> Option<Ordered> {
        let amount = self.rng.u64(100..20_000);
        let currency = *self.rng.choice(&["USD", "EUR", "INR"])?;
        let mut body = json!({
            "items": [{ "product_id": "SKU_1001", "quantity": 1 }],
            "total_amount": amount,
            "currency": currency,
            "expires_in": self.rng.u64(300..1500),
        });
        if self.chance(20) {
            let scripts = ["approve", "approve", "decline", "authorize", "pending:5s"];
            body["metadata"] = json!({ "sandbox": self.rng.choice(&scripts)? });
        }
        let ask = Ask {
            route: "POST /api/orders",
            method: Method::POST,
            path: "/api/orders".to_owned(),
            key: self.chance(80).then(|| self.key()),
            body: Some(body),
            order: None,
        };
        if ask.key.is_some() && self.chance(5) {
            self.at_once(&[ask.clone(), ask.clone(), ask.clone()]).await;
        }
        let answer = self.insist(&ask).await.filter(|answer| answer.status < 300)?;
        Some(Ordered { id: answer.word("order_id").to_owned(), amount, currency })
    }

    async fn start(&mut self, order: &Ordered, again: bool) -> Option<Started> {
        let mut body =
            json!({ "order_id": order.id, "amount": order.amount, "currency": order.currency });
        let replace = again && self.chance(60);
        if replace {
            body["replace"] = json!(true);
        }
        if self.chance(30) {
            body["capture"] = json!("manual");
        }
        let ask = Ask {
            route: "POST /api/payments",
            method: Method::POST,
            path: "/api/payments".to_owned(),
            key: (replace || self.chance(70)).then(|| self.key()),
            body: Some(body),
            order: Some(order.id.clone()),
        };
        if self.chance(10) {
            // The same request three times, and one under a different key.
            let rival = Ask { key: Some(self.key()), ..ask.clone() };
            self.at_once(&[ask.clone(), rival, ask.clone(), ask.clone()]).await;
        }
        for _ in 0..4 {
            let answer = self.insist(&ask).await?;
            let started = started(&answer);
            if answer.status != 202 || self.soak.is_over() {
                return started;
            }
            self.pause(200..1500).await;
        }
        None
    }

    /// The shopper on the page; only the gateway knows the outcome.
    async fn shop(&mut self, order: &Ordered, started: &Started) {
        if started.page.is_empty() || self.chance(8) {
            return;
        }
        let page = started.page.clone();
        let outcomes =
            ["approve", "approve", "approve", "approve", "decline", "pending", "authorize"];
        if self.chance(12) {
            self.choose(&page, "decline_retryable").await;
        }
        let outcome = self.rng.choice(outcomes).unwrap_or("approve");
        if self.chance(6) {
            // Paid at the very moment of the cancellation.
            let cancel = cancellation(order);
            join(self.choose(&page, outcome), self.at_will(&cancel)).await;
        } else {
            self.choose(&page, outcome).await;
        }
    }

    async fn choose(&self, page: &str, outcome: &str) {
        let form = [("outcome", outcome)];
        // The shopper ignores a page that is gone and a gateway that refuses.
        let _ = self.soak.stack.client().post(page).form(&form).send().await;
    }

    /// The return page polls with its token; our API may ask the gateway itself.
    async fn wait(&mut self, started: &Started) -> String {
        let mut status = String::new();
        for _ in 0..self.rng.u32(3..12) {
            let query = if self.chance(15) {
                "?refresh=true".to_owned()
            } else {
                format!("?token={}", started.status_token)
            };
            let ask = Ask {
                route: "GET /api/payments/{payment_id}",
                method: Method::GET,
                path: format!("/api/payments/{}{query}", started.id),
                key: None,
                body: None,
                order: None,
            };
            let answer = self.insist(&ask).await;
            status = answer.map(|answer| answer.word("status").to_owned()).unwrap_or_default();
            if status != "pending" || self.soak.is_over() {
                break;
            }
            self.pause(50..300).await;
        }
        status
    }

    async fn at_will(&self, ask: &Ask) -> Option<Answer> {
        self.soak.once(ask, std::time::Duration::from_secs(35)).await
    }
}

fn started(answer: &Answer) -> Option<Started> {
    let [id, page, status_token] =
        ["payment_id", "checkout_url", "status_token"].map(|name| answer.word(name).to_owned());
    (answer.status < 300).then_some(Started { id, page, status_token })
}
