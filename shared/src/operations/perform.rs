//! Sends a capture, void or refund that was claimed, and finds out about one whose answer was lost.

use crate::app::{App, Budget};
use crate::domain::attempt::Failure;
use crate::domain::capabilities::{Capabilities, Keys, LookUp, Rules};
use crate::domain::conclude::{NETWORK_SECONDS_MAX, SETTLE_SECONDS};
use crate::domain::fact::Seen;
use crate::domain::id::OperationId;
use crate::domain::ledger::{Operation, OperationKind};
use crate::domain::money::Money;
use crate::domain::order::{Order, Source};
use crate::domain::phase::OperationPhase;
use crate::domain::time::Timestamp;
use crate::mutants::{Mutant, broken};
use crate::operations::Unavailable;
use crate::operations::record::change;
use crate::operations::resolve::{merge_all, rearm};
use crate::operations::start::{about, gateway_of};
use crate::pause::{self, Point};
use crate::ports::{Answer, Effect, Gateway, LookUpError};
use crate::store::StoreError;

/// Sends an operation that this process has taken, and records what came of it.
pub async fn send(
    app: &App,
    rules: &Rules,
    budget: Budget,
    order: Order,
    id: &OperationId,
) -> Result<Order, Unavailable> {
    let Some((op, effect)) = effect_of(&order, id) else {
        return Ok(order);
    };
    let Some(gateway) = gateway_of(app, &order, &op.attempt).await? else {
        return Ok(order);
    };
    let timeout = budget.gateway_timeout();
    let answer = match op.kind {
        OperationKind::Capture => gateway.capture(&effect, timeout).await,
        OperationKind::Void => gateway.void(&effect, timeout).await,
        OperationKind::Refund => gateway.refund(&effect, timeout).await,
    };
    pause::reached(&app.config, Point::OperationAnswered).await;
    let payment = op.attempt.clone();
    let (order, outcome) = match answer {
        Answer::Seen(seen) => {
            let source = Source::GatewayAnswer;
            let order = merge_all(app, rules, source, order, &payment, &[seen]).await?;
            (order, Outcome::Unknown)
        }
        Answer::Refused(why) => (order, Outcome::Refused(Some(why))),
        Answer::NotSent => (order, Outcome::NotSent),
        Answer::Unknown if broken(Mutant::RefundTimeoutIsRefused) => {
            (order, Outcome::Refused(None))
        }
        Answer::Unknown => (order, Outcome::Unknown),
    };
    let order = unless_settled(app, rules, order, id, outcome).await?;
    pause::reached(&app.config, Point::OutcomeRecorded).await;
    Ok(order)
}

enum Outcome {
    Refused(Option<Failure>),
    NotSent,
    Unknown,
}

/// Records an answer that shows no effect, on an operation that is still unproven.
async fn unless_settled(
    app: &App,
    rules: &Rules,
    order: Order,
    id: &OperationId,
    outcome: Outcome,
) -> Result<Order, StoreError> {
    let occasion = app.occasion(Source::GatewayAnswer);
    let recorded = change(app, rules, &occasion, order, |order| {
        let unproven = |op: &&mut Operation| op.phase.is_unproven();
        let Some(op) = order.operations.get_mut(id).filter(unproven) else {
            return Ok::<(), StoreError>(());
        };
        op.lease = None;
        if let Outcome::Refused(why) = &outcome {
            op.failure.clone_from(why);
        }
        match outcome {
            // The only send there was has no effect.
            Outcome::Refused(_) if op.sends <= 1 || broken(Mutant::RefusedRepeatIsRefused) => {
                op.phase = OperationPhase::Refused;
            }
            // An earlier send may still land: the reservation is kept.
            Outcome::Refused(_) => {
                op.repeat_refused = true;
                op.phase = OperationPhase::Unknown;
            }
            Outcome::NotSent => op.sends = op.sends.saturating_sub(1),
            Outcome::Unknown => op.phase = OperationPhase::Unknown,
        }
        order.polls = order.polls.saturating_add(1);
        Ok(())
    });
    Ok(recorded.await?.order)
}

fn effect_of(order: &Order, id: &OperationId) -> Option<(Operation, Effect)> {
    let op = order.operations.get(id)?.clone();
    let currency = op
        .capture
        .as_ref()
        .and_then(|capture| order.captures.get(capture))
        .map_or(order.currency(), |capture| capture.amount.currency);
    let afresh = broken(Mutant::ResentUnderAFreshKey) && op.sends > 1;
    let fresh = || OperationId::compensation(&order.id, id.as_str(), order.operations.len());
    let effect = Effect {
        operation: if afresh { fresh() } else { id.clone() },
        payment: op.attempt.clone(),
        object: op.object.clone(),
        capture: op.capture.clone(),
        amount: Money::new(op.amount_minor, currency),
    };
    Some((op, effect))
}

/// One step towards the end of an unproven operation: sends one that nobody has sent, else asks.
pub async fn settle(
    app: &App,
    rules: &Rules,
    budget: Budget,
    order: Order,
    id: &OperationId,
) -> Result<Order, Unavailable> {
    let now = app.clock.now();
    let Some((op, effect)) = effect_of(&order, id) else {
        return Ok(order);
    };
    if !op.phase.is_unproven() || op.for_review || op.is_leased(now) {
        return Ok(order);
    }
    if op.sends == 0 {
        return take_and_send(app, rules, budget, order, id).await;
    }
    let Some(gateway) = gateway_of(app, &order, &op.attempt).await? else {
        return Ok(rearm(app, rules, order, &op.attempt).await?);
    };
    let found = look_up(&*gateway, budget, &order, &op, &effect).await;
    pause::reached(&app.config, Point::LookedUp).await;
    let order = match found {
        Ok(seen) if !seen.is_empty() => {
            merge_all(app, rules, Source::LookUp, order, &op.attempt, &seen).await?
        }
        Ok(_) | Err(LookUpError::Unsupported) => order,
        Err(LookUpError::Unavailable) => {
            return Ok(rearm(app, rules, order, &op.attempt).await?);
        }
    };
    match order.operations.get(id).filter(|op| op.phase.is_unproven()) {
        None => Ok(order),
        Some(op) => {
            let op = op.clone();
            not_found(app, rules, budget, order, id, &op, gateway.capabilities()).await
        }
    }
}

