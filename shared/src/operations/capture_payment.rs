//! Captures an authorized payment, in full or in part; the rest of the authorization is released.

use crate::app::{App, Budget};
use crate::domain::history::Source;
use crate::domain::id::OperationId;
use crate::domain::reservations::{CaptureRefused, claim_capture};
use crate::operations::Unavailable;
use crate::operations::requested::{Asked, Mismatch, Performed, finish};
use crate::operations::work::Work;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("no such payment")]
    NoSuchPayment,
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error("the capture is refused")]
    Refused(CaptureRefused),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for CaptureError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn capture_payment(
    app: &App,
    budget: Budget,
    asked: Asked,
) -> Result<Performed, CaptureError> {
    let id = OperationId::capture_from_key(&asked.payment, &asked.key);
    let image = app.store.order(&asked.payment.order()).await?;
    let image = image
        .filter(|order| order.attempts.contains_key(&asked.payment))
        .ok_or(CaptureError::NoSuchPayment)?;
    let work = Work::begin(app, budget).await?;
    let occasion = app.occasion(Source::Merchant);
    let new = asked.as_new(&id, &occasion);
    let claimed = work.change(&occasion, image, |order| {
        if let Some(known) = order.operations.get(&id) {
            return Ok(asked.is_retry_of(known)?);
        }
        claim_capture(order, &asked.payment, &new, &work.rules).map_err(CaptureError::Refused)
    });
    let order = claimed.await?.order;
    Ok(finish(&work, order, id, &occasion).await?)
}
