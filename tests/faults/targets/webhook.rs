//! A gateway's events: forged ones have no effect, signed ones have their whole effect or none.

use quittance::standard_webhooks::{self, SigningKey};

use super::Ran;
use super::answer::{Answer, ask};
use super::bench::{Bench, Marks, on_a_bench};
use super::{event, request};
use crate::world::ground::WEBHOOK_SECRET;

/// Headers, an empty line, a body: what anybody without the secret can send.
pub(super) fn forged(input: &[u8]) -> Ran {
    let mut text = b"POST /api/webhooks/payment\n".to_vec();
    text.extend_from_slice(input);
    let Some(event) = request::event_of(&text) else { return Ran::NotPassedOn };
    let request = event::request(&event.to_string()).unwrap();
    on_a_bench(async |bench| {
        let answer = ask(bench, request).await;
        assert!(matches!(answer.status, 401 | 413), "{} {}", answer.status, answer.body);
    });
    Ran::Through
}

/// A body signed by the gateway.
pub(super) fn signed(input: &[u8]) -> Ran {
    on_a_bench(async |bench| {
        let before = bench.marks();
        let first = deliver(bench, input).await;
        let after = bench.marks();
        assert_whole(&first, &before, &after);
        let again = deliver(bench, input).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "delivered once more");
        assert_eq!(bench.marks().items, after.items, "a delivery made twice changes nothing");
    });
    Ran::Through
}

async fn deliver(bench: &Bench, body: &[u8]) -> Answer {
    let key = SigningKey::parse(WEBHOOK_SECRET).unwrap();
    let now = bench.world.time.now_ms() / 1000;
    let signature = standard_webhooks::sign([&key], "evt_1", now, body);
    let mut text = format!(
        "POST /api/webhooks/payment\nwebhook-id: evt_1\nwebhook-timestamp: {now}\n\
         webhook-signature: {signature}\ncontent-type: application/json\n\n"
    )
    .into_bytes();
    text.extend_from_slice(body);
    let event = request::event_of(&text).unwrap();
    ask(bench, event::request(&event.to_string()).unwrap()).await
}

/// A committed event is one write of one order, a parked event is stored whole, and anything else changes
/// nothing.
fn assert_whole(answer: &Answer, before: &Marks, after: &Marks) {
    let changed: Vec<&String> = after
        .items
        .iter()
        .filter(|(key, item)| before.items.get(*key) != Some(item))
        .map(|(key, _)| key)
        .collect();
    let begin = |with: &str| changed.iter().all(|key| key.starts_with(with));
    let received = answer.body["received"].as_str().unwrap_or_default();
    let whole = match (answer.status, received) {
        (200, "committed") => changed.len() <= 1 && begin("O#"),
        (200, "parked") => !changed.is_empty() && begin("P#"),
        (200, "ignored") | (400 | 413, _) => before == after,
        _ => false,
    };
    assert!(whole, "{} {received} changed {changed:?}", answer.status);
}
