//! Finds out what became of an attempt: asks the gateway by our name, merges what it shows, and acts on
//! a close. Absence of an answer decides nothing.

use std::time::Duration;

use crate::app::App;
use crate::domain::attempt::Attempt;
use crate::domain::capabilities::{Capabilities, LookUp};
use crate::domain::conclude::SETTLE_SECONDS;
use crate::domain::fact::Seen;
use crate::domain::id::PaymentId;
use crate::domain::order::{Order, Source};
use crate::domain::phase::Phase;
use crate::domain::time::Timestamp;
use crate::operations::Unavailable;
use crate::operations::record::LearnError;
use crate::operations::start::sought;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::ports::{Answer, Gateway};
use crate::store::StoreError;
use crate::telemetry::{self, Metric};

/// What has not shown itself for so long, and may not be sent again, is given up. If it captures
/// after all, that is detected and refunded.
const ABANDON_SECONDS: i64 = 30 * 60;
/// An outcome that is unknown for so long is counted at each look: somebody should know.
const UNKNOWN_SECONDS: i64 = 15 * 60;

/// What asking found.
enum Found {
    Seen(Vec<Seen>),
    Nothing,
    /// No answer came.
    Silence,
    /// What could answer is past: only its key could have told, and that is dead.
    Unaskable,
}

/// What one round of asking left.
#[derive(Debug)]
pub struct Resolved {
    pub order: Order,
    /// The gateway may still tell: no answer came, and it can be asked again.
    pub open: bool,
}

/// One round of asking about an attempt. The caller publishes what was learnt.
pub async fn resolve(
    work: &Work<'_>,
    order: Order,
    payment: &PaymentId,
    source: Source,
) -> Result<Resolved, Unavailable> {
    let app = work.app;
    let Some(gateway) = work.gateway_of(&order, payment)? else {
        let order = rearm(work, source, order, payment).await?;
        return Ok(Resolved { order, open: true });
    };
    let found = ask(work, &*gateway, &order, payment).await;
    pause::reached(&app.config, Point::LookedUp).await;
    let open = matches!(found, Found::Silence);
    let order = match found {
        Found::Seen(seen) => merge_all(work, source, order, payment, &seen).await?,
        Found::Nothing => absent(work, &*gateway, source, order, payment).await?,
        Found::Silence => rearm(work, source, order, payment).await?,
        Found::Unaskable => {
            tracing::error!(payment.id = %payment, "no call can tell what became of the payment");
            rearm(work, source, order, payment).await?
        }
    };
    count_unknown(app, &order, payment);
    Ok(Resolved { order, open })
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
    if !can_ask(able, attempt, app.clock.now()) {
        return Found::Unaskable;
    }
    match gateway.look_up(&sought, work.budget.gateway_timeout()).await {
        Ok(seen) if seen.is_empty() => Found::Nothing,
        Ok(seen) => Found::Seen(seen),
        Err(_) => Found::Silence,
    }
}

/// Where only a repeat of the create call tells, it may be repeated only while its key lives.
pub(super) fn can_ask(able: Capabilities, attempt: &Attempt, now: Timestamp) -> bool {
    match able.look_up {
        LookUp::ByReference => true,
        LookUp::SameKey => {
            !attempt.objects.is_empty()
                || able.create_keys.allow_repeat(now.since(attempt.created_at))
        }
        LookUp::None => false,
    }
}

/// Ends the page of a closing attempt. What the gateway shows is merged, whatever it is; a refusal
/// without an object, or no answer, leaves the attempt live.
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
    let age = now.since(attempt.created_at);
    let settled = now.since(attempt.sent_at) >= SETTLE_SECONDS;
    if attempt.phase() > Phase::Unknown || !settled {
        return Ok(rearm(work, source, order, payment).await?);
    }
    if work.rules.of(&attempt.gateway).create_keys.allow_repeat(age) {
        return repeat(work, gateway, source, order, payment).await;
    }
    if age >= ABANDON_SECONDS {
        return Ok(abandon(work, source, order, payment).await?);
    }
    Ok(rearm(work, source, order, payment).await?)
}

/// Sends the create call again under its own name. Whatever the answer, the first send may still
/// arrive: only an object proves anything.
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
        return merge_all(work, Source::GatewayAnswer, order, payment, &[seen]).await;
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

/// Nothing was learnt: ask again, a little later than last time.
pub async fn rearm(
    work: &Work<'_>,
    source: Source,
    order: Order,
    payment: &PaymentId,
) -> Result<Order, StoreError> {
    let occasion = work.app.occasion(source);
    work.alter(&occasion, order, |order| order.learnt_nothing(payment)).await
}

/// Merges an answer; one that tells nothing new still re-arms the wake-up.
pub async fn merge_all(
    work: &Work<'_>,
    source: Source,
    order: Order,
    payment: &PaymentId,
    seen: &[Seen],
) -> Result<Order, Unavailable> {
    match work.learn(source, order.clone(), payment, seen).await {
        Ok(recorded) if recorded.events.is_empty() && recorded.order.version == order.version => {
            Ok(rearm(work, source, recorded.order, payment).await?)
        }
        Ok(recorded) => Ok(recorded.order),
        Err(LearnError::Store(error)) => Err(error.into()),
        Err(LearnError::Merge(error)) => {
            tracing::error!(error = %error, payment.id = %payment, "an answer cannot be merged");
            Ok(rearm(work, source, order, payment).await?)
        }
    }
}
