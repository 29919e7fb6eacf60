//! Sends a claimed capture, void or refund, and finds out about one whose answer was lost.

use crate::domain::asking::Unshown;
use crate::domain::fact::Seen;
use crate::domain::history::Source;
use crate::domain::id::OperationId;
use crate::domain::ledger::{Operation, OperationKind};
use crate::domain::money::Money;
use crate::domain::names::CaptureId;
use crate::domain::order::Order;
use crate::domain::transitions::{NotShown, Unproven};
use crate::operations::Unavailable;
use crate::operations::resolve::{learn_answer, learnt_nothing};
use crate::operations::sought::sought;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::ports::{Answer, Effect, Gateway, LookUpError};

/// Sends an operation that this process has taken, and records the outcome.
pub async fn send(work: &Work<'_>, order: Order, id: &OperationId) -> Result<Order, Unavailable> {
    let Some((op, effect)) = effect_of(&order, id) else {
        return Ok(order);
    };
    let Some(gateway) = work.gateway_of(&order, &op.attempt)? else {
        return Ok(order);
    };
    let app = work.app;
    let timeout = work.budget.gateway_timeout();
    let answer = match op.kind {
        OperationKind::Capture => gateway.capture(&effect, timeout).await,
        OperationKind::Void => gateway.void(&effect, timeout).await,
        OperationKind::Refund => gateway.refund(&effect, timeout).await,
    };
    pause::reached(&app.config, Point::OperationAnswered).await;
    let (order, unproven) = match answer {
        Answer::Seen(seen) => {
            let source = Source::GatewayAnswer;
            let order = learn_answer(work, source, order, &op.attempt, &[seen]).await?;
            // If the answer shows the effect, the operation is proven, and this changes nothing.
            (order, Unproven::Unknown)
        }
        Answer::Refused(why) => (order, Unproven::Refused(Some(why))),
        Answer::NotSent => (order, Unproven::NotSent),
        Answer::Unknown => (order, Unproven::Unknown),
    };
    let occasion = app.occasion(Source::GatewayAnswer);
    let order =
        work.alter(&occasion, order, |order| order.operation_answered(id, &unproven)).await?;
    pause::reached(&app.config, Point::OutcomeRecorded).await;
    Ok(order)
}

fn effect_of(order: &Order, id: &OperationId) -> Option<(Operation, Effect)> {
    let op = order.operations.get(id)?.clone();
    let gateway = &order.attempts.get(&op.attempt)?.gateway;
    let currency = op
        .capture
        .as_ref()
        .and_then(|capture| order.captures.get(capture))
        .map_or(order.currency(), |capture| capture.amount.currency);
    let effect = Effect {
        operation: id.clone(),
        payment: op.attempt.clone(),
        object: op.object.clone(),
        capture: op.capture.as_ref().map(|capture| CaptureId::new(capture.own(gateway))),
        amount: Money::new(op.amount_minor, currency),
    };
    Some((op, effect))
}

/// One step towards settling an unproven operation: sends it if it was never sent, otherwise asks about it.
pub async fn settle(work: &Work<'_>, order: Order, id: &OperationId) -> Result<Order, Unavailable> {
    let now = work.app.clock.now();
    let Some((op, effect)) = effect_of(&order, id) else {
        return Ok(order);
    };
    if !op.is_open() || op.is_leased(now) {
        return Ok(order);
    }
    if op.sends == 0 {
        return take_and_send(work, order, id).await;
    }
    let Some(gateway) = work.gateway_of(&order, &op.attempt)? else {
        return Ok(learnt_nothing(work, Source::Sweep, order, &op.attempt).await?);
    };
    let found = look_up(work, &*gateway, &order, &op, &effect).await;
    pause::reached(&work.app.config, Point::LookedUp).await;
    let order = match found {
        Ok(seen) if !seen.is_empty() => {
            learn_answer(work, Source::LookUp, order, &op.attempt, &seen).await?
        }
        Ok(_) | Err(LookUpError::Unsupported) => order,
        Err(LookUpError::Unavailable) => {
            return Ok(learnt_nothing(work, Source::Sweep, order, &op.attempt).await?);
        }
    };
    match order.operations.get(id).filter(|op| op.phase().is_unproven()) {
        None => Ok(order),
        Some(op) => {
            let op = op.clone();
            not_found(work, order, id, &op).await
        }
    }
}

/// Looks up a refund by its own name, and a capture or void by its object.
async fn look_up(
    work: &Work<'_>,
    gateway: &dyn Gateway,
    order: &Order,
    op: &Operation,
    effect: &Effect,
) -> Result<Vec<Seen>, LookUpError> {
    let timeout = work.budget.gateway_timeout();
    match op.kind {
        OperationKind::Refund => {
            let refund = gateway.look_up_refund(effect, timeout).await?;
            let seen = refund.map(|refund| Seen {
                object: op.object.clone(),
                refunds: vec![refund],
                ..Seen::default()
            });
            Ok(seen.into_iter().collect())
        }
        OperationKind::Capture | OperationKind::Void => {
            let sought = sought(order, &op.attempt).ok_or(LookUpError::Unsupported)?;
            gateway.look_up(&sought, timeout).await
        }
    }
}

/// The gateway was asked and does not show the effect.
async fn not_found(
    work: &Work<'_>,
    order: Order,
    id: &OperationId,
    op: &Operation,
) -> Result<Order, Unavailable> {
    let now = work.app.clock.now();
    let Some(attempt) = order.attempts.get(&op.attempt) else {
        return Ok(order);
    };
    let able = work.rules.of(&attempt.gateway);
    let then = match order.if_not_shown(op, &able, now) {
        Unshown::SendAgain => return take_and_send(work, order, id).await,
        Unshown::Record(then) => then,
    };
    if then == NotShown::Review {
        tracing::error!(operation.id = %id, "an operation cannot be settled any more and needs a review");
    }
    let occasion = work.app.occasion(Source::Sweep);
    let decided = |order: &mut Order| order.operation_not_shown(id, then);
    Ok(work.alter(&occasion, order, decided).await?)
}

async fn take_and_send(
    work: &Work<'_>,
    order: Order,
    id: &OperationId,
) -> Result<Order, Unavailable> {
    let occasion = work.app.occasion(Source::Sweep);
    let take = |order: &mut Order| {
        order.take_operation(id, &occasion.nonce, occasion.now);
    };
    let order = work.alter(&occasion, order, take).await?;
    pause::reached(&work.app.config, Point::ItemTaken).await;
    if order.is_taken_by(id, &occasion.nonce) { send(work, order, id).await } else { Ok(order) }
}
