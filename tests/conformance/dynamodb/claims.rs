//! The claim without a prior read, with each clause of its condition true and false.

use std::sync::Arc;

use futures_util::future::join_all;
use quittance::domain::money::{Currency, Money};
use quittance::domain::order::{ATTEMPTS_MAX, Ending, Order, State};
use quittance::store::{Claimed, DueKey};

use super::orders::{NOW, attempt, claim, claimed, compared, open, payment, tally, usd};
use crate::{Case, Desk, Stop};

const CONDITIONS: &str =
    "Condition and filter expressions, operators and functions (developer guide)";
const UPDATES: &str = "Update expressions (developer guide)";
const UPDATE: &str = "UpdateItem (DynamoDB API reference)";
const RACERS: usize = 16;

type Change = fn(&mut Order);

pub(super) fn cases() -> Vec<Case> {
    [clauses(), boundaries(), effects(), races()].into_iter().flatten().collect()
}

async fn outcome(desk: &Desk, change: Change) -> Result<String, Stop> {
    let (store, mut order) = (desk.store(), open(desk));
    change(&mut order);
    store.create(&order).await?;
    let outcome = claim(&store, &order, 0, "mine").await?;
    // A refusal changes nothing and returns the order as it is.
    let unchanged = match &outcome {
        Claimed::Refused(shown) => {
            let read = store.order(&order.id).await?;
            format!(" {} {}", compared(Some(shown), &order), compared(read.as_ref(), &order))
        }
        Claimed::Won(_) | Claimed::NoSuchOrder => String::new(),
    };
    Ok(format!("{}{unchanged}", claimed(&outcome)))
}

/// Each case makes exactly one clause of the condition false.
fn clauses() -> Vec<Case> {
    let clauses: [(&str, Change); 14] = [
        ("is paid", |order| order.state = State::Paid),
        ("is expired", |order| order.state = State::Expired),
        ("is canceled", |order| order.state = State::Canceled),
        ("expires now", |order| order.expires_at = NOW),
        ("expired a second ago", |order| order.expires_at = NOW.plus(-1)),
        ("asks for another amount", |order| order.total = usd(7499)),
        ("asks for another currency", |order| {
            order.total = Money::new(7500, Currency::from_code("EUR").unwrap());
        }),
        ("has a capture in review", |order| order.review_open = Some(true)),
        ("has no capture in review, stored as false", |order| order.review_open = Some(false)),
        ("is being canceled", |order| order.ending = Some(Ending::Cancel)),
        ("is expiring", |order| order.ending = Some(Ending::Expire)),
        ("has another live attempt", |order| order.live = Some(payment(order, 1))),
        ("has seen this attempt", |order| {
            order.attempts = [(payment(order, 0), attempt("other"))].into();
        }),
        ("has twenty attempts", |order| order.attempts = attempts(order, ATTEMPTS_MAX)),
    ];
    let case = |(which, change): (&str, Change)| {
        let name = format!("claim: no claim on an order that {which}");
        Case::new(name, CONDITIONS, "refused same same", move |desk| async move {
            outcome(&desk, change).await
        })
    };
    clauses.into_iter().map(case).collect()
}

/// The first attempts without the claimed one.
fn attempts(
    order: &Order,
    n: usize,
) -> std::collections::BTreeMap<quittance::domain::id::PaymentId, quittance::domain::attempt::Attempt>
{
    (1..=n).map(|n| (payment(order, n), attempt("other"))).collect()
}

/// The states closest to those.
fn boundaries() -> Vec<Case> {
    let states: [(&str, Change); 4] = [
        ("that is open", |_| {}),
        ("that is open for one more second", |order| order.expires_at = NOW.plus(1)),
        ("with nineteen attempts", |order| order.attempts = attempts(order, ATTEMPTS_MAX - 1)),
        ("that is due already", |order| order.due_at = Some(NOW)),
    ];
    let case = |(which, change): (&str, Change)| {
        let name = format!("claim: an order {which} is claimed");
        Case::new(name, CONDITIONS, "won", move |desk| async move { outcome(&desk, change).await })
    };
    states.into_iter().map(case).collect()
}

fn effects() -> Vec<Case> {
    vec![
        Case::new(
            "claim: a claim creates no missing order",
            CONDITIONS,
            "no such order, none",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                let outcome = claim(&store, &order, 0, "mine").await?;
                let read = store.order(&order.id).await?.map_or("none", |_| "some");
                Ok(format!("{}, {read}", claimed(&outcome)))
            },
        ),
        Case::new(
            "claim: a claim returns the updated order",
            UPDATE,
            "same, version 2, live 0, 1 entry",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let Claimed::Won(image) = claim(&store, &order, 0, "mine").await? else {
                    return Ok("refused".to_owned());
                };
                let read = store.order(&order.id).await?;
                let same = compared(read.as_ref(), &image);
                let live = (image.live == Some(payment(&order, 0))).then_some(0);
                let live = live.map_or("none".to_owned(), |n| n.to_string());
                let (version, entries) = (image.version, image.history.len());
                Ok(format!("{same}, version {version}, live {live}, {entries} entry"))
            },
        ),
        Case::new("claim: a claimed order is due", UPDATES, "due", |desk| async move {
            let (store, order) = (desk.store(), open(&desk));
            let order = Order { due_at: None, due_s: None, ..order };
            store.create(&order).await?;
            let Claimed::Won(image) = claim(&store, &order, 0, "mine").await? else {
                return Ok("refused".to_owned());
            };
            let shard = image.due_s.unwrap_or_default();
            let due = super::due::settled(&store, shard, NOW.plus(60), 1).await?;
            Ok(if due == [DueKey::Order(order.id)] { "due" } else { "not due" }.to_owned())
        }),
        Case::new(
            "claim: a claimant whose answer was lost knows its own claim",
            UPDATE,
            "won",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                claim(&store, &order, 0, "mine").await?;
                Ok(claimed(&claim(&store, &order, 0, "mine").await?).to_owned())
            },
        ),
    ]
}

fn races() -> Vec<Case> {
    let race = |name: &str, attempt: fn(usize) -> usize| {
        Case::new(name, CONDITIONS, "1 won, 15 refused, version 2", move |desk| async move {
            let (store, order) = (Arc::new(desk.store()), open(&desk));
            store.create(&order).await?;
            let racers = (0..RACERS).map(|n| {
                let (store, order) = (Arc::clone(&store), order.clone());
                async move { claim(&store, &order, attempt(n), &format!("racer {n}")).await }
            });
            let outcomes = join_all(racers).await.into_iter().collect::<Result<Vec<_>, _>>()?;
            let version = store.order(&order.id).await?.map_or(0, |order| order.version);
            let tally = tally(&outcomes.iter().map(claimed).collect::<Vec<_>>());
            Ok(format!("{tally}, version {version}"))
        })
    };
    vec![
        race("claim: only one of many claims of different attempts wins", |n| n),
        race("claim: only one of many claims of one attempt wins", |_| 0),
    ]
}
