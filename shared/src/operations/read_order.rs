//! Reads an order. Asks the gateway first if an answer is overdue, or if the caller insists.

use crate::app::{App, Budget};
use crate::domain::history::Source;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::operations::Unavailable;
use crate::operations::resolve::resolve;
use crate::operations::work::Work;

/// The shortest interval between two look-ups of one payment, whoever insists.
const REFRESH_SECONDS_MIN: i64 = 5;

pub async fn read_order(
    app: &App,
    budget: Budget,
    id: &OrderId,
) -> Result<Option<Order>, Unavailable> {
    let Some(order) = app.store.order(id).await? else {
        return Ok(None);
    };
    match order.live.clone().filter(|_| is_overdue(&order, app.clock.now())) {
        Some(payment) => Ok(Some(Box::pin(ask(app, budget, order, &payment)).await?)),
        None => Ok(Some(order)),
    }
}

/// The order of a payment, if it has that payment.
pub async fn read_payment(
    app: &App,
    budget: Budget,
    payment: &PaymentId,
    refresh: bool,
) -> Result<Option<Order>, Unavailable> {
    let order = app.store.order(&payment.order()).await?;
    let Some(order) = order.filter(|order| order.attempts.contains_key(payment)) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let overdue = order.live.as_ref() == Some(payment) && is_overdue(&order, now);
    let asked_at = order.attempts.get(payment).and_then(|attempt| attempt.asked_at);
    let rested = asked_at.is_none_or(|at| now.since(at) >= REFRESH_SECONDS_MIN);
    if rested && (overdue || refresh) {
        return Ok(Some(Box::pin(ask(app, budget, order, payment)).await?));
    }
    Ok(Some(order))
}

fn is_overdue(order: &Order, now: Timestamp) -> bool {
    order.due_at.is_some_and(|due| due <= now)
}

/// Only one of many readers asks the gateway; the others only read.
async fn ask(
    app: &App,
    budget: Budget,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, Unavailable> {
    let work = Work::begin(app, budget).await?;
    let occasion = app.occasion(Source::LookUp);
    let asked_at = order.attempts.get(payment).and_then(|attempt| attempt.asked_at);
    let mut mine = false;
    let take = |order: &mut Order| {
        mine = order.ask_for(payment, &occasion.nonce, asked_at, occasion.now);
    };
    let order = work.alter(&occasion, order, take).await?;
    if !mine {
        return Ok(order);
    }
    let resolved = resolve(&work, order, payment, Source::LookUp).await?;
    Ok(work.publish(resolved.order).await)
}
