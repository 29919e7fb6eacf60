//! Changes an order: applies a change to the newest image until it is written, or there is nothing to
//! write.

use crate::app::App;
use crate::domain::capabilities::Rules;
use crate::domain::changes::Event;
use crate::domain::conclude::{Concluded, Occasion, conclude};
use crate::domain::fact::Seen;
use crate::domain::id::PaymentId;
use crate::domain::merge::{MergeError, merge};
use crate::domain::order::{Order, Source};
use crate::store::{Saved, StoreError};
use crate::telemetry;

/// A change that loses so many races in a row gives up; what it learnt is learnt again when due.
const TRIES_MAX: usize = 10;

#[derive(Debug)]
pub struct Recorded {
    pub order: Order,
    pub events: Vec<Event>,
}

/// `apply` sees each newer image afresh and may refuse. A change that was already made is none.
pub async fn change<E: From<StoreError>>(
    app: &App,
    rules: &Rules,
    occasion: &Occasion,
    mut image: Order,
    mut apply: impl FnMut(&mut Order) -> Result<(), E>,
) -> Result<Recorded, E> {
    for _ in 0..TRIES_MAX {
        let mut after = image.clone();
        apply(&mut after)?;
        let Some(Concluded { order, events }) = conclude(&image, after, rules, occasion) else {
            return Ok(Recorded { order: image, events: Vec::new() });
        };
        // Boxed, here and at the other calls to AWS: their futures are large, and nest.
        match Box::pin(app.store.save(&image, &order)).await? {
            Saved::Won => {
                telemetry::count(&order, &events);
                return Ok(Recorded { order, events });
            }
            Saved::Lost(newer) => image = *newer,
            Saved::Gone => break,
        }
    }
    Err(StoreError::Contended.into())
}

#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// Merges what a gateway shows of one attempt.
pub async fn learn(
    app: &App,
    rules: &Rules,
    source: Source,
    image: Order,
    payment: &PaymentId,
    seen: &[Seen],
) -> Result<Recorded, LearnError> {
    let occasion = app.occasion(source);
    change(app, rules, &occasion, image, |order| {
        for seen in seen {
            merge(order, payment, seen, occasion.now)?;
        }
        Ok(())
    })
    .await
}
