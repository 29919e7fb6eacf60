//! Differences between two images are written only if nobody has written in between.

use std::sync::Arc;

use futures_util::future::join_all;
use quittance::domain::history::{HistoryEntry, Source};
use quittance::domain::id::OperationId;
use quittance::domain::idempotency::Fingerprint;
use quittance::domain::ledger::{
    Capture, CaptureClass, Dispute, Operation, OperationKind, Reason, Refund,
};
use quittance::domain::names::{
    CaptureId, DisputeId, GatewayRefundId, MessageId, ObjectId, TargetName,
};
use quittance::domain::order::{
    ATTEMPTS_MAX, ENTRIES_MAX, Ending, HISTORY_MAX, Order, Outgoing, State, Winner,
};
use quittance::store::Saved;
use serde_json::json;

use super::orders::{NOW, attempt, compared, next, open, payment, saved, tally, usd};
use crate::{Case, Desk, Stop};

const UPDATES: &str = "Update expressions (developer guide)";
const CONDITIONS: &str = "Condition expressions (developer guide)";
const UPDATE: &str = "UpdateItem (DynamoDB API reference)";
const RACERS: usize = 16;

type Change = fn(&mut Order);

pub(super) fn cases() -> Vec<Case> {
    [outcomes(), attributes(), full(), races()].into_iter().flatten().collect()
}

fn outcomes() -> Vec<Case> {
    vec![
        Case::new(
            "change: a change of the image that was read is written",
            CONDITIONS,
            "won same",
            |desk| async move {
                let order = open(&desk);
                let after = Order { polls: 9, ..next(&order, "w2") };
                replaced(&desk, &order, &after).await
            },
        ),
        Case::new(
            "change: a change of an older image is refused, and the failure shows the newer one",
            UPDATE,
            "lost same same",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let newer = Order { polls: 9, ..next(&order, "w2") };
                store.save(&order, &newer).await?;
                let rival = Order { polls: 7, ..next(&order, "rival") };
                let outcome = store.save(&order, &rival).await?;
                let shown = match &outcome {
                    Saved::Lost(shown) => compared(Some(shown), &newer),
                    Saved::Won | Saved::Gone => "nothing",
                };
                let read = store.order(&order.id).await?;
                Ok(format!("{} {shown} {}", saved(&outcome), compared(read.as_ref(), &newer)))
            },
        ),
        Case::new(
            "change: a writer whose answer was lost knows its own change",
            UPDATE,
            "won",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                store.create(&order).await?;
                let after = next(&order, "w2");
                store.save(&order, &after).await?;
                Ok(saved(&store.save(&order, &after).await?).to_owned())
            },
        ),
        Case::new(
            "change: a change creates no missing order",
            CONDITIONS,
            "gone none",
            |desk| async move {
                let (store, order) = (desk.store(), open(&desk));
                let outcome = store.save(&order, &next(&order, "w2")).await?;
                let read = store.order(&order.id).await?.map_or("none", |_| "some");
                Ok(format!("{} {read}", saved(&outcome)))
            },
        ),
    ]
}

async fn replaced(desk: &Desk, before: &Order, after: &Order) -> Result<String, Stop> {
    let store = desk.store();
    store.create(before).await?;
    let outcome = store.save(before, after).await?;
    let read = store.order(&after.id).await?;
    Ok(format!("{} {}", saved(&outcome), compared(read.as_ref(), after)))
}

/// Every attribute an order may have, changed and changed back.
fn attributes() -> Vec<Case> {
    let changes: [(&str, Change); 18] = [
        ("end", |order| order.ending = Some(Ending::Cancel)),
        ("live", |order| order.live = Some(payment(order, 0))),
        ("win", |order| order.winner = Some(winner(order))),
        ("atts", |order| order.attempts = [(payment(order, 0), attempt("w2"))].into()),
        ("caps", |order| order.captures = [(CaptureId::new("cap"), capture(order))].into()),
        ("refs", |order| order.refunds = [(GatewayRefundId::new("ref"), refund())].into()),
        ("ops", |order| order.operations = [(operation_id(order, 0), operation(order))].into()),
        ("disp", |order| order.disputes = [(DisputeId::new("d"), dispute())].into()),
        ("rev_open", |order| order.review_open = Some(true)),
        ("ask", |order| order.ask = [(payment(order, 0), NOW)].into()),
        ("out", |order| order.outbox = [(MessageId::new("msg_1"), outgoing())].into()),
        ("hist", |order| order.history = vec![entry()]),
        ("polls", |order| order.polls = 1),
        ("st", |order| order.state = State::Paid),
        ("due_at", |order| (order.due_at, order.due_s) = (None, None)),
        ("day_s", |order| (order.day_s, order.day_at) = (Some("d#0".to_owned()), Some(NOW))),
        ("fp", |order| order.fingerprint = Fingerprint::of("orders", "other")),
        ("req", |order| order.details.reference = Some("r".to_owned())),
    ];
    let case = |(name, change): (&str, Change)| {
        let title = format!("change: `{name}` is changed and changed back");
        Case::new(title, UPDATES, "won same, won same", move |desk| async move {
            let (store, first) = (desk.store(), open(&desk));
            let mut second = next(&first, "w2");
            change(&mut second);
            let there = replaced(&desk, &first, &second).await?;
            let third = Order { version: 3, ..first.clone() };
            let outcome = store.save(&second, &third).await?;
            let read = store.order(&first.id).await?;
            Ok(format!("{there}, {} {}", saved(&outcome), compared(read.as_ref(), &third)))
        })
    };
    changes.into_iter().map(case).collect()
}

