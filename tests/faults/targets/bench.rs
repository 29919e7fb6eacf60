//! A small shop that inputs may refer to, always the same. It is kept between inputs and rebuilt after
//! one that changed anything, so that each is judged alone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use quittance::app::App;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::explore::run::paused_time;
use crate::world::World;
use crate::world::client::{Ask, Client, dispatch};
use crate::world::faults::Kind;
use crate::world::plan::Plan;
use crate::world::process::Process;
use dev_stack::gateways::sandbox::Profile;

/// The key of each order, which determines its id.
pub(super) const ORDERS: [(&str, &str); 5] = [
    ("fresh", ""),
    ("pending", "pending"),
    ("paid", "approve"),
    ("held", "authorize"),
    ("canceled", ""),
];

pub(super) struct Bench {
    pub(super) world: Arc<World>,
    pub(super) process: Process,
    laid: Marks,
}

/// Everything that an input may have changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marks {
    pub(super) items: BTreeMap<String, Value>,
    pub(super) messages: usize,
    pub(super) gateway_calls: usize,
}

thread_local! {
    static KEPT: RefCell<Option<(Runtime, Bench)>> = const { RefCell::new(None) };
}

/// Runs `act` on the shop in its initial state.
pub(super) fn on_a_bench<T>(act: impl AsyncFnOnce(&Bench) -> T) -> T {
    KEPT.with_borrow_mut(|kept| {
        let (runtime, bench) = kept.take().unwrap_or_else(lay);
        let outcome = runtime.block_on(act(&bench));
        let violations = bench.world.state().violations.clone();
        assert!(violations.is_empty(), "{violations:#?}");
        if bench.marks() == bench.laid {
            *kept = Some((runtime, bench));
        }
        outcome
    })
}

fn lay() -> (Runtime, Bench) {
    let runtime = paused_time();
    let bench = runtime.block_on(Bench::lay());
    (runtime, bench)
}

impl Bench {
    async fn lay() -> Self {
        let world = Arc::new(World::new(Profile::Full, 1, 1, Plan::default(), false));
        let mut client = Client::new(Arc::clone(&world));
        for (key, outcome) in ORDERS {
            place(&mut client, key, outcome).await;
        }
        let process = client.into_process();
        let mut bench = Self { world, process, laid: Marks::none() };
        bench.laid = bench.marks();
        bench
    }

    pub(super) fn app(&self) -> &App {
        &self.process.app
    }

    pub(super) async fn dispatch(&self, request: Request) -> Response<Body> {
        dispatch(&self.process.app, request).await
    }

    pub(super) fn marks(&self) -> Marks {
        let state = self.world.state();
        Marks {
            items: state.images.clone(),
            messages: state.kinds.iter().filter(|kind| **kind == Kind::Send).count(),
            gateway_calls: self.process.gateway_calls(),
        }
    }
}

impl Marks {
    fn none() -> Self {
        Self { items: BTreeMap::new(), messages: 0, gateway_calls: 0 }
    }
}

async fn place(client: &mut Client, key: &str, outcome: &str) {
    let mut body = json!({
        "items": [{ "product_id": "SKU_1001", "quantity": 2 }],
        "total_amount": 7500,
        "currency": "USD",
        "customer": { "phone": "+4915112345678" },
    });
    if outcome == "approve" || outcome == "authorize" {
        body["metadata"] = json!({ "sandbox": outcome });
    }
    let order = ask(client, "POST /api/orders", None, key, body).await;
    let order = order["order_id"].as_str().unwrap().to_owned();
    if key == "canceled" {
        let named = Some(("order_id", order));
        ask(client, "POST /api/orders/{order_id}/cancel", named, key, Value::Null).await;
    } else if !outcome.is_empty() {
        let mut body = json!({ "order_id": order, "amount": 7500, "currency": "USD" });
        if outcome == "authorize" {
            body["capture"] = json!("manual");
        }
        ask(client, "POST /api/payments", None, key, body).await;
    }
}

async fn ask(
    client: &mut Client,
    route: &'static str,
    parameter: Option<(&'static str, String)>,
    key: &str,
    body: Value,
) -> Value {
    let asked = Ask { route, parameter, key: Some(key.to_owned()), body, ..Ask::default() };
    let reply = client.ask(&asked).await.unwrap();
    assert!(reply.status < 300, "{route} {key}: {} {}", reply.status, reply.body);
    reply.body
}
