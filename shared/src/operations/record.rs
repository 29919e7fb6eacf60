//! Changes an order: applies a change to the newest image until it is written or there is nothing to write.

use std::time::Duration;

use crate::domain::changes::Event;
use crate::domain::conclude::{Concluded, conclude};
use crate::domain::fact::Seen;
use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::merge::{MergeError, merge};
use crate::domain::occasion::Occasion;
use crate::domain::order::Order;
use crate::operations::work::Work;
use crate::store::{Saved, StoreError};
use crate::telemetry;

/// How many races in a row a change may lose before it gives up. Its facts are learnt again when due.
const TRIES_MAX: u32 = 10;
/// From its second lost race on, a writer waits 1 to this many milliseconds, times the number of races lost.
const STEPS: u64 = 10;

#[derive(Debug)]
pub struct Recorded {
    pub order: Order,
    pub events: Vec<Event>,
}

impl Work<'_> {
    /// `apply` is called on each newer image and may refuse. A change that is already there writes nothing.
    pub async fn change<E: From<StoreError>>(
        &self,
        occasion: &Occasion,
        mut image: Order,
        mut apply: impl FnMut(&mut Order) -> Result<(), E>,
    ) -> Result<Recorded, E> {
        let app = self.app;
        for n in 0..TRIES_MAX {
            stand_back(occasion, n).await;
            let mut after = image.clone();
            apply(&mut after)?;
            let Some(Concluded { order, events }) = conclude(&image, after, &self.rules, occasion)
            else {
                return Ok(Recorded { order: image, events: Vec::new() });
            };
            // Boxed, here and at the other calls to AWS: their futures are large and nested.
            match Box::pin(app.store.save(&image, &order)).await? {
                Saved::Won => {
                    telemetry::count(&order, &events, occasion.now);
                    return Ok(Recorded { order, events });
                }
                Saved::Lost(newer) => image = *newer,
                Saved::Gone => break,
            }
        }
        Err(StoreError::Contended.into())
    }

    /// A change that cannot be refused.
    pub async fn alter(
        &self,
        occasion: &Occasion,
        image: Order,
        mut apply: impl FnMut(&mut Order),
    ) -> Result<Order, StoreError> {
        let changed = self.change(occasion, image, |order| {
            apply(order);
            Ok::<(), StoreError>(())
        });
        Ok(changed.await?.order)
    }

    /// Merges what a gateway shows of one attempt.
    pub async fn learn(
        &self,
        source: Source,
        image: Order,
        payment: &PaymentId,
        seen: &[Seen],
    ) -> Result<Recorded, LearnError> {
        let occasion = self.app.occasion(source);
        self.change(&occasion, image, |order| {
            for seen in seen {
                merge(order, payment, seen, occasion.now)?;
            }
            Ok(())
        })
        .await
    }
}

/// Waits before another try, from the second lost race on. Each writer waits for a different time, so that
/// rivals do not meet again.
async fn stand_back(occasion: &Occasion, lost: u32) {
    if lost > 1 {
        let own = occasion.nonce.0.bytes().map(u64::from).sum::<u64>() % STEPS;
        let wait_ms = u64::from(lost) * (own + 1);
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Merge(#[from] MergeError),
}
