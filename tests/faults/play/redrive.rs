//! Confirmations that the merchant's server has refused for too long stay dead-lettered until somebody
//! moves them back.

use std::sync::Arc;

use local_aws::sqs::queue_arn;
use serde_json::json;

use crate::play::script::Player;
use crate::world::ground::{CONSUMED, DEAD, RECEIVES_MAX};

/// More messages than any script sends.
const MESSAGES_MAX: usize = 8;

impl Player {
    pub(crate) async fn redrive(&mut self) {
        let world = Arc::clone(&self.client.world);
        world.state().refuses = true;
        // A message that arrives meanwhile waits behind it, and is dead-lettered after it.
        for _ in 0..MESSAGES_MAX * (RECEIVES_MAX + 1) {
            self.client.consume().await;
            let Some(next_ms) = world.sqs.next_shown_at(&format!("{CONSUMED}.fifo")).unwrap()
            else {
                break;
            };
            world.time.pass_ms(next_ms.saturating_sub(world.time.now_ms()).max(0) + 1_000);
        }
        world.state().refuses = false;
        let task = json!({ "SourceArn": queue_arn(&format!("{DEAD}.fifo")) });
        world.sqs.call("StartMessageMoveTask", task.to_string().as_bytes()).unwrap();
    }
}
