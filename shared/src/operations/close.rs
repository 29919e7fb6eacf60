//! Closes a live attempt: writes the intention, asks the gateway to end it, merges what the gateway
//! shows. Only its statement ends the attempt, or proof that nobody has the page.

use crate::app::{App, Budget};
use crate::domain::attempt::Attempt;
use crate::domain::capabilities::Rules;
use crate::domain::claims::{CloseRefused, close, take_void};
use crate::domain::id::PaymentId;
use crate::domain::order::{Order, Source};
use crate::operations::Unavailable;
use crate::operations::perform::send;
use crate::operations::publish::publish;
use crate::operations::record::change;
use crate::operations::resolve::resolve;
use crate::pause::{self, Point};
use crate::store::StoreError;

#[derive(Debug)]
pub struct Closed {
    pub order: Order,
    /// Why the intention was not even written.
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
    app: &App,
    rules: &Rules,
    budget: Budget,
    order: Order,
    payment: &PaymentId,
) -> Result<Closed, Unavailable> {
    let occasion = app.occasion(Source::Merchant);
    let mut void = None;
    let recorded = change(app, rules, &occasion, order, |order| {
        close(order, payment, rules).map_err(|why| Stop::Refused(Box::new(order.clone()), why))?;
        void = take_void(order, payment, rules, &occasion.nonce, occasion.now);
        Ok(())
    });
    let order = match recorded.await {
        Ok(recorded) => recorded.order,
        Err(Stop::Refused(order, why)) => {
            return Ok(Closed { order: *order, refused: Some(why) });
        }
        Err(Stop::Store(error)) => return Err(error.into()),
    };
    pause::reached(&app.config, Point::CloseRecorded).await;
    let order = match void {
        Some(op) => send(app, rules, budget, order, &op).await?,
        None => end_at_gateway(app, rules, budget, order, payment).await?,
    };
    Ok(Closed { order: publish(app, rules, order).await, refused: None })
}

/// Ends the pages of an attempt whose close is written. An object that is not known yet is looked up
/// first.
pub async fn end_at_gateway(
    app: &App,
    rules: &Rules,
    budget: Budget,
    mut order: Order,
    payment: &PaymentId,
) -> Result<Order, Unavailable> {
    for _ in 0..2 {
        let Some(attempt) = order.attempts.get(payment).filter(|a| is_closing(a)) else {
            break;
        };
        let known = !attempt.objects.is_empty();
        order = resolve(app, rules, budget, order, payment, Source::LookUp).await?.order;
        if known {
            break;
        }
    }
    Ok(order)
}

fn is_closing(attempt: &Attempt) -> bool {
    attempt.phase.is_live() && attempt.close.is_some()
}
