//! Refunds captured money, in full or in part, but never more than was captured.

use crate::app::{App, Budget};
use crate::domain::history::Source;
use crate::domain::id::OperationId;
use crate::domain::reservations::{RefundRefused, claim_refund};
use crate::operations::Unavailable;
use crate::operations::requested::{Asked, Mismatch, Performed, finish};
use crate::operations::work::Work;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    #[error("no such payment")]
    NoSuchPayment,
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error("the refund is refused")]
    Refused(RefundRefused),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for RefundError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooLarge => Self::Refused(RefundRefused::OrderFull),
            StoreError::Unavailable(_)
            | StoreError::Shape(_)
            | StoreError::Foreign
            | StoreError::Contended => Self::Unavailable(error.into()),
        }
    }
}

pub async fn refund_payment(
    app: &App,
    budget: Budget,
    asked: Asked,
    despite_dispute: bool,
) -> Result<Performed, RefundError> {
    let id = OperationId::refund_from_key(&asked.payment, &asked.key);
    let image = app.store.order(&asked.payment.order()).await?;
    let image = image
        .filter(|order| order.attempts.contains_key(&asked.payment))
        .ok_or(RefundError::NoSuchPayment)?;
    let work = Work::begin(app, budget).await?;
    let occasion = app.occasion(Source::Merchant);
    let new = asked.as_new(&id, &occasion);
    let claimed = work.change(&occasion, image, |order| {
        if let Some(known) = order.operations.get(&id) {
            return Ok(asked.is_retry_of(known)?);
        }
        claim_refund(order, &asked.payment, &new, despite_dispute).map_err(RefundError::Refused)
    });
    let order = claimed.await?.order;
    Ok(finish(&work, order, id, &occasion).await?)
}
