//! Cancels a payment: ends an unpaid page, or voids an authorization. The payment is reported as canceled
//! only once the gateway confirms it, or if no shopper can have the page.

use crate::app::{App, Budget};
use crate::domain::attempt::Attempt;
use crate::domain::claims::CloseRefused;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::domain::phase::Phase;
use crate::domain::time::Timestamp;
use crate::operations::Unavailable;
use crate::operations::close::close_attempt;
use crate::operations::work::Work;
use crate::store::StoreError;

#[derive(Debug)]
pub enum CancelAnswer {
    Canceled(Box<Order>),
    /// The close is written; the gateway has not ended the payment yet.
    Closing(Box<Order>),
}

#[derive(Debug, thiserror::Error)]
pub enum CancelPaymentError {
    #[error("no such payment")]
    NoSuchPayment,
    #[error("the payment succeeded")]
    Succeeded(Box<Order>),
    #[error("a capture is in progress")]
    CaptureInProgress(Box<Order>),
    #[error("the payment was abandoned")]
    Abandoned(Box<Order>),
    #[error("the payment has ended")]
    NotCancelable(Box<Order>),
    #[error("the gateway cannot cancel")]
    NotSupported(Box<Order>, Option<Timestamp>),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for CancelPaymentError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn cancel_payment(
    app: &App,
    budget: Budget,
    payment: &PaymentId,
) -> Result<CancelAnswer, CancelPaymentError> {
    let image = app.store.order(&payment.order()).await?;
    let image = image.ok_or(CancelPaymentError::NoSuchPayment)?;
    let phase = phase_of(&image, payment).ok_or(CancelPaymentError::NoSuchPayment)?;
    if !phase.is_live() {
        return ended(image, phase);
    }
    let work = Work::begin(app, budget).await?;
    let closed = Box::pin(close_attempt(&work, image, payment)).await?;
    let order = closed.order;
    match closed.refused {
        None | Some(CloseRefused::NotLive) => {}
        Some(CloseRefused::CaptureInFlight) => {
            return Err(CancelPaymentError::CaptureInProgress(Box::new(order)));
        }
        Some(CloseRefused::NotReleasable { retry_at }) => {
            return Err(CancelPaymentError::NotSupported(Box::new(order), retry_at));
        }
    }
    let phase = phase_of(&order, payment).ok_or(CancelPaymentError::NoSuchPayment)?;
    ended(order, phase)
}

fn ended(order: Order, phase: Phase) -> Result<CancelAnswer, CancelPaymentError> {
    let order = Box::new(order);
    match phase {
        Phase::Closed | Phase::Canceled => Ok(CancelAnswer::Canceled(order)),
        Phase::Captured => Err(CancelPaymentError::Succeeded(order)),
        Phase::Abandoned => Err(CancelPaymentError::Abandoned(order)),
        Phase::Expired | Phase::Failed => Err(CancelPaymentError::NotCancelable(order)),
        Phase::Sending | Phase::Unknown | Phase::Pending | Phase::Authorized => {
            Ok(CancelAnswer::Closing(order))
        }
    }
}

fn phase_of(order: &Order, payment: &PaymentId) -> Option<Phase> {
    order.attempts.get(payment).map(Attempt::phase)
}
