//! Finds out the outcome of an attempt: asks the gateway by our name, merges what it shows, and acts on a
//! close. A missing answer decides nothing.

use std::time::Duration;

use crate::app::App;
use crate::domain::asking::Absent;
use crate::domain::attempt::Attempt;
use crate::domain::capabilities::Capabilities;
use crate::domain::fact::Seen;
use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::domain::phase::Phase;
use crate::operations::Unavailable;
use crate::operations::record::LearnError;
use crate::operations::sought::sought;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::ports::{Answer, Gateway};
use crate::store::StoreError;
use crate::telemetry::{self, Metric};

/// When an unknown outcome is counted at each look-up, so that somebody notices.
const UNKNOWN_SECONDS: i64 = 15 * 60;

/// The result of asking.
enum Found {
    Seen(Vec<Seen>),
    Nothing,
    /// No answer came.
    Silence,
    /// It cannot be asked: no call looks it up, or the key of the only one has expired.
    Unaskable,
}

/// The result of one round of asking.
#[derive(Debug)]
pub struct Resolved {
    pub order: Order,
    /// No answer came, and the gateway can be asked again.
    pub unanswered: bool,
}

/// One round of asking about an attempt. The caller publishes the confirmations.
pub async fn resolve(
    work: &Work<'_>,
    order: Order,
    payment: &PaymentId,
    source: Source,
) -> Result<Resolved, Unavailable> {
    let app = work.app;
    let Some(gateway) = work.gateway_of(&order, payment)? else {
        let order = learnt_nothing(work, source, order, payment).await?;
        return Ok(Resolved { order, unanswered: true });
    };
    let found = ask(work, &*gateway, &order, payment).await;
    pause::reached(&app.config, Point::LookedUp).await;
    let unanswered = matches!(found, Found::Silence);
    let order = match found {
        Found::Seen(seen) => learn_answer(work, source, order, payment, &seen).await?,
        Found::Nothing => absent(work, &*gateway, source, order, payment).await?,
        Found::Silence => learnt_nothing(work, source, order, payment).await?,
        Found::Unaskable => {
            tracing::error!(payment.id = %payment, "no call can find out the outcome of the payment");
            learnt_nothing(work, source, order, payment).await?
        }
    };
    count_unknown(app, &order, payment);
    Ok(Resolved { order, unanswered })
}

fn count_unknown(app: &App, order: &Order, payment: &PaymentId) {
    let unknown = |attempt: &&Attempt| {
        attempt.phase() == Phase::Unknown
            && app.clock.now().since(attempt.created_at) >= UNKNOWN_SECONDS
    };
    if let Some(attempt) = order.attempts.get(payment).filter(unknown) {
        telemetry::metric(Metric::UnknownTooLong, attempt.gateway.as_str());
    }
}

async fn ask(work: &Work<'_>, gateway: &dyn Gateway, order: &Order, payment: &PaymentId) -> Found {
    let (Some(attempt), Some(sought)) = (order.attempts.get(payment), sought(order, payment))
    else {
        return Found::Silence;
    };
    let app = work.app;
    let able = work.rules.of(&attempt.gateway);
    let timeout = work.budget.gateway_timeout();
    if let Some(seen) = end_page(gateway, able, attempt, payment, timeout).await {
        pause::reached(&app.config, Point::CloseAnswered).await;
        return Found::Seen(vec![seen]);
    }
    if !attempt.can_be_looked_up(&able, app.clock.now()) {
        return Found::Unaskable;
    }
    match gateway.look_up(&sought, work.budget.gateway_timeout()).await {
        Ok(seen) if seen.is_empty() => Found::Nothing,
        Ok(seen) => Found::Seen(seen),
        Err(_) => Found::Silence,
    }
}

/// Ends the page of a closing attempt. Any object in the answer is merged. A refusal without an object, or no
/// answer, leaves the attempt live.
async fn end_page(
    gateway: &dyn Gateway,
    able: Capabilities,
    attempt: &Attempt,
    payment: &PaymentId,
    timeout: Duration,
) -> Option<Seen> {
    let payable = attempt.phase().is_live() && attempt.phase() != Phase::Authorized;
    if attempt.close.is_none() || !able.cancel || !payable {
        return None;
    }
    let open = |phase: Phase| !phase.is_negative() && phase != Phase::Captured;
    let (object, _) = attempt.objects.iter().find(|(_, phase)| open(**phase))?;
    match gateway.close(payment, object, timeout).await {
        Answer::Seen(seen) => Some(seen),
        Answer::Refused(_) | Answer::NotSent | Answer::Unknown => None,
    }
}

/// The gateway shows nothing under our name.
async fn absent(
    work: &Work<'_>,
    gateway: &dyn Gateway,
    source: Source,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, Unavailable> {
    let now = work.app.clock.now();
    let Some(attempt) = order.attempts.get(payment) else {
        return Ok(order);
    };
    match attempt.if_absent(&work.rules.of(&attempt.gateway), now) {
        Absent::Wait => Ok(learnt_nothing(work, source, order, payment).await?),
        Absent::SendAgain => repeat(work, gateway, source, order, payment).await,
        Absent::GiveUp => Ok(abandon(work, source, order, payment).await?),
    }
}

/// Sends the create call again under its own name. The first send may still arrive, so only an object in the
/// answer proves anything.
async fn repeat(
    work: &Work<'_>,
    gateway: &dyn Gateway,
    source: Source,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, Unavailable> {
    let Some(sought) = sought(&order, payment) else {
        return Ok(order);
    };
    let answer = gateway.create(&sought.create, work.budget.gateway_timeout()).await;
    pause::reached(&work.app.config, Point::GatewayAnswered).await;
    if let Answer::Seen(seen) = answer {
        return learn_answer(work, Source::GatewayAnswer, order, payment, &[seen]).await;
    }
    let occasion = work.app.occasion(source);
    let sent = |order: &mut Order| order.create_repeated(payment, occasion.now);
    Ok(work.alter(&occasion, order, sent).await?)
}

async fn abandon(
    work: &Work<'_>,
    source: Source,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, StoreError> {
    tracing::error!(payment.id = %payment, "payment abandoned: its gateway never showed it");
    let occasion = work.app.occasion(source);
    let order = work.alter(&occasion, order, |order| order.abandon(payment)).await?;
    if let Some(attempt) = order.attempts.get(payment).filter(|a| a.phase() == Phase::Abandoned) {
        telemetry::metric(Metric::PaymentAbandoned, attempt.gateway.as_str());
    }
    Ok(order)
}

/// Records that nothing was learnt: the gateway is asked again later, after a longer wait than last time.
pub async fn learnt_nothing(
    work: &Work<'_>,
    source: Source,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, StoreError> {
    let occasion = work.app.occasion(source);
    work.alter(&occasion, order, |order| order.learnt_nothing(payment)).await
}

/// Merges an answer. One without news is recorded too, or the order would stay due.
pub async fn learn_answer(
    work: &Work<'_>,
    source: Source,
    order: Order,
    payment: &PaymentId,
    seen: &[Seen],
) -> Result<Order, Unavailable> {
    match work.learn(source, order.clone(), payment, seen).await {
        Ok(recorded) if recorded.events.is_empty() && recorded.order.version == order.version => {
            Ok(learnt_nothing(work, source, recorded.order, payment).await?)
        }
        Ok(recorded) => Ok(recorded.order),
        Err(LearnError::Store(error)) => Err(error.into()),
        Err(LearnError::Merge(error)) => {
            tracing::error!(error = %error, payment.id = %payment, "an answer cannot be merged");
            Ok(learnt_nothing(work, source, order, payment).await?)
        }
    }
}
