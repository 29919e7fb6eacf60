//! The gateway's webhooks, brought to the function that receives them.

use serde_json::Value;

use super::client::{Client, Work};
use super::rest::acknowledged;

impl Client {
    /// The first webhook of all, as a gateway that never saw its answer sends it again.
    pub(super) async fn replay(&mut self) {
        let first = self.world.state().first_event.clone();
        if let Some((headers, body)) = first {
            self.world.tell(|| "> the first webhook once more".to_owned());
            self.webhook(&headers, body).await;
        }
    }

    /// Webhooks that are due, each reported back to the gateway; how many there were.
    pub(super) async fn deliver(&mut self) -> usize {
        let world = std::sync::Arc::clone(&self.world);
        let mut count = 0;
        for delivery in world.core.take_deliveries(world.time.now_ms()) {
            world.tell(|| {
                let body: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
                format!("> webhook {}", body["event"])
            });
            count += 1;
            let event = (delivery.headers.clone(), delivery.body.clone());
            let work = Work::Webhook(event.0.clone(), event.1.clone());
            world.state().first_event.get_or_insert(event);
            world.state().work = Some(work);
            let reply = self.webhook(&delivery.headers, delivery.body.clone()).await;
            if let Some(reply) = &reply {
                acknowledged(&world, &delivery.body, reply);
            }
            let status = reply.map(|reply| http::StatusCode::from_u16(reply.status).unwrap());
            world.core.delivered(delivery.id, status);
        }
        count
    }
}
