//! Closes a live attempt: writes the intention, asks the gateway to end it, and merges the gateway's answer.
//! The attempt ends only if the gateway shows it, or if provably nobody has the page.

use crate::domain::attempt::Attempt;
use crate::domain::claims::{CloseRefused, close, take_void};
use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::operations::Unavailable;
use crate::operations::perform::send;
use crate::operations::resolve::resolve;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::store::StoreError;

#[derive(Debug)]
pub struct Closed {
    pub order: Order,
    /// Why the intention was not written.
    pub refused: Option<CloseRefused>,
}

enum Stop {
    Refused(Box<Order>, CloseRefused),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub async fn close_attempt(
    work: &Work<'_>,
    order: Order,
    payment: &PaymentId,
) -> Result<Closed, Unavailable> {
    let occasion = work.app.occasion(Source::Merchant);
    let mut void = None;
    let recorded = work.change(&occasion, order, |order| {
        close(order, payment, &work.rules)
            .map_err(|why| Stop::Refused(Box::new(order.clone()), why))?;
        void = take_void(order, payment, &work.rules, &occasion.nonce, occasion.now);
        Ok(())
    });
    let order = match recorded.await {
        Ok(recorded) => recorded.order,
        Err(Stop::Refused(order, why)) => {
            return Ok(Closed { order: *order, refused: Some(why) });
        }
        Err(Stop::Store(error)) => return Err(error.into()),
    };
    pause::reached(&work.app.config, Point::CloseRecorded).await;
    let order = match void {
        Some(op) => send(work, order, &op).await?,
        None => end_at_gateway(work, order, payment).await?,
    };
    Ok(Closed { order: work.publish(order).await, refused: None })
}

/// Ends the page of an attempt whose close is written. If its object is not known yet, it is looked up first.
pub async fn end_at_gateway(
    work: &Work<'_>,
    mut order: Order,
    payment: &PaymentId,
) -> Result<Order, Unavailable> {
    for _ in 0..2 {
        let Some(attempt) = order.attempts.get(payment).filter(|a| is_closing(a)) else {
            break;
        };
        let known = !attempt.objects.is_empty();
        order = resolve(work, order, payment, Source::LookUp).await?.order;
        if known {
            break;
        }
    }
    Ok(order)
}

fn is_closing(attempt: &Attempt) -> bool {
    attempt.phase().is_live() && attempt.close.is_some()
}
