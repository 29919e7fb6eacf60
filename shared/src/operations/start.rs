//! Sends a claimed attempt to a gateway, and records the outcome.

use std::time::Duration;

use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::names::{GatewayName, Nonce};
use crate::domain::order::Order;
use crate::operations::Unavailable;
use crate::operations::record::LearnError;
use crate::operations::sought::sought;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::ports::Answer;
use crate::store::StoreError;

/// With less time left, no further gateway is tried, because its answer could not be recorded.
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

/// A gateway that refused and created nothing, and its reason code.
#[derive(Debug)]
pub struct Refusal {
    pub gateway: GatewayName,
    pub code: String,
}

/// Sends the attempt to `gateways` in turn until one answers or may have received it. The claim already names
/// the first of them.
pub async fn start(
    work: &Work<'_>,
    mut order: Order,
    payment: &PaymentId,
    gateways: &[GatewayName],
    nonce: &Nonce,
) -> Result<Started, Unavailable> {
    let app = work.app;
    let mut refusals = Vec::new();
    for (n, name) in gateways.iter().enumerate() {
        if n > 0 {
            if work.budget.left() < SECOND_GATEWAY_MIN {
                break;
            }
            let occasion = app.occasion(Source::Merchant);
            let named = |order: &mut Order| order.name_gateway(payment, name, nonce, occasion.now);
            order = work.alter(&occasion, order, named).await?;
        }
        if !order.is_untouched(payment, nonce) {
            return Ok(Started::Recorded(Box::new(order)));
        }
        let Some(sought) = sought(&order, payment) else {
            break;
        };
        let gateway = work.gateways.get(name)?;
        let answer = gateway.create(&sought.create, work.budget.gateway_timeout()).await;
        pause::reached(&app.config, Point::GatewayAnswered).await;
        match answer {
            Answer::Seen(_) | Answer::Unknown => {
                let claimed = order.clone();
                let recorded = record_answer(work, order, payment, answer, nonce).await;
                // The claim stands and the call was made, so it is unknown, not failed. The sweep finds out.
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
    withdraw(work, order, payment, nonce, refusals).await
}

/// Records the gateway's answer to a create call. A missing answer is recorded as unknown.
async fn record_answer(
    work: &Work<'_>,
    order: Order,
    payment: &PaymentId,
    answer: Answer,
    nonce: &Nonce,
) -> Result<Order, StoreError> {
    let app = work.app;
    if let Answer::Seen(seen) = &answer {
        let source = Source::GatewayAnswer;
        match work.learn(source, order.clone(), payment, std::slice::from_ref(seen)).await {
            Ok(recorded) => {
                pause::reached(&app.config, Point::OutcomeRecorded).await;
                return Ok(work.publish(recorded.order).await);
            }
            Err(LearnError::Store(error)) => return Err(error),
            // The order is full or the attempt was withdrawn meanwhile: the next look-up finds it again.
            Err(LearnError::Merge(error)) => {
                tracing::error!(error = %error, payment.id = %payment, "an answer cannot be merged");
            }
        }
    }
    let occasion = app.occasion(Source::GatewayAnswer);
    let recorded =
        work.alter(&occasion, order, |order| order.create_unanswered(payment, nonce)).await?;
    pause::reached(&app.config, Point::OutcomeRecorded).await;
    Ok(recorded)
}

/// Withdraws an attempt that provably exists at no gateway.
async fn withdraw(
    work: &Work<'_>,
    order: Order,
    payment: &PaymentId,
    nonce: &Nonce,
    refusals: Vec<Refusal>,
) -> Result<Started, Unavailable> {
    let occasion = work.app.occasion(Source::GatewayAnswer);
    let withdrawn = |order: &mut Order| order.withdraw_attempt(payment, nonce);
    let order = work.alter(&occasion, order, withdrawn).await?;
    Ok(match order.attempts.get(payment) {
        Some(_) => Started::Recorded(Box::new(order)),
        None if refusals.is_empty() => Started::NotSent,
        None => Started::Refused(refusals),
    })
}
