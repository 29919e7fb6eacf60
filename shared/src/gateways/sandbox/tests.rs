//! The sandbox against the contract of all gateways. The submodules test its own behaviour.

mod forgeries;
mod look_ups;
mod opening;
mod requests;

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use super::open;
use crate::domain::attempt::CaptureMode;
use crate::domain::id::PaymentId;
use crate::domain::money::{Currency, Money};
use crate::domain::phase::Phase;
use crate::domain::time::Timestamp;
use crate::gateways::contract::{self, Canned, Fixtures, OneCapture};
use crate::ports::Create;
use crate::standard_webhooks::{self, SigningKey};

const PAYMENT: &str = "PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A";
const OBJECT: &str = "pay_0000000000000000000001Q7";
const API_KEY: &str = "sbx_test_7d1f";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const PENDING: &str = include_str!("fixtures/pending.json");
const AUTHORIZED: &str = include_str!("fixtures/authorized.json");
const CAPTURED: &str = include_str!("fixtures/captured.json");
const CANCELED: &str = include_str!("fixtures/canceled.json");
const KEY_REUSED: &str = include_str!("fixtures/key_reused.json");
const UNAUTHORIZED: &str = include_str!("fixtures/unauthorized.json");
const NOT_FOUND: &str = include_str!("fixtures/not_found.json");
const REFUSED: &str = include_str!("fixtures/refused.json");
const INTERNAL_ERROR: &str = include_str!("fixtures/internal_error.json");
const EMPTY_LIST: &str = include_str!("fixtures/empty_list.json");

#[tokio::test]
async fn the_sandbox_keeps_the_contract() {
    contract::check(&fixtures("full", sign)).await;
    contract::check(&fixtures("phonepe-like", show_token)).await;
    contract::check(&fixtures("razorpay-like", sign)).await;
    contract::check(&fixtures("no-keys", sign)).await;
}

fn fixtures(profile: &str, sign: fn(&[u8], Timestamp) -> HeaderMap) -> Fixtures {
    Fixtures {
        open,
        secret: secret(profile),
        hidden: &[API_KEY, WEBHOOK_SECRET],
        create: create(),
        name_of: |request| Some(request.headers().get("idempotency-key")?.to_str().ok()?.into()),
        declined: canned(402, include_str!("fixtures/declined.json")),
        refused: canned(422, REFUSED),
        unclear: vec![
            canned(409, KEY_REUSED),
            canned(422, KEY_REUSED),
            canned(429, INTERNAL_ERROR),
            canned(500, INTERNAL_ERROR),
            canned(302, ""),
            canned(200, "<html>"),
            canned(404, "<html>no such route"),
            canned(402, REFUSED),
            canned(201, &PENDING.replace(PAYMENT, "PAY_of_somebody_else")),
        ],
        statuses: vec![
            (listed(PENDING), Phase::Pending),
            (listed(AUTHORIZED), Phase::Authorized),
            (listed(CAPTURED), Phase::Captured),
            (listed(include_str!("fixtures/failed.json")), Phase::Failed),
            (listed(CANCELED), Phase::Canceled),
            (listed(include_str!("fixtures/expired.json")), Phase::Expired),
        ],
        strange_status: listed(include_str!("fixtures/frozen.json")),
        absent: canned(200, EMPTY_LIST),
        unavailable: vec![
            canned(500, INTERNAL_ERROR),
            canned(401, UNAUTHORIZED),
            canned(404, NOT_FOUND),
            canned(200, "<html>"),
            listed(&CAPTURED.replace("\"USD\"", "\"???\"")),
            listed(&CAPTURED.replace("\"amount_captured\": 7500", "\"amount_captured\": 0")),
        ],
        one_capture: OneCapture {
            create: canned(201, CAPTURED),
            look_up: listed(CAPTURED),
            list: canned(200, include_str!("fixtures/list.json")),
            event: include_str!("fixtures/event_completed.json"),
        },
        sign,
        unknown_event: include_str!("fixtures/event_unknown.json"),
    }
}

fn canned(status: u16, body: &str) -> Canned {
    (status, body.to_owned())
}

fn listed(payment: &str) -> Canned {
    (200, format!(r#"{{"payments":[{payment}],"next_cursor":null}}"#))
}

fn secret(profile: &str) -> String {
    format!(
        r#"{{"mode":"test","api_key":"{API_KEY}","base_url":"http://127.0.0.1:3001","profile":"{profile}",
        "webhook_secrets":[{{"id":"w1","key":"{WEBHOOK_SECRET}","not_after":null}}]}}"#
    )
}

fn create() -> Create {
    let payment = PaymentId::parse(PAYMENT).unwrap();
    Create {
        order: payment.order(),
        payment,
        amount: Money::new(7500, Currency::from_code("USD").unwrap()),
        mode: CaptureMode::Automatic,
        method: None,
        return_url: Some("https://shop.example/return".to_owned()),
        expires_in_seconds: 86_400,
        metadata: BTreeMap::from([("cart".to_owned(), "17".to_owned())]),
        stack: Some("quittance".to_owned()),
        cart: None,
    }
}

fn sign(body: &[u8], now: Timestamp) -> HeaderMap {
    let key = SigningKey::parse(WEBHOOK_SECRET).unwrap();
    let signature = standard_webhooks::sign([&key], "evt_1", now.unix(), body);
    headers(&[
        (standard_webhooks::ID, "evt_1"),
        (standard_webhooks::TIMESTAMP, &now.unix().to_string()),
        (standard_webhooks::SIGNATURE, &signature),
    ])
}

/// The headers of the profiles that do not sign.
fn show_token(_: &[u8], _: Timestamp) -> HeaderMap {
    let token = HEXLOWER.encode(&Sha256::digest(WEBHOOK_SECRET));
    headers(&[(standard_webhooks::ID, "evt_1"), (AUTHORIZATION.as_str(), &token)])
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        })
        .collect()
}
