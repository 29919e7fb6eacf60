//! Takes a claimed attempt to a gateway, and records what came of it.

use std::time::Duration;

use crate::app::{App, Budget};
use crate::domain::attempt::Attempt;
use crate::domain::capabilities::{GatewayName, Rules};
use crate::domain::cart::Cart;
use crate::domain::id::PaymentId;
use crate::domain::merge::merge;
use crate::domain::order::{Nonce, Order, Source};
use crate::domain::phase::Phase;
use crate::gateways::GatewayMissing;
use crate::mutants::{Mutant, broken};
use crate::operations::Unavailable;
use crate::operations::publish::publish;
use crate::operations::record::{LearnError, change, learn};
use crate::pause::{self, Point};
use crate::ports::{About, Answer, Create, Gateway};
use crate::store::StoreError;

/// With less time left no second gateway is tried: its answer could not be recorded any more.
const SECOND_GATEWAY_MIN: Duration = Duration::from_secs(8);

#[derive(Debug)]
pub enum Started {
    /// The gateway answered, or its answer is unknown; the order says which.
    Recorded(Box<Order>),
    /// No gateway was reached; nothing is left behind.
    NotSent,
    /// Every gateway refused, with proof that nothing was created; nothing is left behind.
    Refused(Vec<Refusal>),
}

/// A gateway that created nothing, and its word for why.
#[derive(Debug)]
pub struct Refusal {
    pub gateway: GatewayName,
    pub code: String,
}

/// Sends the claim to `gateways` in turn, the first of which it names already, until one answers or
/// may have received it.
pub async fn start(
    app: &App,
    rules: &Rules,
    budget: Budget,
    mut order: Order,
    payment: &PaymentId,
    gateways: &[GatewayName],
    nonce: &Nonce,
) -> Result<Started, Unavailable> {
    let mut refusals = Vec::new();
    for (n, name) in gateways.iter().enumerate() {
        if n > 0 {
            if budget.left() < SECOND_GATEWAY_MIN {
                break;
            }
            order = rename_gateway(app, rules, order, payment, name, nonce).await?;
        }
        if !is_mine(&order, payment, nonce) {
            return Ok(Started::Recorded(Box::new(order)));
        }
        let Some(about) = about(&order, payment) else {
            break;
        };
        let gateway = app.gateways.get(name).await?;
        let answer = gateway.create(&about.create, budget.gateway_timeout()).await;
        pause::reached(&app.config, Point::GatewayAnswered).await;
        match answer {
            Answer::Seen(_) | Answer::Unknown => {
                let claimed = order.clone();
                let recorded = record_answer(app, rules, order, payment, answer, nonce).await;
                // The claim stands and the call was made: unknown, not failed. The sweep finds out.
                let order = recorded.unwrap_or_else(|error| {
                    tracing::warn!(%error, payment.id = %payment, "an outcome is not recorded yet");
                    claimed
                });
                return Ok(Started::Recorded(Box::new(order)));
            }
            Answer::Refused(failure) => {
                tracing::warn!(gateway.name = %name, code = %failure.code, "payment refused");
                refusals.push(Refusal { gateway: name.clone(), code: failure.code });
            }
            Answer::NotSent => {
                tracing::warn!(gateway.name = %name, "gateway not reached");
            }
        }
    }
    withdraw(app, rules, order, payment, nonce, refusals).await
}

/// Records the gateway's answer to a create call. No answer is recorded too: as not known.
pub async fn record_answer(
    app: &App,
    rules: &Rules,
    order: Order,
    payment: &PaymentId,
    answer: Answer,
    nonce: &Nonce,
) -> Result<Order, StoreError> {
    if let Answer::Seen(seen) = &answer {
        let source = Source::GatewayAnswer;
        match learn(app, rules, source, order.clone(), payment, std::slice::from_ref(seen)).await {
            Ok(recorded) => {
                pause::reached(&app.config, Point::OutcomeRecorded).await;
                if broken(Mutant::PageFromTheReply) {
                    let mut told = order;
                    return Ok(merge(&mut told, payment, seen, app.clock.now())
                        .map_or(recorded.order, |()| told));
                }
                return Ok(publish(app, rules, recorded.order).await);
            }
            Err(LearnError::Store(error)) => return Err(error),
            // Full, or withdrawn meanwhile: the look-up that is due will find it again.
            Err(LearnError::Merge(error)) => {
                tracing::error!(error = %error, payment.id = %payment, "an answer cannot be merged");
            }
        }
    }
    let recorded = mark_unknown(app, rules, order, payment, nonce).await?;
    pause::reached(&app.config, Point::OutcomeRecorded).await;
    Ok(recorded)
}

/// The outcome is not known: whoever comes next asks the gateway.
pub async fn mark_unknown(
    app: &App,
    rules: &Rules,
    order: Order,
    payment: &PaymentId,
    nonce: &Nonce,
) -> Result<Order, StoreError> {
    let occasion = app.occasion(Source::GatewayAnswer);
    let recorded = change(app, rules, &occasion, order, |order| {
        if let Some(attempt) = order.attempts.get_mut(payment).filter(|a| &a.owner == nonce) {
            let timeout = broken(Mutant::TimeoutIsFailure);
            let outcome = if timeout { Phase::Failed } else { Phase::Unknown };
            attempt.phase = attempt.phase.or_higher(outcome);
            attempt.lease = None;
        }
        Ok::<(), StoreError>(())
    });
    Ok(recorded.await?.order)
}

