//! The merchant's actions after a payment has begun: trying again, capturing, canceling, refunding,
//! waiting.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, Paid, Stack};

impl Stack {
    /// Another attempt to pay an order, whose page has not been paid yet.
    pub async fn try_again(&self, order: &str, key: &str, more: Value) -> Paid {
        let answer = self.pay_with_key(order, key, more).await.expect(201);
        Paid {
            order: order.to_owned(),
            payment: answer.word("payment_id").to_owned(),
            page: answer.word("checkout_url").to_owned(),
        }
    }

    /// An order that was paid on the page, with all confirmations sent.
    pub async fn paid(&self) -> Paid {
        let checkout = self.checkout().await;
        self.choose(&checkout.page, "approve").await.expect(200);
        self.until_payment(&checkout.payment, "succeeded").await;
        self.until_published().await;
        checkout
    }

    /// An order whose payment is authorized, for the merchant to capture.
    pub async fn authorized(&self) -> Paid {
        let checkout =
            self.checkout_with(crate::order_body(), json!({ "capture": "manual" })).await;
        self.choose(&checkout.page, "approve").await.expect(200);
        self.until_payment(&checkout.payment, "authorized").await;
        checkout
    }

    /// Waits until a payment's view satisfies `shows`.
    pub async fn until(&self, payment: &str, shows: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..250 {
            last = self.payment(payment).await;
            if shows(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{payment} shows only {last}");
    }

    pub async fn capture(&self, payment: &str, key: &str, body: Value) -> Answer {
        self.post_with_key(&format!("/api/payments/{payment}/capture"), key, &body).await
    }

    pub async fn refund(&self, payment: &str, key: &str, body: Value) -> Answer {
        self.post_with_key(&format!("/api/payments/{payment}/refunds"), key, &body).await
    }

    pub async fn refund_status(&self, payment: &str, refund: &str) -> String {
        let answer = self.get(&format!("/api/payments/{payment}/refunds/{refund}")).await;
        answer.expect(200).word("status").to_owned()
    }

    pub async fn cancel_payment(&self, payment: &str) -> Answer {
        self.act(&format!("/api/payments/{payment}/cancel")).await
    }

    pub async fn cancel_order(&self, order: &str) -> Answer {
        self.act(&format!("/api/orders/{order}/cancel")).await
    }

    /// Asks the gateway now, as an impatient merchant does.
    pub async fn refreshed(&self, payment: &str) -> Value {
        self.get(&format!("/api/payments/{payment}?refresh=true")).await.expect(200).body
    }

    /// Without our key: as a shopper's browser or a stranger.
    pub async fn get_as(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send_as(Method::GET, path, headers).await
    }

    pub async fn send_as(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.address("api")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Waits until a queue holds nothing, shown or hidden.
    pub async fn until_empty(&self, queue: &str) {
        let body = json!({
            "QueueUrl": format!("{}/000000000000/quittance-{queue}.fifo", self.address("sqs")),
            "AttributeNames": ["All"],
        });
        let mut held = Value::Null;
        for _ in 0..250 {
            held = self.aws("sqs", "AmazonSQS.GetQueueAttributes", &body).await.body;
            let counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
            if counts.iter().all(|count| held["Attributes"][count] == "0") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{queue} still holds {held}");
    }

    /// Moves to this many seconds after the stack's start and finishes everything due by then. Wake-up
    /// times are rounded up to ten seconds, so a second sweep follows ten seconds later.
    pub async fn sweep_at(&self, seconds: i64) {
        self.until_published().await;
        for later in [0, 10] {
            self.set_clock_ahead(seconds + later);
            let swept = self.sweep().await;
            assert_eq!((&swept["failed"], &swept["left"]), (&json!(0), &json!(0)), "{swept}");
        }
    }

    /// Waits until no order has unsent confirmations. A function about to mark one as sent would
    /// otherwise do so after the clock has moved, and postpone the order.
    async fn until_published(&self) {
        let published =
            |item: &Value| item["out"]["M"].as_object().is_none_or(serde_json::Map::is_empty);
        for _ in 0..250 {
            if self.items().await.iter().all(published) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("some confirmations are unsent: {:?}", self.items().await);
    }

    /// Sweeps until a payment has a status.
    pub async fn sweep_until(&self, payment: &str, status: &str) {
        let mut last = String::new();
        for _ in 0..400 {
            self.sweep().await;
            last = self.payment_status(payment).await;
            if last == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{payment} is {last}, not {status}");
    }
}