fn full() -> Vec<Case> {
    vec![
        Case::new(
            "change: an order with every entry that it may have is written in one call",
            UPDATES,
            "won same",
            |desk| async move {
                let order = open(&desk);
                let after = filled(&order);
                replaced(&desk, &order, &after).await
            },
        ),
        Case::new(
            "change: an order is emptied in one call, with every attribute removed",
            UPDATES,
            "won same",
            |desk| async move {
                let empty = open(&desk);
                let full = filled(&empty);
                let empty = Order { version: 3, ..empty };
                replaced(&desk, &full, &empty).await
            },
        ),
    ]
}

/// 20 attempts, 64 entries of every map, 50 of history.
fn filled(order: &Order) -> Order {
    let entries = || 0..ENTRIES_MAX;
    Order {
        ending: Some(Ending::Expire),
        live: Some(payment(order, 0)),
        winner: Some(winner(order)),
        attempts: (0..ATTEMPTS_MAX).map(|n| (payment(order, n), attempt("w2"))).collect(),
        captures: entries().map(|n| (CaptureId::new(format!("cap_{n}")), capture(order))).collect(),
        refunds: entries().map(|n| (GatewayRefundId::new(format!("ref_{n}")), refund())).collect(),
        operations: entries().map(|n| (operation_id(order, n), operation(order))).collect(),
        disputes: entries().map(|n| (DisputeId::new(format!("d_{n}")), dispute())).collect(),
        review_open: Some(true),
        ask: (0..ATTEMPTS_MAX).map(|n| (payment(order, n), NOW)).collect(),
        outbox: entries().map(|n| (MessageId::new(format!("msg_{n}")), outgoing())).collect(),
        history: (0..HISTORY_MAX).map(|_| entry()).collect(),
        day_s: Some("2026-11-20#0".to_owned()),
        day_at: Some(NOW),
        ..next(order, "w2")
    }
}

fn races() -> Vec<Case> {
    vec![Case::new(
        "change: only one of many changes of one image wins",
        CONDITIONS,
        "1 won, 15 lost",
        |desk| async move {
            let (store, order) = (Arc::new(desk.store()), open(&desk));
            store.create(&order).await?;
            let racers = (0..RACERS).map(|n| {
                let (store, order) = (Arc::clone(&store), order.clone());
                async move { store.save(&order, &next(&order, &format!("racer {n}"))).await }
            });
            let outcomes = join_all(racers).await.into_iter().collect::<Result<Vec<Saved>, _>>()?;
            Ok(tally(&outcomes.iter().map(saved).collect::<Vec<_>>()))
        },
    )]
}

fn winner(order: &Order) -> Winner {
    Winner { attempt: payment(order, 0), object: ObjectId::new("object") }
}

fn capture(order: &Order) -> Capture {
    Capture {
        attempt: payment(order, 0),
        object: ObjectId::new("object"),
        amount: usd(7500),
        operation: None,
        class: CaptureClass::Fits,
        reviewed: false,
        learnt_at: NOW,
    }
}

fn refund() -> Refund {
    let item = json!({ "cap": "cap", "amt": 1, "ph": "pending", "at": NOW });
    serde_json::from_value(item).unwrap()
}

fn operation_id(order: &Order, n: usize) -> OperationId {
    OperationId::compensation(&order.id, &CaptureId::new("cap"), n)
}

fn operation(order: &Order) -> Operation {
    let object = ObjectId::new("object");
    Operation::owed(OperationKind::Refund, &payment(order, 0), &object, 1, Reason::Owed, NOW)
}

fn dispute() -> Dispute {
    serde_json::from_value(json!({ "cap": "cap", "amt": 1, "ph": "open" })).unwrap()
}

fn outgoing() -> Outgoing {
    let targets = ["deliveries", "fulfilment"].map(TargetName::new).into();
    Outgoing { sequence: 1, body: "{}".to_owned(), targets, request: None }
}

fn entry() -> HistoryEntry {
    let what = "payment.pending".to_owned();
    HistoryEntry { at: NOW, source: Source::Webhook, what, attempt: None, by: None }
}