fn is_mine(order: &Order, payment: &PaymentId, nonce: &Nonce) -> bool {
    order.attempts.get(payment).is_some_and(|a| is_untouched(a, nonce))
}

fn is_untouched(attempt: &Attempt, nonce: &Nonce) -> bool {
    &attempt.owner == nonce && attempt.phase == Phase::Sending && attempt.objects.is_empty()
}

/// The next gateway is named in the item before it is called.
async fn rename_gateway(
    app: &App,
    rules: &Rules,
    order: Order,
    payment: &PaymentId,
    gateway: &GatewayName,
    nonce: &Nonce,
) -> Result<Order, StoreError> {
    let occasion = app.occasion(Source::Merchant);
    let renamed = change(app, rules, &occasion, order, |order| {
        let mine = |attempt: &&mut Attempt| is_untouched(attempt, nonce);
        if let Some(attempt) = order.attempts.get_mut(payment).filter(mine) {
            attempt.gateway = gateway.clone();
            attempt.sent_at = occasion.now;
        }
        Ok::<(), StoreError>(())
    });
    Ok(renamed.await?.order)
}

/// Proven: no gateway has anything of this attempt. One write removes it, so the same key may claim
/// again.
async fn withdraw(
    app: &App,
    rules: &Rules,
    order: Order,
    payment: &PaymentId,
    nonce: &Nonce,
    refusals: Vec<Refusal>,
) -> Result<Started, Unavailable> {
    let occasion = app.occasion(Source::GatewayAnswer);
    let withdrawn = change(app, rules, &occasion, order, |order| {
        if is_mine(order, payment, nonce) {
            order.attempts.remove(payment);
        }
        Ok::<(), StoreError>(())
    });
    let order = withdrawn.await?.order;
    Ok(match order.attempts.get(payment) {
        Some(_) => Started::Recorded(Box::new(order)),
        None if refusals.is_empty() => Started::NotSent,
        None => Started::Refused(refusals),
    })
}

/// The request as it was first made, from stored values alone: a repeat under the same key must be
/// the same request.
pub fn about(order: &Order, payment: &PaymentId) -> Option<About> {
    let attempt = order.attempts.get(payment)?;
    let anew = broken(Mutant::TakeoverIsANewPayment) && attempt.asked_at.is_some();
    let again = || PaymentId::from_number(&order.id, order.attempts.len());
    let create = Create {
        payment: if anew { again() } else { payment.clone() },
        order: order.id.clone(),
        amount: order.total,
        mode: attempt.mode,
        method: attempt.method,
        return_url: attempt.return_url.clone(),
        expires_in_seconds: order.expires_at.since(attempt.created_at),
        metadata: order.details.metadata.clone(),
        stack: attempt.stack.clone(),
        cart: attempt.tells_cart.then(|| order.details.cart.clone()).filter(Cart::is_priced),
    };
    Some(About { create, objects: attempt.objects.keys().cloned().collect() })
}

/// The gateway of an attempt, or `None` if it is no longer configured. Missing credentials are an error:
/// the attempt was begun with credentials, and only they can tell how it ended.
pub async fn gateway_of(
    app: &App,
    order: &Order,
    payment: &PaymentId,
) -> Result<Option<std::sync::Arc<dyn Gateway>>, Unavailable> {
    let Some(attempt) = order.attempts.get(payment) else {
        return Ok(None);
    };
    match app.gateways.get(&attempt.gateway).await {
        Ok(gateway) => Ok(Some(gateway)),
        Err(
            error @ (GatewayMissing::NotSet(_)
            | GatewayMissing::Unusable(_)
            | GatewayMissing::Unavailable(_)),
        ) => Err(error.into()),
        Err(error @ (GatewayMissing::Unknown | GatewayMissing::OtherMoney(_))) => {
            tracing::error!(error = %error, gateway.name = %attempt.gateway, "gateway of a payment is not configured");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::CaptureMode;
    use crate::domain::cart::Item;
    use crate::domain::testing::{Case, FULL};

    #[test]
    fn an_attempt_that_was_begun_without_the_cart_is_repeated_without_it() {
        let mut case = Case::new(FULL);
        let id = case.attempt(0, CaptureMode::Automatic);
        let item = |unit_amount| Item {
            product_id: "SKU_1001".to_owned(),
            quantity: 2,
            unit_amount,
            discount_amount: None,
            name: None,
        };
        let mut order = case.order;
        order.details.cart.items = vec![item(Some(3750))];
        let told = |order: &Order| about(order, &id).unwrap().create.cart;
        assert_eq!(told(&order), Some(order.details.cart.clone()));
        order.attempts.get_mut(&id).unwrap().tells_cart = false;
        assert_eq!(told(&order), None);
        order.attempts.get_mut(&id).unwrap().tells_cart = true;
        order.details.cart.items.push(item(None));
        assert_eq!(told(&order), None, "nothing is shown of a cart without prices");
    }
}
