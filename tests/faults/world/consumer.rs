//! The queue that feeds `deliver-confirmation`, and the merchant's server at its end.

use bytes::Bytes;
use dev_stack::event_sources::queue::{event, handled};
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use quittance::deliver_confirmation;
use quittance::standard_webhooks::{Headers, SigningKey, VerifyError, verify};
use quittance::system::unix_ms;
use serde_json::Value;

use crate::world::World;
use crate::world::client::Client;
use crate::world::fate::answer;
use crate::world::faults::{Count, Kind, Mode};
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
    /// Counts a batch that is handed over; returns its fault, if any.
    fn hand_over(&self) -> Option<Mode> {
        let mut state = self.state();
        let k = state.kinds.len();
        state.kinds.push(Kind::Batch);
        let planned = state.plan.at(Count::Calls, k).filter(|mode| mode.suits(Kind::Batch));
        state.fired += usize::from(planned.is_some());
        drop(state);
        let shown = planned.map(|mode| format!(" [{}]", mode.name())).unwrap_or_default();
        self.trace(|| format!("{k:>3} a batch{shown}"));
        planned
    }

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
