//! The actions of a merchant, a shopper and a gateway.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Answer, Stack, contract};

/// The dev stack's API key.
pub const KEY: &str = "sk_test_local";

/// An order and its payment.
#[derive(Clone, Debug)]
pub struct Paid {
    pub order: String,
    pub payment: String,
    pub page: String,
}

/// The example of the API document.
pub fn order_body() -> Value {
    json!({
        "items": [{ "product_id": "SKU_1001", "quantity": 2 }],
        "total_amount": 7500,
        "currency": "USD",
    })
}

impl Stack {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.address("api"))).bearer_auth(KEY)
    }

    /// Checks the API's answer against its description.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let ours = request.url().as_str().starts_with(&format!("{}/", self.address("api")));
        let route = contract::route_of(request.method(), request.url().path());
        let mut answer = Answer::read(client.execute(request).await.unwrap()).await;
        answer.route = route.filter(|_| ours).unwrap_or_default();
        contract::check(&answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        self.send(request.json(body)).await
    }

    /// A POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    pub async fn order(&self, body: &Value) -> String {
        let answer = self.post("/api/orders", body).await.expect(201);
        answer.word("order_id").to_owned()
    }

    /// Starts a payment of 75.00 USD; `more` are members added to those of the example.
    pub async fn pay(&self, order: &str, more: Value) -> Answer {
        self.post("/api/payments", &payment_body(order, more)).await
    }

    pub async fn pay_with_key(&self, order: &str, key: &str, more: Value) -> Answer {
        self.post_with_key("/api/payments", key, &payment_body(order, more)).await
    }

    /// A new order with a payment whose page has not been paid yet.
    pub async fn checkout(&self) -> Paid {
        self.checkout_with(order_body(), json!({})).await
    }

    pub async fn checkout_with(&self, order: Value, more: Value) -> Paid {
        let order = self.order(&order).await;
        let answer = self.pay(&order, more).await.expect(201);
        Paid {
            order,
            payment: answer.word("payment_id").to_owned(),
            page: answer.word("checkout_url").to_owned(),
        }
    }

    /// The shopper's choice on the hosted page.
    pub async fn choose(&self, page: &str, outcome: &str) -> Answer {
        self.send(self.http.post(page).form(&[("outcome", outcome)])).await
    }

    pub async fn payment(&self, payment: &str) -> Value {
        self.get(&format!("/api/payments/{payment}")).await.expect(200).body
    }

    pub async fn payment_status(&self, payment: &str) -> String {
        self.payment(payment).await["status"].as_str().unwrap().to_owned()
    }

    pub async fn order_status(&self, order: &str) -> String {
        let answer = self.get(&format!("/api/orders/{order}")).await.expect(200);
        answer.word("status").to_owned()
    }

    /// Waits until a payment has a status, because a webhook is on its way.
    pub async fn until_payment(&self, payment: &str, status: &str) {
        let mut last = String::new();
        for _ in 0..250 {
            last = self.payment_status(payment).await;
            if last == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{payment} is {last}, not {status}");
    }

    pub async fn until_order(&self, order: &str, status: &str) {
        let mut last = String::new();
        for _ in 0..250 {
            last = self.order_status(order).await;
            if last == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{order} is {last}, not {status}");
    }

    /// Runs a function now, as its schedule would.
    pub async fn invoke(&self, function: &str) -> Answer {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.send(self.request(Method::POST, &path).body("{}")).await.expect(200)
    }

    pub async fn sweep(&self) -> Value {
        self.invoke("sweep-due").await.body
    }

    /// Changes how the sandbox gateway behaves from now on; absent members return to their defaults.
    pub async fn behave(&self, behaviour: Value) {
        let url = format!("{}/control/behaviour", self.address("sandbox"));
        self.send(self.http.put(url).json(&behaviour)).await.expect(200);
    }

    /// Sends the webhooks that were held back.
    pub async fn deliver_held(&self) {
        let url = format!("{}/control/deliver", self.address("sandbox"));
        self.send(self.http.post(url).json(&json!({}))).await.expect(200);
    }

    /// An action in the gateway's dashboard: `capture`, `refund`, `dispute`.
    pub async fn dashboard(&self, payment: &str, act: &str, body: Value) -> Answer {
        let url = format!("{}/control/payments/{payment}/{act}", self.address("sandbox"));
        self.send(self.http.post(url).json(&body)).await
    }

    /// The gateway's own objects for one of our references, the source of truth.
    pub async fn truth(&self, reference: &str) -> Vec<Value> {
        self.all_truth().await.into_iter().filter(|p| p["reference"] == reference).collect()
    }

    pub async fn all_truth(&self) -> Vec<Value> {
        let url = format!("{}/control/payments", self.address("sandbox"));
        let answer = self.send(self.http.get(url)).await.expect(200);
        answer.body["payments"].as_array().unwrap().clone()
    }

    /// The confirmations about an order in the shop's inbox, oldest first.
    pub async fn inbox(&self, order: &str) -> Vec<Value> {
        let all = self.whole_inbox().await;
        all.into_iter().filter(|c| c["body"]["data"]["order_id"] == order).collect()
    }

    pub async fn whole_inbox(&self) -> Vec<Value> {
        let url = format!("{}/inbox", self.address("shop"));
        let request = self.http.get(url).header("accept", "application/json");
        let answer = self.send(request).await.expect(200);
        let confirmations = answer.body["confirmations"].as_array().unwrap().clone();
        for confirmation in &confirmations {
            contract::check_confirmation(&confirmation["body"]);
        }
        confirmations
    }

    /// Waits for a confirmation of this type in the shop's inbox.
    pub async fn until_inbox(&self, order: &str, kind: &str) -> Value {
        for _ in 0..250 {
            if let Some(found) = self.inbox(order).await.into_iter().find(|c| c["type"] == kind) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("no {kind} for {order}: {:?}", self.inbox(order).await);
    }

    /// Takes all messages about an order from a queue of the merchant.
    pub async fn messages(&self, queue: &str, order: &str) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            let body = json!({
                "QueueUrl": format!("{}/000000000000/quittance-{queue}.fifo", self.address("sqs")),
                "MaxNumberOfMessages": 10,
                "VisibilityTimeout": 600,
            });
            let request = self
                .http
                .post(self.address("sqs"))
                .header("x-amz-target", "AmazonSQS.ReceiveMessage")
                .header("content-type", "application/x-amz-json-1.0")
                .body(body.to_string());
            let answer = self.send(request).await.expect(200);
            let Some(batch) = answer.body["Messages"].as_array().filter(|b| !b.is_empty()) else {
                return found;
            };
            let bodies = batch.iter().map(|message| {
                serde_json::from_str::<Value>(message["Body"].as_str().unwrap()).unwrap()
            });
            found.extend(bodies.filter(|body| body["data"]["order_id"] == order));
        }
    }

    /// The pids of a function's children.
    pub async fn children(&self, function: &str) -> Vec<u32> {
        let answer = self.get("/2015-03-31/functions").await.expect(200);
        let functions = answer.body["functions"].as_array().unwrap().clone();
        let pids = functions.iter().find(|f| f["name"] == function).unwrap()["pids"].clone();
        serde_json::from_value(pids).unwrap()
    }
}

fn payment_body(order: &str, more: Value) -> Value {
    let mut body = json!({ "order_id": order, "amount": 7500, "currency": "USD" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}
