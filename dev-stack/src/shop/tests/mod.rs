//! A shop on a socket, and a payments API that a test controls.

mod asking;
mod buying;
mod cart;
mod clerk;
mod confirmations;
mod refunding;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Settings, Shop};
use crate::aws::Ids;
use crate::aws::secrets_manager::{SecretSeed, SecretsManager};
use crate::clock::Clock;
use crate::disk::Disk;

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const API_KEY: &str = "sk_test_local";

/// A payments API that knows one order and one payment, whose status a test sets.
#[derive(Clone, Default)]
struct Api {
    status: Arc<Mutex<String>>,
    /// What a payment shows beside its status.
    shows: Arc<Mutex<Value>>,
    asked: Arc<Mutex<Vec<Value>>>,
    /// The idempotency keys of the requests.
    keys: Arc<Mutex<Vec<String>>>,
}

impl Api {
    async fn start(&self) -> String {
        let routes = axum::Router::new()
            .route("/api/orders", post(order))
            .route("/api/payments", post(payment))
            .route("/api/payments/PAY_1", get(status))
            .route("/api/payments/PAY_1/refunds", post(refund))
            .route("/api/payments/PAY_1/capture", post(reserved))
            .route("/api/payments/PAY_1/cancel", post(reserved))
            .with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    fn ask(&self, headers: &HeaderMap, body: Value) {
        assert_eq!(headers["authorization"], format!("Bearer {API_KEY}"));
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        self.keys.lock().unwrap().push(key);
        self.asked.lock().unwrap().push(body);
    }
}

async fn order(
    State(api): State<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    api.ask(&headers, body);
    (StatusCode::CREATED, Json(json!({ "order_id": "ORD_1" })))
}

async fn payment(
    State(api): State<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    api.ask(&headers, body);
    if *api.status.lock().unwrap() == "refuse" {
        let problem = json!({ "title": "No gateway", "detail": "no gateway <takes> it" });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(problem));
    }
    let url = "http://127.0.0.1:1/checkout/tok_1";
    let payment = json!({
        "order_id": "ORD_1",
        "payment_id": "PAY_1",
        "status_token": "v1.t",
        "next_action": { "type": "redirect", "url": url },
    });
    (StatusCode::CREATED, Json(payment))
}

async fn status(State(api): State<Api>) -> Json<Value> {
    let mut payment = json!({ "status": *api.status.lock().unwrap() });
    for (name, value) in api.shows.lock().unwrap().as_object().into_iter().flatten() {
        payment[name] = value.clone();
    }
    Json(payment)
}

/// Refunds at most what the payment shows as captured.
async fn refund(
    State(api): State<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    api.ask(&headers, body.clone());
    let captured = api.shows.lock().unwrap()["amount_captured"].clone();
    if body["amount"].as_u64() > captured.as_u64() {
        let kind = "/problems/refund-exceeds-captured";
        let problem = json!({ "type": kind, "detail": "too much", "refundable": captured });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(problem));
    }
    (StatusCode::CREATED, Json(json!({ "status": "pending" })))
}

/// The capture and the release of reserved money.
async fn reserved(
    State(api): State<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    api.ask(&headers, body);
    match api.status.lock().unwrap().as_str() {
        "authorized" => (StatusCode::OK, Json(json!({ "status": "succeeded" }))),
        _ => (StatusCode::CONFLICT, Json(json!({ "detail": "nothing is reserved" }))),
    }
}

struct Running {
    url: String,
    client: Client,
    now_ms: Arc<AtomicI64>,
}

async fn shop(api_url: &str, disk: Disk) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let now_ms = Arc::new(AtomicI64::new(1_700_000_000_000));
    let clock = Clock::fixed(Arc::clone(&now_ms));
    let secrets = SecretsManager::open(clock.clone(), Ids::random(), Disk::none()).unwrap();
    let name = "quittance/delivery".to_owned();
    let value = json!({ "url": url, "keys": [{ "id": "k1", "key": KEY }] }).to_string();
    secrets.provide(&SecretSeed { name: name.clone(), value }).unwrap();
    let settings = Settings {
        api_url: api_url.to_owned(),
        shop_url: url.clone(),
        gateway_url: "http://127.0.0.1:1".to_owned(),
        api_key: API_KEY.to_owned(),
        secrets,
        delivery_secret: name,
        clock,
        disk,
    };
    tokio::spawn(Shop::open(settings).unwrap().serve(listener));
    Running { url, client: crate::http_client::builder().build().unwrap(), now_ms }
}

impl Running {
    async fn buy(&self, form: &str) -> reqwest::Response {
        let key = crate::random::hex();
        self.submit("/buy", &format!("{form}&key={key}"), &[]).await
    }

    async fn submit(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.url)).body(form.to_owned());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let with =
            |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
        headers.iter().fold(request, with).send().await.unwrap()
    }

    /// The form of the cart's page, to check out what it shows.
    async fn check_out_form(&self, cart: &str) -> String {
        let page = self.client.get(format!("{}/cart", self.url)).header("cookie", cart);
        let page = page.send().await.unwrap().text().await.unwrap();
        let value = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        format!("key={}&version={}", value("key"), value("version"))
    }

    /// Buys one notebook and returns the address of its order.
    async fn order(&self, api: &Api) -> String {
        self.buy("product_id=SKU_1002&quantity=1").await;
        let asked = api.asked.lock().unwrap().clone();
        let return_url = asked.last().unwrap()["return_url"].as_str().unwrap().to_owned();
        let path = return_url.strip_prefix(&self.url).unwrap();
        path.strip_suffix("/back").unwrap().to_owned()
    }

    async fn page(&self, path: &str) -> String {
        let url = format!("{}{path}", self.url);
        self.client.get(url).send().await.unwrap().text().await.unwrap()
    }

    /// Delivers `body` as a merchant's webhook, signed by a library that is not ours.
    async fn deliver(&self, id: &str, body: &str) -> u16 {
        let timestamp = self.now_ms.load(Ordering::SeqCst) / 1000;
        let webhook = standardwebhooks::Webhook::new(KEY).unwrap();
        let signature = webhook.sign(id, timestamp, body.as_bytes()).unwrap();
        self.post(id, timestamp, &format!("v1a,xxxx v1,AAAA {signature}"), body).await
    }

    async fn post(&self, id: &str, timestamp: i64, signature: &str, body: &str) -> u16 {
        let request = self.client.post(format!("{}/webhooks/quittance", self.url));
        let request = request
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature);
        request.body(body.to_owned()).send().await.unwrap().status().as_u16()
    }

    async fn confirmations(&self) -> Vec<Value> {
        let request = self.client.get(format!("{}/inbox", self.url));
        let inbox = request.header("accept", "application/json").send().await.unwrap();
        inbox.json::<Value>().await.unwrap()["confirmations"].as_array().unwrap().clone()
    }
}
