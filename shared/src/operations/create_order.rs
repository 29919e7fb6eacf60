//! Records an order. No money moves. A retry with the same key finds what the first call recorded.

use crate::app::App;
use crate::domain::capabilities::Rules;
use crate::domain::changes::EventKind;
use crate::domain::due::set_due;
use crate::domain::history::{HistoryEntry, Source};
use crate::domain::id::OrderId;
use crate::domain::idempotency::{Fingerprint, Key};
use crate::domain::money::Money;
use crate::domain::order::{Details, Order};
use crate::pause::{self, Point};
use crate::store::{Created, StoreError};
use crate::telemetry;

#[derive(Clone, Debug)]
pub struct NewOrder {
    pub total: Money,
    pub details: Details,
    pub expires_in_seconds: i64,
    pub key: Option<Key>,
    pub fingerprint: Fingerprint,
}

#[derive(Debug)]
pub enum OrderRecorded {
    New(Box<Order>),
    Replayed(Box<Order>),
}

#[derive(Debug, thiserror::Error)]
pub enum CreateOrderError {
    #[error("the key was used for another request")]
    KeyReused,
    #[error("another key has the same id")]
    IdCollision,
    #[error("the order is too large to be stored")]
    TooLarge,
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateOrderError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooLarge => Self::TooLarge,
            StoreError::Unavailable(_)
            | StoreError::Shape(_)
            | StoreError::Foreign
            | StoreError::Contended => Self::Store(error),
        }
    }
}

const SCOPE: &str = "orders";

pub async fn create_order(app: &App, new: NewOrder) -> Result<OrderRecorded, CreateOrderError> {
    let order = open(app, new);
    let created = app.store.create(&order).await?;
    pause::reached(&app.config, Point::OrderRecorded).await;
    match created {
        Created::Won => Ok(OrderRecorded::New(Box::new(order))),
        Created::Exists(known) if known.key_hash != order.key_hash => {
            Err(CreateOrderError::IdCollision)
        }
        Created::Exists(known) if !known.fingerprint.is_of(&order.fingerprint) => {
            Err(CreateOrderError::KeyReused)
        }
        Created::Exists(known) => Ok(OrderRecorded::Replayed(known)),
    }
}

fn open(app: &App, new: NewOrder) -> Order {
    let now = app.clock.now();
    let id = new.key.as_ref().map_or_else(|| app.ids.order_id(), OrderId::from_key);
    let expires_at = now.plus(new.expires_in_seconds);
    let created = HistoryEntry {
        at: now,
        source: Source::Merchant,
        what: EventKind::OrderCreated.what().to_owned(),
        attempt: None,
        by: telemetry::caller(),
    };
    let mut order = Order {
        writer: app.ids.nonce(),
        fingerprint: new.fingerprint,
        key_hash: new.key.map(|key| key.hash(SCOPE)),
        details: new.details,
        history: vec![created],
        ..Order::open(id, new.total, now, expires_at)
    };
    let rules = Rules { due_shards: app.config.due_shards, ..Rules::default() };
    set_due(&mut order, &rules, now);
    order
}
