//! Cancels an order: no new attempt may begin, the live one is closed, and the order ends once nothing can
//! pay it.

use crate::app::{App, Budget};
use crate::domain::claims::{EndRefused, end, take_void};
use crate::domain::history::Source;
use crate::domain::id::OrderId;
use crate::domain::limit::{OverLimit, RefundLimit};
use crate::domain::order::{Ending, Order, State};
use crate::domain::reservations::cancel_gives_back_within;
use crate::operations::Unavailable;
use crate::operations::cancel_payment::CancelAnswer;
use crate::operations::close::end_at_gateway;
use crate::operations::perform::send;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum CancelOrderError {
    #[error("no such order")]
    NoSuchOrder,
    #[error("the order is paid")]
    Paid(Box<Order>),
    #[error("the order has expired")]
    Expired,
    #[error("a capture is in progress")]
    CaptureInProgress(Box<Order>),
    #[error("the caller may not refund that much")]
    OverLimit(OverLimit),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for CancelOrderError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn cancel_order(
    app: &App,
    budget: Budget,
    id: &OrderId,
    limit: &RefundLimit,
) -> Result<CancelAnswer, CancelOrderError> {
    let image = app.store.order(id).await?.ok_or(CancelOrderError::NoSuchOrder)?;
    let work = Work::begin(app, budget).await?;
    let occasion = app.occasion(Source::Merchant);
    let mut void = None;
    let ended = work.change(&occasion, image, |order| {
        let within = cancel_gives_back_within(order, limit);
        match end(order, Ending::Cancel, occasion.now) {
            Ok(()) => within.map_err(CancelOrderError::OverLimit)?,
            Err(EndRefused::Canceled) => {}
            Err(EndRefused::Paid) => return Err(CancelOrderError::Paid(Box::new(order.clone()))),
            Err(EndRefused::Expired | EndRefused::NotYetExpired) => {
                return Err(CancelOrderError::Expired);
            }
            Err(EndRefused::CaptureInFlight) => {
                return Err(CancelOrderError::CaptureInProgress(Box::new(order.clone())));
            }
        }
        if let Some(live) = order.live.clone() {
            void = take_void(order, &live, &work.rules, &occasion.nonce, occasion.now);
        }
        Ok(())
    });
    let order = ended.await?.order;
    pause::reached(&app.config, Point::EndRecorded).await;
    let order = match void {
        Some(op) => send(&work, order, &op).await?,
        None => match order.live.clone() {
            Some(live) => Box::pin(end_at_gateway(&work, order, &live)).await?,
            None => order,
        },
    };
    let order = Box::new(work.publish(order).await);
    match order.state {
        State::Canceled => Ok(CancelAnswer::Canceled(order)),
        State::Open => Ok(CancelAnswer::Closing(order)),
        State::Paid => Err(CancelOrderError::Paid(order)),
        State::Expired => Err(CancelOrderError::Expired),
    }
}
