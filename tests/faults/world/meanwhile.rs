//! Operations that run while a process waits for an answer: one preemption, anywhere.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::idempotency::Key;
use quittance::domain::order::Order;
use serde_json::{Value, json};

use crate::world::World;
use crate::world::client::{Ask, Client, Work};
use crate::world::faults::Other;
use crate::world::ground::{AMOUNT, ORDER_SECONDS};

/// Longer than every lease.
const LEASED_MS: i64 = 45_000;

/// Boxed, because it runs within the very calls that it makes.
pub(crate) fn meanwhile(
    world: Arc<World>,
    other: Other,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        world.trace(|| format!("{{ meanwhile: {other:?}"));
        let work = world.state().work.clone();
        run(Client::new(Arc::clone(&world)), other, work.clone()).await;
        world.state().work = work;
        world.trace(|| "}".to_owned());
    })
}

async fn run(mut client: Client, other: Other, work: Option<Work>) {
    let world = Arc::clone(&client.world);
    match other {
        Other::Sweep => {
            world.time.pass_ms(LEASED_MS);
            client.sweep().await;
        }
        Other::SweepNow => client.sweep().await,
        Other::Again => match work {
            Some(Work::Ask(ask)) => {
                client.ask_once(&ask).await;
            }
            Some(Work::Webhook(webhook)) => {
                client.webhook(&webhook).await;
            }
            Some(Work::Sweep) | None => client.sweep().await,
        },
        Other::Replay => client.replay().await,
        Other::Webhooks => {
            client.deliver().await;
        }
        Other::Expire => {
            world.time.pass_ms((ORDER_SECONDS + 1) * 1000);
            client.sweep().await;
        }
        Other::Approve => {
            let payment = latest(&world);
            world.choose(payment.as_ref().map_or("", PaymentId::as_str), "approve");
        }
        Other::CancelOrder => {
            let order = OrderId::from_key(&Key::parse("order").unwrap());
            let parameter = Some(("order_id", order.as_str().to_owned()));
            let route = "POST /api/orders/{order_id}/cancel";
            client
                .ask_once(&Ask { route, parameter, key: None, body: Value::Null, ..Ask::default() })
                .await;
        }
        Other::CancelPayment => {
            act(&mut client, "POST /api/payments/{payment_id}/cancel", None).await;
        }
        Other::Capture => {
            act(&mut client, "POST /api/payments/{payment_id}/capture", Some("z")).await;
        }
        Other::Refund => {
            act(&mut client, "POST /api/payments/{payment_id}/refunds", Some("z")).await;
        }
        Other::Pay => pay(&mut client, "z", json!({})).await,
        Other::PayInstead => pay(&mut client, "y", json!({ "replace": true })).await,
    }
}

async fn act(client: &mut Client, route: &'static str, key: Option<&str>) {
    let Some(payment) = latest(&client.world) else {
        return;
    };
    let parameter = Some(("payment_id", payment.as_str().to_owned()));
    let body = if key.is_some() { json!({}) } else { Value::Null };
    client
        .ask_once(&Ask { route, parameter, key: key.map(str::to_owned), body, ..Ask::default() })
        .await;
}

async fn pay(client: &mut Client, key: &str, more: Value) {
    let order = OrderId::from_key(&Key::parse("order").unwrap());
    let mut body = json!({ "order_id": order, "amount": AMOUNT, "currency": "USD" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let key = Some(key.to_owned());
    client
        .ask_once(&Ask {
            route: "POST /api/payments",
            parameter: None,
            key,
            body,
            ..Ask::default()
        })
        .await;
}

/// The live payment, else the one that paid, else any.
fn latest(world: &World) -> Option<PaymentId> {
    let state = world.state();
    let order: &Order = state.orders.values().next()?;
    let winner = order.winner.as_ref().map(|winner| winner.attempt.clone());
    order.live.clone().or(winner).or_else(|| order.attempts.keys().next().cloned())
}
