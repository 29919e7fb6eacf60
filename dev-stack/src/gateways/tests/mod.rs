//! The gateway as its callers see it: every route, behaviour and profile, with a clock that tests move.

#![expect(clippy::needless_pass_by_value, reason = "a test writes its JSON where it is needed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::sandbox::{ApiKey, Profile, Sandbox, WebhookSecret};
use super::{Core, Delivery, Ids, Outcome, Settings};
use crate::clock::Clock;
use crate::disk::Disk;

mod behaviour;
mod control;
mod create;
mod operations;
mod page;
mod persistence;
mod profiles;
mod reading;
mod shopper;
mod socket;
mod webhooks;

const API_KEY: &str = "sbx_test_key";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// 2026-11-20T09:00:00Z.
const START: i64 = 1_795_165_200_000;

struct Bench {
    core: Core,
    time: Arc<AtomicI64>,
}

/// An answer, read.
struct Got {
    status: u16,
    body: Value,
    text: String,
    response: Response<Bytes>,
}

impl Bench {
    fn new(profile: Profile) -> Self {
        Self::on(profile, Disk::none(), 1)
    }

    fn on(profile: Profile, disk: Disk, seed: u8) -> Self {
        let time = Arc::new(AtomicI64::new(START));
        let sandbox = Sandbox {
            profile,
            api_key: ApiKey::new(API_KEY),
            webhook_secret: WebhookSecret::parse(WEBHOOK_SECRET).unwrap(),
        };
        let core = sandbox
            .open(Settings {
                base_url: "http://pay.example".to_owned(),
                clock: Clock::fixed(Arc::clone(&time)),
                ids: Ids::seeded([seed; 32]),
                disk,
            })
            .unwrap();
        Self { core, time }
    }

    fn wait_ms(&self, ms: i64) {
        self.time.fetch_add(ms, Ordering::SeqCst);
    }

    fn send(&self, request: Request<Bytes>) -> Outcome {
        self.core.handle(&request)
    }

    fn outcome(&self, method: &str, path: &str, key: Option<&str>, body: &Value) -> Outcome {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {API_KEY}"));
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        self.send(request.body(Bytes::from(body)).unwrap())
    }

    fn call(&self, method: &str, path: &str, body: Value) -> Got {
        Got::from(self.outcome(method, path, None, &body))
    }

    fn keyed(&self, key: &str, path: &str, body: Value) -> Got {
        Got::from(self.outcome("POST", path, Some(key), &body))
    }

    fn get(&self, path: &str) -> Got {
        self.call("GET", path, Value::Null)
    }

    fn post(&self, path: &str, body: Value) -> Got {
        self.call("POST", path, body)
    }

    /// A payment of 75.00 USD; `more` is merged into the body.
    fn create(&self, more: Value) -> Got {
        self.post("/v1/payments", payment_body(more))
    }

    /// As `curl -d` sends it.
    fn submit(&self, payment: &Value, form: &str) -> Got {
        self.submit_as(payment, form, "*/*")
    }

    fn submit_as(&self, payment: &Value, form: &str, accept: &str) -> Got {
        let path = format!("/checkout/{}", payment["client_token"].as_str().unwrap());
        let request = Request::builder().method("POST").uri(path).header("accept", accept);
        Got::from(self.send(request.body(Bytes::from(form.to_owned())).unwrap()))
    }

    fn behave(&self, behaviour: Value) {
        assert_eq!(self.call("PUT", "/control/behaviour", behaviour).status, 200);
    }

    fn take(&self) -> Vec<Delivery> {
        self.core.take_deliveries(self.core.now_ms())
    }

    /// Takes and acknowledges what is due; the bodies, in order.
    fn events(&self) -> Vec<Value> {
        let taken = self.take();
        for delivery in &taken {
            self.core.delivered(delivery.id, Some(StatusCode::OK));
        }
        taken.iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
    }

    fn event_names(&self) -> Vec<String> {
        self.events().iter().map(|one| one["event"].as_str().unwrap().to_owned()).collect()
    }

    /// Created, approved on the page, and its events taken.
    fn captured(&self) -> Value {
        let payment = self.create(json!({})).body;
        self.submit(&payment, "outcome=approve");
        self.events();
        self.look_up(&payment)
    }

    fn authorized(&self) -> Value {
        let payment = self.create(json!({"capture": "manual"})).body;
        self.submit(&payment, "outcome=approve");
        self.events();
        self.look_up(&payment)
    }

    fn look_up(&self, payment: &Value) -> Value {
        self.get(&path(payment)).body
    }
}

impl From<Outcome> for Got {
    fn from(outcome: Outcome) -> Self {
        let Outcome::Answer(response) = outcome else { panic!("no answer: {outcome:?}") };
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status: response.status().as_u16(), body, text, response }
    }
}

impl Got {
    /// Status and code of a refusal.
    fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["error"]["code"].as_str().unwrap_or_default())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }
}

fn payment_body(more: Value) -> Value {
    let mut body = json!({
        "reference": "PAY_1",
        "amount": 7500,
        "currency": "USD",
        "metadata": {"order_id": "ORD_1"},
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn path(payment: &Value) -> String {
    format!("/v1/payments/{}", payment["id"].as_str().unwrap())
}

fn control_path(payment: &Value, act: &str) -> String {
    format!("/control/payments/{}/{act}", payment["id"].as_str().unwrap())
}
