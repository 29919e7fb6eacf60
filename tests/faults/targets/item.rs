//! Arbitrary JSON in place of a stored order, in this version's shape or an older one's: it is either
//! read or refused, and what is read is written back unchanged.

use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use quittance::app::Budget;
use quittance::domain::conclude::conclude;
use quittance::domain::history::Source;
use quittance::domain::id::OrderId;
use quittance::domain::order::Order;
use quittance::operations::work::Work;
use quittance::store::Created;
use quittance::sweep_due;
use quittance::system::unix_ms;
use serde_json::{Value, json};

use super::bench::{Bench, on_a_bench};
use super::{Ran, event, request};
use crate::world::World;
use crate::world::fate::run as call;

/// The order's key, whatever the item says.
const ORDER: &str = "ORD_00000000000000000000";
const SWEEP_MS: u64 = 60_000;

pub(super) fn run(input: &[u8]) -> Ran {
    let Ok(Value::Object(mut item)) = serde_json::from_slice(input) else {
        return Ran::NotPassedOn;
    };
    let key = format!("O#{ORDER}");
    item.insert("pk".to_owned(), json!({ "S": key }));
    on_a_bench(async |bench| {
        if !bench.world.lay(&Value::Object(item)) {
            return Ran::NotPassedOn;
        }
        meet(bench).await;
        bench.world.take_away(&key);
        Ran::Through
    })
}

async fn meet(bench: &Bench) {
    let id = OrderId::parse(ORDER).unwrap();
    sweep(bench).await;
    look(bench, &format!("GET /api/orders/{id}")).await;
    let Ok(Some(order)) = bench.app().store.order(&id).await else { return };
    for payment in order.attempts.keys() {
        look(bench, &format!("GET /api/payments/{payment}?refresh=true")).await;
    }
    let work = Work::begin(bench.app(), Budget::of(Duration::ZERO)).await.unwrap();
    conclude(&order, order.clone(), &work.rules, &bench.app().occasion(Source::Sweep));
    write_back(bench, &order).await;
}

async fn sweep(bench: &Bench) {
    let mut context = Context::default();
    context.deadline = unix_ms() + SWEEP_MS;
    sweep_due::handle(bench.app(), LambdaEvent::new(Value::Null, context)).await.unwrap();
}

/// An unreadable order is an internal error, and answered as one.
async fn look(bench: &Bench, line: &str) {
    let text = format!("{line}\nauthorization: Bearer sk_test_local\n\n");
    let Some(event) = request::event_of(text.as_bytes()) else { return };
    let status =
        bench.dispatch(event::request(&event.to_string()).unwrap()).await.status().as_u16();
    assert!(matches!(status, 200 | 404 | 503), "{line} was answered {status}");
}

async fn write_back(bench: &Bench, order: &Order) {
    bench.world.take_away(&format!("O#{ORDER}"));
    // An order too large to be written could not have been stored.
    let Ok(created) = bench.app().store.create(order).await else { return };
    assert!(matches!(created, Created::Won), "nothing is there");
    let read = bench.app().store.order(&order.id).await.unwrap();
    assert_eq!(read.as_ref(), Some(order), "it reads back as written");
}

impl World {
    /// Puts an item that none of our handlers wrote; `false` if the table refuses it.
    fn lay(&self, item: &Value) -> bool {
        self.state().laid.extend(item["pk"]["S"].as_str().map(str::to_owned));
        let put = json!({ "TableName": "payments", "Item": item });
        call(&put, |request| self.database.put_item(request)).is_ok()
    }

    /// Removes the item and all conclusions drawn from it.
    fn take_away(&self, key: &str) {
        let delete = json!({ "TableName": "payments", "Key": { "pk": { "S": key } } });
        call(&delete, |request| self.database.delete_item(request)).unwrap();
        let mut state = self.state();
        state.images.remove(key);
        state.orders.remove(key);
        state.violations.clear();
    }
}
