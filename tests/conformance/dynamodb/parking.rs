//! Parked events.

use std::sync::Arc;

use futures_util::future::join_all;
use quittance::domain::id::OrderId;
use quittance::domain::names::GatewayName;
use quittance::store::Parked;

use super::orders::{NOW, tally};
use crate::{Case, Desk, Stop};

const CONDITIONS: &str = "Condition expressions (developer guide)";
const SIZE: &str = "Item size (developer guide)";
const PUT: &str = "PutItem (DynamoDB API reference)";
const DELETE: &str = "DeleteItem (DynamoDB API reference)";
const UPDATE: &str = "UpdateItem (DynamoDB API reference)";
const SETS: &str = "Update expressions (developer guide)";
const TTL: &str = "Using time to live (developer guide)";
const RACERS: usize = 16;

fn event(desk: &Desk, body: &[u8]) -> Parked {
    let name = desk.name("event");
    Parked::new(&GatewayName::new("g"), Some(&name), body, "why", NOW)
}

fn yes(flag: bool) -> &'static str {
    if flag { "new" } else { "known" }
}

/// Whether the event is parked and returned with its body.
async fn whole(desk: &Desk, body: String) -> Result<String, Stop> {
    let (store, event) = (desk.store(), event(desk, body.as_bytes()));
    let outcome = yes(store.park(&event).await?);
    let read = store.parked(&event.key).await?.map(|event| event.body == body);
    Ok(format!("{outcome} {}", if read == Some(true) { "whole" } else { "not whole" }))
}

pub(super) fn cases() -> Vec<Case> {
    [raced(), sized(), put_back(), ended()].into_iter().flatten().collect()
}

fn raced() -> Vec<Case> {
    vec![
        Case::new("park: an event is parked once", CONDITIONS, "new known", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            let first = yes(store.park(&event).await?);
            Ok(format!("{first} {}", yes(store.park(&event).await?)))
        }),
        Case::new(
            "park: only one of many callers parks an event",
            CONDITIONS,
            "1 new, 15 known",
            |desk| async move {
                let (store, event) = (Arc::new(desk.store()), event(&desk, b"{}"));
                let racers = (0..RACERS).map(|_| {
                    let (store, event) = (Arc::clone(&store), event.clone());
                    async move { store.park(&event).await }
                });
                let outcomes = join_all(racers).await.into_iter().collect::<Result<Vec<_>, _>>()?;
                Ok(tally(&outcomes.into_iter().map(yes).collect::<Vec<_>>()))
            },
        ),
        Case::new(
            "park: as many callers get a place as are left in the hour",
            CONDITIONS,
            "3 place, 13 none",
            |desk| async move {
                let store = Arc::new(desk.store());
                // An hour that only this case uses.
                let name = desk.name("hour");
                let hour = name.bytes().fold(0, |n, byte| (n * 31 + i64::from(byte)) % 1_000_000);
                let hour = NOW.plus(3600 * hour);
                let racers = (0..RACERS).map(|_| {
                    let store = Arc::clone(&store);
                    async move { store.take_place(hour, 3).await }
                });
                let outcomes = join_all(racers).await.into_iter().collect::<Result<Vec<_>, _>>()?;
                let word = |place| if place { "place" } else { "none" };
                Ok(tally(&outcomes.into_iter().map(word).collect::<Vec<_>>()))
            },
        ),
    ]
}

fn sized() -> Vec<Case> {
    vec![
        Case::new("an event of 256 KiB fits one item", SIZE, "new whole", |desk| async move {
            whole(&desk, "b".repeat(256 * 1024)).await
        }),
        Case::new(
            "an event of 512 KiB in two-byte characters fits two",
            SIZE,
            "new whole",
            |desk| async move { whole(&desk, "é".repeat(256 * 1024)).await },
        ),
        Case::new("an event without a body is kept", PUT, "new whole", |desk| async move {
            whole(&desk, String::new()).await
        }),
    ]
}

fn put_back() -> Vec<Case> {
    vec![
        Case::new("an event is put back over itself", PUT, "1 try", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            store.park(&event).await?;
            store.park_again(&event.clone().tried(NOW)).await?;
            let tries = store.parked(&event.key).await?.map_or(0, |event| event.tries);
            Ok(format!("{tries} try"))
        }),
        Case::new("a missing event is not put back", CONDITIONS, "none", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            store.park_again(&event).await?;
            Ok(store.parked(&event.key).await?.map_or("none", |_| "some").to_owned())
        }),
        Case::new("the events of an order are a set", SETS, "two", |desk| async move {
            let (store, order) = (desk.store(), OrderId::from_random([7; 16]));
            let mut noted = Vec::new();
            for key in ["P#g#one", "P#g#two", "P#g#three", "P#g#one"] {
                let known = Parked { key: key.to_owned(), ..event(&desk, b"{}") };
                noted.push(store.note_parked(&order, &known, 2).await?);
            }
            let known = store.parked_of(&order).await?;
            let bounded = known == ["P#g#one", "P#g#two"] && noted == [true, true, false, true];
            Ok(if bounded { "two".to_owned() } else { format!("{known:?} {noted:?}") })
        }),
    ]
}

fn ended() -> Vec<Case> {
    vec![
        Case::new("an event is emptied and no longer due", UPDATE, "empty", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, "b".repeat(300 * 1024).as_bytes()));
            store.park(&event).await?;
            store.erase_parked(&event.key).await?;
            let left = store.parked(&event.key).await?;
            let is_empty = left.is_some_and(|left| left.body.is_empty() && left.due_at.is_none());
            store.park_again(&event).await?;
            let kept = store.parked(&event.key).await?.is_some_and(|left| left.body.is_empty());
            Ok(if is_empty && kept { "empty" } else { "not empty" }.to_owned())
        }),
        Case::new("a merged event is deleted", DELETE, "none", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            store.park(&event).await?;
            store.unpark(&event.key).await?;
            Ok(store.parked(&event.key).await?.map_or("none", |_| "some").to_owned())
        }),
        Case::new("deleting an event twice is no error", DELETE, "none", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            store.unpark(&event.key).await?;
            store.unpark(&event.key).await?;
            Ok(store.parked(&event.key).await?.map_or("none", |_| "some").to_owned())
        }),
        Case::new("an event whose time to live is ahead is kept", TTL, "some", |desk| async move {
            let (store, event) = (desk.store(), event(&desk, b"{}"));
            store.park(&event).await?;
            Ok(store.parked(&event.key).await?.map_or("none", |_| "some").to_owned())
        }),
    ]
}
