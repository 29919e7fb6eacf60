//! Removes personal data from an order once nothing about it is unfinished.

use crate::app::{App, Budget};
use crate::domain::history::Source;
use crate::domain::id::OrderId;
use crate::domain::order::Order;
use crate::domain::redact::{Unfinished, redact, unfinished};
use crate::operations::Unavailable;
use crate::operations::work::Work;
use crate::store::{Parked, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    #[error("no such order")]
    NoSuchOrder,
    #[error("work on the order is unfinished")]
    Unfinished(Vec<Unfinished>),
    /// Erased data stays erased.
    #[error("the redaction was not finished in time")]
    OutOfTime,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for RedactError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn redact_order(
    app: &App,
    budget: Budget,
    id: &OrderId,
) -> Result<Box<Order>, RedactError> {
    let image = app.store.order(id).await?.ok_or(RedactError::NoSuchOrder)?;
    let work = Work::begin(app, budget).await?;
    let image = work.publish(image).await;
    if unfinished(&image).is_empty() {
        erase_parked(app, budget, &image).await?;
    }
    let occasion = app.occasion(Source::Merchant);
    let redacted = work.change(&occasion, image, |order| {
        redact(order, occasion.now).map_err(RedactError::Unfinished)
    });
    Ok(Box::new(redacted.await?.order))
}

/// Erases the bodies of parked events. An ended order never takes events of unknown payments, so these are
/// erased. An event that it may still take is unfinished work.
async fn erase_parked(app: &App, budget: Budget, order: &Order) -> Result<(), RedactError> {
    let mut erasable = Vec::new();
    for key in app.store.parked_of(&order.id).await? {
        let Some(event) = app.store.parked(&key).await? else { continue };
        if event.due_at.is_some() && is_of(order, &event) {
            return Err(RedactError::Unfinished(vec![Unfinished::Event]));
        }
        if !event.body.is_empty() {
            erasable.push(key);
        }
    }
    for key in erasable {
        if budget.is_over() {
            return Err(RedactError::OutOfTime);
        }
        app.store.erase_parked(&key).await?;
    }
    Ok(())
}

fn is_of(order: &Order, event: &Parked) -> bool {
    let attempt = event.of.as_ref().and_then(|payment| order.attempts.get(payment));
    attempt.is_some_and(|attempt| attempt.gateway == event.gateway)
}
