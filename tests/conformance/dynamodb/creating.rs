//! Exactly one of several orders with the same id is written.

use std::sync::Arc;

use futures_util::future::join_all;
use quittance::domain::names::Nonce;
use quittance::domain::order::{Customer, Order};
use quittance::store::{Created, Store};

use super::orders::{compared, created, open, tally, usd};
use crate::{Case, Stop};

const PUT: &str = "PutItem (DynamoDB API reference)";
const CONDITIONS: &str = "Condition expressions (developer guide)";
const RACERS: usize = 16;

pub(super) fn cases() -> Vec<Case> {
    [written_once(), stored()].into_iter().flatten().collect()
}

fn written_once() -> Vec<Case> {
    vec![
        Case::new("create: a new order is written", CONDITIONS, "won same", |desk| async move {
            written(&desk.store(), &open(&desk)).await
        }),
        Case::new(
            "create: an existing order stays, and the failure returns it",
            PUT,
            "exists same same",
            |desk| async move {
                let (store, first) = (desk.store(), open(&desk));
                store.create(&first).await?;
                let total = usd(1);
                let second = Order { writer: Nonce("w2".to_owned()), total, ..first.clone() };
                let outcome = store.create(&second).await?;
                let returned = match &outcome {
                    Created::Exists(known) => compared(Some(known), &first),
                    Created::Won => "nothing",
                };
                let read = store.order(&first.id).await?;
                Ok(format!("{} {returned} {}", created(&outcome), compared(read.as_ref(), &first)))
            },
        ),
        Case::new(
            "create: a writer whose answer was lost knows its own order",
            PUT,
            "won",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                Ok(created(&store.create(&order).await?).to_owned())
            },
        ),
        Case::new(
            "create: only one of many writers wins",
            CONDITIONS,
            "1 won, 15 exists",
            |desk| async move {
                let (store, order) = (Arc::new(desk.store()), open(&desk));
                let racers = (0..RACERS).map(|n| {
                    let order = Order { writer: Nonce(format!("racer {n}")), ..order.clone() };
                    let store = Arc::clone(&store);
                    async move { store.create(&order).await }
                });
                let outcomes = join_all(racers).await;
                let outcomes = outcomes.into_iter().collect::<Result<Vec<Created>, _>>()?;
                Ok(tally(&outcomes.iter().map(created).collect::<Vec<_>>()))
            },
        ),
    ]
}

fn stored() -> Vec<Case> {
    vec![
        Case::new(
            "a missing order is not found",
            "GetItem (DynamoDB API reference)",
            "none",
            |desk| async move {
                let read = desk.store().order(&open(&desk).id).await?;
                Ok(read.map_or("none", |_| "some").to_owned())
            },
        ),
        Case::new("empty strings come back empty", PUT, "won same", |desk| async move {
            let mut order = open(&desk);
            order.details.reference = Some(String::new());
            let name = Some(String::new());
            order.details.customer = Some(Customer { name, ..Customer::default() });
            order.details.metadata = [("k".to_owned(), String::new())].into();
            written(&desk.store(), &order).await
        }),
        Case::new(
            "the largest amount comes back to the unit",
            "Data types (developer guide)",
            "won same",
            |desk| async move {
                let order = Order { total: usd(999_999_999_999), ..open(&desk) };
                written(&desk.store(), &order).await
            },
        ),
        Case::new(
            "an order of nearly 64 KiB is written",
            "Item size (developer guide)",
            "won same",
            |desk| async move {
                let mut order = open(&desk);
                let text = "é".repeat(250);
                order.details.metadata =
                    (0..120).map(|n| (format!("{n:03}"), text.clone())).collect();
                written(&desk.store(), &order).await
            },
        ),
    ]
}

/// The result of creating the order, and whether it reads back as written.
async fn written(store: &Store, order: &Order) -> Result<String, Stop> {
    let outcome = store.create(order).await?;
    let read = store.order(&order.id).await?;
    Ok(format!("{} {}", created(&outcome), compared(read.as_ref(), order)))
}
