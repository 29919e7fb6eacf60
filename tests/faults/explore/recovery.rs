//! After the script: time passes and webhooks and sweeps run until nothing is left to do.

use crate::hold::image::digest;
use crate::play::scenario::Webhooks;
use crate::play::script::Player;
use crate::rest::account::no_hold_is_left;
use crate::world::ground::CONSUMED;

/// More rounds than any order needs that is polled at the backoff's pace until its last authorization has
/// lapsed.
const ROUNDS_MAX: usize = 120;

/// An order that is idle for this long has lost track of its unfinished work.
const IDLE_MS: i64 = 12 * 3_600_000;
/// The number of rounds that a bank takes to finish a refund.
const BANK_ROUNDS: usize = 4;

pub(crate) async fn recover(player: &mut Player, webhooks: Webhooks) {
    let world = std::sync::Arc::clone(&player.client.world);
    world.trace(|| "# recovery".to_owned());
    if webhooks == Webhooks::Reversed {
        world.control("POST", "/control/deliver", &serde_json::Value::Null);
        player.deliver(webhooks).await;
        world.control("PUT", "/control/behaviour", &serde_json::json!({}));
        // Events that arose during the delivery were still held back.
        world.control("POST", "/control/deliver", &serde_json::Value::Null);
    }
    for round in 0..ROUNDS_MAX {
        let late = world.settle_late();
        if round >= BANK_ROUNDS {
            player.settle_refunds();
        }
        player.deliver(webhooks).await;
        player.sweep().await;
        player.listen().await;
        let Some(next_ms) = next_ms(player, late) else {
            return;
        };
        let wait = next_ms.saturating_sub(world.time.now_ms()).max(0);
        if wait > IDLE_MS {
            no_hold_is_left(&world, webhooks);
        }
        world.time.pass_ms(wait + 1_000);
    }
    let left = world.state().orders.values().map(digest).collect::<Vec<_>>();
    world.violate(format!("I11 still at work after {ROUNDS_MAX} rounds: {}", left.join(" | ")));
}

/// When the next thing happens by itself.
fn next_ms(player: &Player, late: bool) -> Option<i64> {
    let world = &player.client.world;
    let now = world.time.now_ms();
    let state = world.state();
    let due = state.images.values().filter_map(|item| {
        let seconds: i64 = item["due_at"]["N"].as_str()?.parse().ok()?;
        Some(seconds * 1000)
    });
    let late = late.then_some(now + 30_000);
    let shown = world.sqs.next_shown_at(&format!("{CONSUMED}.fifo")).unwrap();
    let sends = world.gateways.iter().filter_map(|stood| stood.core.next_delivery_at());
    due.chain(sends).chain(shown).chain(late).min()
}