/// A refund by its own name; a capture or void by the object it acts on.
async fn look_up(
    gateway: &dyn Gateway,
    budget: Budget,
    order: &Order,
    op: &Operation,
    effect: &Effect,
) -> Result<Vec<Seen>, LookUpError> {
    match op.kind {
        OperationKind::Refund => {
            let refund = gateway.look_up_refund(effect, budget.gateway_timeout()).await?;
            let seen = refund.map(|refund| Seen {
                object: op.object.clone(),
                refunds: vec![refund],
                ..Seen::default()
            });
            Ok(seen.into_iter().collect())
        }
        OperationKind::Capture | OperationKind::Void => {
            let about = about(order, &op.attempt).ok_or(LookUpError::Unsupported)?;
            gateway.look_up(&about, budget.gateway_timeout()).await
        }
    }
}

/// The gateway was asked and does not show the effect.
async fn not_found(
    app: &App,
    rules: &Rules,
    budget: Budget,
    order: Order,
    id: &OperationId,
    op: &Operation,
    able: Capabilities,
) -> Result<Order, Unavailable> {
    let now = app.clock.now();
    let since_sent = op.sent_at.map_or(0, |sent| now.since(sent));
    if broken(Mutant::RefundNotFoundIsRefused) && op.kind == OperationKind::Refund {
        return Ok(decide(app, rules, order, id, Verdict::Refused).await?);
    }
    if op.repeat_refused || !order.may_resend(op) {
        let verdict = match able.look_up {
            _ if since_sent < NETWORK_SECONDS_MAX => Verdict::Wait,
            LookUp::ByReference | LookUp::SameKey => Verdict::Refused,
            LookUp::None => Verdict::Review,
        };
        return Ok(decide(app, rules, order, id, verdict).await?);
    }
    if since_sent < SETTLE_SECONDS {
        return Ok(decide(app, rules, order, id, Verdict::Wait).await?);
    }
    if may_repeat(op, able, now) {
        return take_and_send(app, rules, budget, order, id).await;
    }
    // It may still be on its way; afterwards nobody would look any more.
    if since_sent < NETWORK_SECONDS_MAX {
        return Ok(decide(app, rules, order, id, Verdict::Wait).await?);
    }
    tracing::error!(operation.id = %id, "an operation cannot be settled any more: for review");
    Ok(decide(app, rules, order, id, Verdict::Review).await?)
}

/// A capture or void names its object, which takes it once; a refund needs a key that still lives.
fn may_repeat(op: &Operation, able: Capabilities, now: Timestamp) -> bool {
    let age = op.first_sent_at.map_or(0, |sent| now.since(sent));
    let keys: Keys = match op.kind {
        OperationKind::Refund => able.refund_keys,
        OperationKind::Capture | OperationKind::Void => Keys::Natural,
    };
    keys.allow_repeat(age)
}

#[derive(Clone, Copy)]
enum Verdict {
    Wait,
    Refused,
    Review,
}

async fn decide(
    app: &App,
    rules: &Rules,
    order: Order,
    id: &OperationId,
    verdict: Verdict,
) -> Result<Order, StoreError> {
    let occasion = app.occasion(Source::Sweep);
    let decided = change(app, rules, &occasion, order, |order| {
        let unproven = |op: &&mut Operation| op.phase.is_unproven();
        if let Some(op) = order.operations.get_mut(id).filter(unproven) {
            op.lease = None;
            match verdict {
                Verdict::Wait => op.phase = OperationPhase::Unknown,
                Verdict::Refused => op.phase = OperationPhase::Refused,
                Verdict::Review => op.for_review = true,
            }
        }
        order.polls = order.polls.saturating_add(1);
        Ok::<(), StoreError>(())
    });
    Ok(decided.await?.order)
}

async fn take_and_send(
    app: &App,
    rules: &Rules,
    budget: Budget,
    order: Order,
    id: &OperationId,
) -> Result<Order, Unavailable> {
    let occasion = app.occasion(Source::Sweep);
    let taken = change(app, rules, &occasion, order, |order| {
        let mine =
            order.operations.get(id).is_some_and(|op| op.owner.as_ref() == Some(&occasion.nonce));
        if !mine {
            order.take_operation(id, &occasion.nonce, occasion.now);
        }
        Ok::<(), StoreError>(())
    });
    let order = taken.await?.order;
    pause::reached(&app.config, Point::ItemTaken).await;
    let mine =
        order.operations.get(id).is_some_and(|op| op.owner.as_ref() == Some(&occasion.nonce));
    if mine { send(app, rules, budget, order, id).await } else { Ok(order) }
}

/// Whether the gateway has settled every operation and refund of this order.
pub fn unsettled(order: &Order, now: Timestamp) -> Vec<OperationId> {
    order
        .operations
        .iter()
        .filter(|(_, op)| op.phase.is_unproven() && !op.for_review && !op.is_leased(now))
        .map(|(id, _)| id.clone())
        .collect()
}
