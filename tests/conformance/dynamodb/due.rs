//! The index of unfinished work: what enters it, what leaves it, and what a page contains.

use std::time::Duration;

use quittance::domain::names::GatewayName;
use quittance::domain::order::Order;
use quittance::domain::time::Timestamp;
use quittance::store::{DueKey, Parked, Store};

use super::orders::{NOW, next, open};
use crate::{Case, Desk, Stop};

const SPARSE: &str = "Sparse indexes (developer guide)";
const QUERY: &str = "Query (DynamoDB API reference)";
const UPDATES: &str = "Update expressions (developer guide)";
const INDEXES: &str = "Using global secondary indexes (developer guide)";

/// An index follows its table within a fraction of a second.
pub(super) const TRIES_MAX: usize = 20;
pub(super) const TRY_EVERY: Duration = Duration::from_millis(100);

pub(super) fn cases() -> Vec<Case> {
    [marks(), moves(), pages(), pushed()].into_iter().flatten().collect()
}

/// The due entries, once the index shows this many; the latest state if it never does.
pub(super) async fn settled(
    store: &Store,
    shard: u32,
    now: Timestamp,
    entries: usize,
) -> Result<Vec<DueKey>, Stop> {
    for _ in 0..TRIES_MAX {
        let due = keys(store, shard, now).await?;
        if due.len() == entries {
            return Ok(due);
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
    keys(store, shard, now).await
}

async fn keys(store: &Store, shard: u32, now: Timestamp) -> Result<Vec<DueKey>, Stop> {
    Ok(store.due(shard.into(), now).await?.into_iter().map(|due| due.key).collect())
}

fn shard(order: &Order) -> u32 {
    order.due_s.unwrap_or_default()
}

async fn count(
    store: &Store,
    order: &Order,
    now: Timestamp,
    entries: usize,
) -> Result<String, Stop> {
    Ok(settled(store, shard(order), now, entries).await?.len().to_string())
}

fn marks() -> Vec<Case> {
    vec![
        Case::new(
            "an order is found in the index when it is due, not a second earlier",
            QUERY,
            "0 1",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let at = order.due_at.unwrap_or_default();
                let due = count(&store, &order, at, 1).await?;
                let before = count(&store, &order, at.plus(-1), 0).await?;
                Ok(format!("{before} {due}"))
            },
        ),
        Case::new("the index shows the order's name", INDEXES, "the order", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            store.create(&order).await?;
            let at = order.due_at.unwrap_or_default();
            let due = settled(&store, shard(&order), at, 1).await?;
            let same = due == [DueKey::Order(order.id.clone())];
            Ok(if same { "the order" } else { "something else" }.to_owned())
        }),
        Case::new("an order without marks is not in the index", SPARSE, "0", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            let quiet = Order { due_at: None, due_s: None, ..order.clone() };
            store.create(&quiet).await?;
            count(&store, &order, NOW.plus(1_000_000), 0).await
        }),
    ]
}

fn moves() -> Vec<Case> {
    vec![
        Case::new(
            "an order leaves the index with its marks and enters it again",
            SPARSE,
            "1 0 1",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                let late = NOW.plus(1_000_000);
                store.create(&order).await?;
                let first = count(&store, &order, late, 1).await?;
                let quiet = Order { due_at: None, due_s: None, ..next(&order, "w2") };
                store.save(&order, &quiet).await?;
                let then = count(&store, &order, late, 0).await?;
                let again = Order { version: 3, ..order.clone() };
                store.save(&quiet, &again).await?;
                Ok(format!("{first} {then} {}", count(&store, &order, late, 1).await?))
            },
        ),
        Case::new(
            "an order whose time moves is found only at its new time",
            INDEXES,
            "0 1",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let later = order.due_at.map(|at| at.plus(600));
                let moved = Order { due_at: later, ..next(&order, "w2") };
                store.save(&order, &moved).await?;
                let at = order.due_at.unwrap_or_default();
                let before = count(&store, &order, at, 0).await?;
                Ok(format!("{before} {}", count(&store, &order, at.plus(600), 1).await?))
            },
        ),
    ]
}

/// Parks this many events in one shard, the last one due first.
async fn park(desk: &Desk, store: &Store, shard: u32, events: i64) -> Result<(), Stop> {
    for n in 0..events {
        let name = desk.name("event");
        let gateway = GatewayName::new("g");
        let mut event = Parked::new(&gateway, Some(&name), b"{}", "why", NOW);
        event.due_s = Some(shard.into());
        event.due_at = Some(NOW.plus(events - n));
        store.park(&event).await?;
    }
    Ok(())
}

fn pages() -> Vec<Case> {
    vec![
        Case::new("a page has fifty entries", QUERY, "50", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            park(&desk, &store, shard(&order), 60).await?;
            count(&store, &order, NOW.plus(1000), 50).await
        }),
        Case::new("what is due first comes first", QUERY, "ascending", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            park(&desk, &store, shard(&order), 5).await?;
            let mut times = Vec::new();
            for key in settled(&store, shard(&order), NOW.plus(1000), 5).await? {
                if let DueKey::Parked(key) = key {
                    times.push(store.parked(&key).await?.and_then(|event| event.due_at));
                }
            }
            let ascending = times.len() == 5 && times.is_sorted();
            Ok(if ascending { "ascending".to_owned() } else { format!("{times:?}") })
        }),
        Case::new("a shard shows only its own entries", QUERY, "0", |desk| async move {
            let (store, order, other) = (desk.store(), open(&desk), open(&desk));
            store.create(&order).await?;
            count(&store, &other, NOW.plus(1_000_000), 0).await
        }),
    ]
}

fn pushed() -> Vec<Case> {
    vec![
        Case::new(
            "an entry is pushed back, and its order's version stays",
            UPDATES,
            "0 1 version 1",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let at = order.due_at.unwrap_or_default();
                store.push_back(&DueKey::Order(order.id.clone()), at.plus(60)).await?;
                let before = count(&store, &order, at, 0).await?;
                let after = count(&store, &order, at.plus(60), 1).await?;
                let version = store.order(&order.id).await?.map_or(0, |order| order.version);
                Ok(format!("{before} {after} version {version}"))
            },
        ),
        Case::new("an order without a time is not given one", UPDATES, "none", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            let quiet = Order { due_at: None, due_s: None, ..order.clone() };
            store.create(&quiet).await?;
            store.push_back(&DueKey::Order(order.id.clone()), NOW).await?;
            let read = store.order(&order.id).await?.and_then(|order| order.due_at);
            Ok(read.map_or("none", |_| "some").to_owned())
        }),
        Case::new("a push-back creates no missing order", UPDATES, "none", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            store.push_back(&DueKey::Order(order.id.clone()), NOW).await?;
            Ok(store.order(&order.id).await?.map_or("none", |_| "some").to_owned())
        }),
        Case::new(
            "an entry that is not ours is pushed back too",
            UPDATES,
            "0 1",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                let number = |n: i64| serde_json::json!({ "N": n.to_string() });
                let marks = serde_json::json!({
                    "due_s": number(i64::from(shard(&order))), "due_at": number(NOW.unix()),
                });
                let row = super::Row::of(&desk, marks).await?;
                store.push_back(&DueKey::Unreadable(row.key), NOW.plus(60)).await?;
                let before = count(&store, &order, NOW, 0).await?;
                Ok(format!("{before} {}", count(&store, &order, NOW.plus(60), 1).await?))
            },
        ),
    ]
}
