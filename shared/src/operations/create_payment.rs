//! Starts the payment of an order: claims its one live attempt, then sends it to a gateway.

use crate::app::{App, Budget};
use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::domain::payment_answer::{Verdict, verdict, was_declined_in_the_call};
use crate::domain::phase::Phase;
use crate::operations::Unavailable;
use crate::operations::close::close_attempt;
use crate::operations::new_payment::{CreatePaymentError, NewPayment};
use crate::operations::payment_claim::{ClaimOutcome, Prepared, claim, prepare};
use crate::operations::resolve::resolve;
use crate::operations::start::{Started, start};
use crate::pause::{self, Point};
use crate::store::StoreError;

/// How many times a claim is tried, since the order may change between a claim and the check of its refusal.
const CLAIMS_MAX: usize = 5;

#[derive(Debug)]
pub enum PaymentAnswer {
    Started(Box<Order>, PaymentId),
    /// The gateway may have received it; the caller should ask again.
    OutcomeUnknown(Box<Order>, PaymentId),
    /// An earlier call made it. Without a key, a paid order returns the payment that paid it.
    Replayed(Box<Order>, PaymentId),
}

pub async fn create_payment(
    app: &App,
    budget: Budget,
    new: &NewPayment,
) -> Result<PaymentAnswer, CreatePaymentError> {
    let prepared = prepare(app, budget, new).await?;
    for _ in 0..CLAIMS_MAX {
        let occasion = app.occasion(Source::Merchant);
        match claim(&prepared, &occasion).await? {
            ClaimOutcome::Won(order, id) => {
                pause::reached(&app.config, Point::AttemptClaimed).await;
                let takers = &prepared.takers;
                let started = start(&prepared.work, *order, &id, takers, &occasion.nonce).await?;
                return begun(started, id);
            }
            ClaimOutcome::Refused(order) => {
                let verdict = verdict(&order, &prepared.wanted, occasion.now);
                match Box::pin(answer(&prepared, *order, verdict)).await? {
                    Step::Answer(answer) => return Ok(answer),
                    Step::ClaimAgain => {}
                }
            }
        }
    }
    Err(StoreError::Contended.into())
}

fn begun(started: Started, id: PaymentId) -> Result<PaymentAnswer, CreatePaymentError> {
    let order = match started {
        Started::Recorded(order) => order,
        Started::NotSent => return Err(CreatePaymentError::GatewayUnavailable),
        Started::Refused(refusals) => return Err(CreatePaymentError::GatewayRefused(refusals)),
    };
    match order.attempts.get(&id) {
        Some(attempt) if was_declined_in_the_call(attempt) => {
            Err(CreatePaymentError::Declined(order, id))
        }
        Some(attempt) if attempt.phase() > Phase::Unknown => Ok(PaymentAnswer::Started(order, id)),
        Some(_) | None => Ok(PaymentAnswer::OutcomeUnknown(order, id)),
    }
}

enum Step {
    Answer(PaymentAnswer),
    ClaimAgain,
}

async fn answer(
    prepared: &Prepared<'_>,
    order: Order,
    verdict: Verdict,
) -> Result<Step, CreatePaymentError> {
    let order = Box::new(order);
    let answer = match verdict {
        Verdict::Claim | Verdict::Replace(_) if prepared.takers.is_empty() => {
            // A gateway without credentials might accept it once it has them, so the caller may try again.
            for name in &prepared.unset {
                prepared.work.gateways.get(name).map_err(Unavailable::from)?;
            }
            return Err(CreatePaymentError::NoGateway(prepared.refusers.clone()));
        }
        Verdict::Claim => return Ok(Step::ClaimAgain),
        Verdict::KeyReused => return Err(CreatePaymentError::KeyReused),
        Verdict::IdCollision => return Err(CreatePaymentError::IdCollision),
        Verdict::AmountMismatch => return Err(CreatePaymentError::AmountMismatch),
        Verdict::InProgress(id) => return Err(CreatePaymentError::InProgress(order, id)),
        Verdict::Resolve(id) => take_over(prepared, *order, id).await?,
        Verdict::Replay(id) => replay(order, id),
        Verdict::Declined(id) => return Err(CreatePaymentError::Declined(order, id)),
        Verdict::Paid(Some(id)) if prepared.wanted.id.is_none() => {
            PaymentAnswer::Replayed(order, id)
        }
        Verdict::Paid(id) => return Err(CreatePaymentError::Paid(order, id)),
        Verdict::Replace(id) => {
            Box::pin(make_room(prepared, *order, id)).await?;
            return Ok(Step::ClaimAgain);
        }
        Verdict::Live(id) => return Err(CreatePaymentError::Live(order, id, None)),
        Verdict::InReview => return Err(CreatePaymentError::InReview(order)),
        Verdict::Expired => return Err(CreatePaymentError::Expired),
        Verdict::Canceled => return Err(CreatePaymentError::Canceled(order)),
        Verdict::TooManyAttempts => return Err(CreatePaymentError::TooManyAttempts(order)),
    };
    Ok(Step::Answer(answer))
}

fn replay(order: Box<Order>, id: PaymentId) -> PaymentAnswer {
    let unknown = order.attempts.get(&id).is_some_and(|a| a.phase() <= Phase::Unknown);
    if unknown {
        PaymentAnswer::OutcomeUnknown(order, id)
    } else {
        PaymentAnswer::Replayed(order, id)
    }
}

/// Takes over from an owner that is gone. Its work is looked up, not repeated.
async fn take_over(
    prepared: &Prepared<'_>,
    order: Order,
    id: PaymentId,
) -> Result<PaymentAnswer, CreatePaymentError> {
    let work = &prepared.work;
    let occasion = work.app.occasion(Source::Merchant);
    let take = |order: &mut Order| {
        order.take_attempt(&id, &occasion.nonce, occasion.now);
    };
    let order = work.alter(&occasion, order, take).await?;
    pause::reached(&work.app.config, Point::ItemTaken).await;
    let mine = order.attempts.get(&id).is_some_and(|a| a.owner == occasion.nonce);
    if !mine {
        return Ok(replay(Box::new(order), id));
    }
    let resolved = resolve(work, order, &id, Source::LookUp).await?;
    let order = Box::new(work.publish(resolved.order).await);
    if order.attempts.get(&id).is_some_and(was_declined_in_the_call) {
        return Err(CreatePaymentError::Declined(order, id));
    }
    Ok(replay(order, id))
}

/// Closes the live attempt. The next one begins only after its release; it is never abandoned to make room.
async fn make_room(
    prepared: &Prepared<'_>,
    order: Order,
    live: PaymentId,
) -> Result<(), CreatePaymentError> {
    let ends_by_call = |order: &Order| {
        let attempt = order.attempts.get(&live);
        attempt.is_some_and(|attempt| prepared.work.rules.of(&attempt.gateway).cancel)
    };
    let closed = close_attempt(&prepared.work, order, &live).await?;
    let order = Box::new(closed.order);
    match order.attempts.get(&live) {
        Some(attempt) if attempt.phase() == Phase::Captured => {
            Err(CreatePaymentError::Paid(order, Some(live)))
        }
        Some(attempt) if attempt.phase().is_live() => {
            // If a call can end the page, the next sweep does so long before the page expires.
            let lapses = attempt.page.as_ref().and_then(|page| page.expires_at);
            let lapses = lapses.filter(|_| !ends_by_call(&order));
            let wait = lapses.map(|at| at.since(prepared.work.app.clock.now()).max(1));
            Err(CreatePaymentError::Live(order, live, wait))
        }
        Some(_) | None => Ok(()),
    }
}
