//! The sandbox: the gateway of the demo and of most tests, with its own API, events and proof of the sender.

mod api;
mod create;
mod event;
mod operations;
mod profile;
mod reading;
mod secrets;
mod settlements;
mod told;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::gateways::answer::Outcome;
use crate::gateways::call::Call;
use crate::gateways::core::{Core, OpenError, Settings};
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::abilities::{Abilities, Keys};
use crate::gateways::ledger::event::Event;
use crate::gateways::ledger::payment::Payment;
use crate::gateways::page;
use crate::gateways::refusal::Refusal;
use crate::gateways::stub::{Asked, Claim, Effect, Proof, Stub, Told};

pub use self::profile::{Profile, UnknownProfile};
pub use self::secrets::{ApiKey, MalformedSecret, WebhookSecret};

/// The credentials of the merchant's account, and the kind of gateway.
#[derive(Debug)]
pub struct Sandbox {
    pub profile: Profile,
    pub api_key: ApiKey,
    pub webhook_secret: WebhookSecret,
}

impl Sandbox {
    pub fn open(self, settings: Settings) -> Result<Core, OpenError> {
        Core::open(Arc::new(self), settings)
    }
}

impl Stub for Sandbox {
    fn abilities(&self) -> Abilities {
        self.profile.abilities()
    }

    fn answer(&self, ledger: &mut Ledger, call: &Call<'_>) -> Outcome {
        let knows = || call.bearer().is_some_and(|presented| self.api_key.matches(presented));
        match call.segments().first() {
            Some(&"v1") if !knows() => Err(Refusal::Unauthorized).into(),
            Some(&"v1") => api::answer(ledger, call),
            _ => page::in_the_language_of(call, Refusal::NotFound).into(),
        }
    }

    fn event(&self, event: &Event, payment: &Payment, now: i64) -> Option<String> {
        event::body(event, payment, now)
    }

    fn headers(
        &self,
        event_id: &str,
        body: &str,
        now: i64,
        proof: Proof,
    ) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", event_id.to_owned()),
        ];
        let nobodys = WebhookSecret::nobodys();
        let secret = match proof {
            Proof::Genuine => &self.webhook_secret,
            Proof::Forged => &nobodys,
        };
        if self.abilities().signed {
            let timestamp = now.div_euclid(1_000);
            let signature = secret.sign(event_id, timestamp, body);
            headers.push(("webhook-timestamp", timestamp.to_string()));
            headers.push(("webhook-signature", signature));
        } else {
            headers.push(("authorization", secret.token().to_owned()));
        }
        headers
    }

    fn asked(&self, request: &Request<Bytes>) -> Asked {
        if request.method() != Method::POST {
            return Asked::LookUp;
        }
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
        let key = key.unwrap_or_default().to_owned();
        let path = request.uri().path().trim_start_matches("/v1/payments");
        let act = |effect, keys: Keys| Asked::Act {
            effect,
            name: key.clone(),
            repeats_safely: keys != Keys::None,
        };
        let able = self.abilities();
        match path.split('/').nth(2) {
            Some("capture") => act(Effect::Capture, able.capture_keys),
            Some("void") => act(Effect::Void, able.capture_keys),
            Some("refunds") => act(Effect::Refund, able.refund_keys),
            Some(_) => act(Effect::Close, Keys::None),
            None => {
                let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
                let name = body.get("reference").and_then(Value::as_str);
                let name = name.unwrap_or_default().to_owned();
                let repeats_safely = able.create_keys != Keys::None;
                Asked::Act { effect: Effect::Create, name, repeats_safely }
            }
        }
    }

    fn told(&self, body: &[u8]) -> Told {
        told::read(body)
    }

    fn success(&self, claim: &Claim<'_>) -> String {
        let body = json!({
            "event": "payment.completed", "payment_id": claim.reference, "order_id": claim.order,
            "status": "succeeded", "id": claim.object, "amount": claim.amount,
            "currency": claim.currency, "metadata": claim.metadata,
        });
        body.to_string()
    }
}
