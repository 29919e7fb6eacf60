//! The queue that feeds `deliver-confirmation`, and the merchant's server at its end.

use bytes::Bytes;
use dev_stack::event_sources::queue::{event, handled};
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use quittance::deliver_confirmation;
use quittance::standard_webhooks::{Headers, SigningKey, VerifyError, verify};
use quittance::system::unix_ms;
use serde_json::Value;

use crate::play::client::Client;
use crate::play::script::{Messages, Player};
use crate::world::World;
use crate::world::fate::answer;
use crate::world::faults::Mode;
use crate::world::ground::{CONSUMED, DELIVERY_SECRET};

/// The most messages in one batch.
const BATCH: usize = 10;
const LAMBDA_MS: u64 = 120_000;

impl Client {
    /// Hands over the visible messages, as the event source mapping does.
    pub(crate) async fn consume(&mut self) {
        let world = std::sync::Arc::clone(&self.world);
        let queue = format!("{CONSUMED}.fifo");
        loop {
            let mut batch = world.sqs.receive(&queue, BATCH, None).unwrap();
            if batch.is_empty() {
                return;
            }
            let mode = world.hand_over();
            if mode == Some(Mode::Partial) {
                batch.truncate(1);
            }
            if mode == Some(Mode::DieBefore) {
                self.bury();
                continue;
            }
            let event = serde_json::from_value(event(&queue, &batch)).unwrap();
            let mut context = Context::default();
            context.deadline = unix_ms() + LAMBDA_MS;
            let event = LambdaEvent::new(event, context);
            let work = Box::pin(deliver_confirmation::handle(&self.process.app, event));
            let Some(outcome) = self.process.until_death(work).await else {
                self.bury();
                continue;
            };
            let Ok(said) = outcome else {
                continue;
            };
            if mode == Some(Mode::After) {
                continue;
            }
            let said = serde_json::to_vec(&said).unwrap();
            for message in handled(&said, &batch) {
                // Refused if the process was frozen past the visibility timeout; the message then comes
                // again.
                let _ = world.sqs.delete(&queue, &message.receipt_handle);
            }
        }
    }
}

impl World {
    /// The merchant accepts signed messages, each one once.
    pub(crate) fn merchant(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let headers = Headers {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        let key = SigningKey::parse(DELIVERY_SECRET).unwrap();
        if let Err(error) = verify([&key], headers, request.body(), self.time.now_ms() / 1000) {
            // A message that the network delayed for too long is refused, as it should be.
            if error != VerifyError::StaleTimestamp || !self.state().landing {
                self.violate(format!("I5 the merchant cannot verify a confirmation: {error}"));
            }
            return answer(401, String::new());
        }
        if self.state().refuses {
            return answer(503, String::new());
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let id = headers.id.unwrap_or_default().to_owned();
        let known = self.state().confirmations.iter().find(|(seen, _)| *seen == id).cloned();
        match known {
            Some((_, before)) if before != body => {
                self.violate(format!("I5 {CONSUMED} received two messages as {id}"));
            }
            Some(_) => {}
            None => self.state().confirmations.push((id, body)),
        }
        answer(200, String::new())
    }
}

/// I5: within an order every target receives the same messages in the same sequence. `messages` are the
/// order's.
pub(crate) fn sequence(listener: &Player, messages: &Messages, wrong: &mut Vec<String>) {
    let of_it = |id: &&String| messages.values().any(|received| received.contains_key(*id));
    let confirmations = listener.client.world.state().confirmations.clone();
    let received: Vec<&String> = confirmations.iter().map(|(id, _)| id).filter(of_it).collect();
    let other: Vec<&String> = listener.sequence.iter().filter(of_it).collect();
    if received != other {
        wrong.push(format!("I5 the merchant received {received:?}, another target {other:?}"));
    }
}
