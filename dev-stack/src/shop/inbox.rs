//! The confirmations that the shop received: verified, stored once each, and shown.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::cart::Cart;
use super::signature::{Envelope, keys};
use super::{Shop, pages};
use crate::disk::{Change, Disk, DiskError};
use crate::{seeds, site};

const COLLECTION: &str = "shop-inbox";

/// A confirmation takes about a kilobyte on the page.
const PER_PAGE: usize = 20;

/// A confirmation, with its last delivery as it arrived, so that anyone can check it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Confirmation {
    pub(super) webhook_id: String,
    /// When it first arrived.
    pub(super) received_at: String,
    /// How often it was received.
    pub(super) count: u64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) body: Value,
    pub(super) payload: String,
    pub(super) timestamp: String,
    pub(super) signature: String,
    /// Its place among all, oldest first.
    position: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default = "first")]
    page: usize,
}

fn first() -> usize {
    1
}

/// One page of many.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) number: usize,
    pub(super) last: usize,
    pub(super) newer: Option<usize>,
    pub(super) older: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Inbox {
    disk: Disk,
    known: Mutex<BTreeMap<String, Confirmation>>,
}

/// `POST /webhooks/quittance`. A 2xx means that the confirmation is stored; after anything else it is
/// sent again.
pub(super) async fn receive(
    State(shop): State<Shop>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    let shop = shop.0;
    let envelope = Envelope::of(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let secret = seeds::current(&shop.settings.secrets, &shop.settings.delivery_secret);
    let now_ms = shop.settings.clock.now_ms();
    let keys = keys(&secret.unwrap_or_default(), now_ms);
    if !envelope.is_genuine(&body, &keys, shop.settings.clock.outside_ms()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let payload = str::from_utf8(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let kept = shop.inbox.keep(envelope, payload, now_ms);
    kept.map_err(|error| {
        tracing::error!(%error, "a confirmation could not be stored");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /inbox`: all confirmations as JSON if asked for, otherwise page by page for people.
pub(super) async fn show(
    State(shop): State<Shop>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let confirmations = shop.0.inbox.all();
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        return Json(json!({ "confirmations": confirmations })).into_response();
    }
    let number = asked.map_or(1, |Query(asked)| asked.page);
    let (shown, leaf) = leaf(&confirmations, number);
    let shown = shown.map(|confirmation| {
        let order = confirmation.order_id().and_then(|id| shop.0.visits.named(id));
        (confirmation, order)
    });
    let shown: Vec<_> = shown.collect();
    let elsewhere = shop.confirmations_elsewhere();
    shop.page(pages::inbox(&shown, &leaf, elsewhere, Cart::of(&headers).count()))
}

impl Shop {
    /// Where confirmations go, if not here.
    fn confirmations_elsewhere(&self) -> Option<String> {
        let settings = &self.0.settings;
        let secret = seeds::current(&settings.secrets, &settings.delivery_secret)?;
        let url = secret.get("url").and_then(Value::as_str)?;
        (!url.starts_with(&format!("{}/", settings.shop_url))).then(|| url.to_owned())
    }
}

/// The latest first, because people look for those. A page number out of range gives the nearest page.
fn leaf(all: &[Confirmation], number: usize) -> (impl Iterator<Item = &Confirmation>, Leaf) {
    let last = all.len().div_ceil(PER_PAGE).max(1);
    let number = number.clamp(1, last);
    let shown = all.iter().rev().skip((number - 1) * PER_PAGE).take(PER_PAGE);
    let leaf = Leaf {
        number,
        last,
        newer: (number > 1).then(|| number - 1),
        older: (number < last).then(|| number + 1),
    };
    (shown, leaf)
}

impl Confirmation {
    pub(super) fn order_id(&self) -> Option<&str> {
        self.body.pointer("/data/order_id")?.as_str()
    }

    pub(super) fn amount(&self) -> Option<String> {
        let currency = self.body.pointer("/data/currency")?.as_str()?;
        let amount = self.body.pointer("/data/amount")?.as_u64()?;
        Some(format!("{} {currency}", site::number(amount, currency)))
    }

    /// When it first arrived, for people.
    pub(super) fn received(&self) -> String {
        let at = OffsetDateTime::parse(&self.received_at, &Rfc3339);
        at.map(site::moment).unwrap_or_default()
    }
}

impl Inbox {
    pub(super) fn open(disk: Disk) -> Result<Self, DiskError> {
        let known = disk.all(COLLECTION)?.into_iter().collect();
        Ok(Self { disk, known: Mutex::new(known) })
    }

    /// Stores a confirmation before it is acknowledged. A repeat is counted and keeps its place and first
    /// time.
    fn keep(&self, envelope: Envelope, payload: &str, now_ms: i64) -> Result<(), DiskError> {
        let mut known = self.known();
        let before = known.get(&envelope.id);
        let body: Value = serde_json::from_str(payload).unwrap_or_default();
        let kind = body.get("type").and_then(Value::as_str);
        let at = OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000)).ok();
        let first_at = || at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default();
        let confirmation = Confirmation {
            webhook_id: envelope.id,
            received_at: before.map_or_else(first_at, |before| before.received_at.clone()),
            count: before.map_or(1, |before| before.count.saturating_add(1)),
            kind: kind.unwrap_or_default().to_owned(),
            body,
            payload: payload.to_owned(),
            timestamp: envelope.timestamp,
            signature: envelope.signature,
            position: before.map_or(known.len(), |before| before.position),
        };
        let id = confirmation.webhook_id.clone();
        self.disk.write(&[Change::put(COLLECTION, id.as_str(), &confirmation)?])?;
        known.insert(id, confirmation);
        Ok(())
    }

    fn all(&self) -> Vec<Confirmation> {
        let mut all: Vec<Confirmation> = self.known().values().cloned().collect();
        all.sort_by_key(|confirmation| confirmation.position);
        all
    }

    /// The confirmations about one order, oldest first.
    pub(super) fn about(&self, order_id: &str) -> Vec<Confirmation> {
        let mut all = self.all();
        all.retain(|confirmation| confirmation.order_id() == Some(order_id));
        all
    }

    /// Every statement leaves the map whole, so a poisoned lock is safe to use.
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Confirmation>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
