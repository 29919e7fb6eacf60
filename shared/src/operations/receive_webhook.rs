//! A gateway's webhook: authenticates it, merges its fact, and acknowledges only what is committed or
//! parked.

use std::time::Duration;

use http::HeaderMap;

use crate::app::App;
use crate::domain::capabilities::{GatewayName, Rules};
use crate::domain::fact::Seen;
use crate::domain::id::PaymentId;
use crate::domain::merge::{MergeError, merge};
use crate::domain::order::{Order, Source};
use crate::gateways::GatewayMissing;
use crate::mutants::{Mutant, broken};
use crate::operations::Unavailable;
use crate::operations::publish::publish;
use crate::operations::record::{LearnError, change, learn};
use crate::operations::resolve::{can_ask, rearm};
use crate::operations::start::about;
use crate::pause::{self, Point};
use crate::ports::{Claim, Delivery, Gateway, MappingError, Notice, SignatureError};
use crate::store::{Parked, StoreError};
use crate::telemetry::{self, Metric};

/// A gateway gives up on us after 3 to 5 s.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(2);
/// For so long the gateway is asked about an event that its look-up does not show.
const ASK_SECONDS: i64 = 24 * 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    Committed,
    Ignored,
    Parked,
}

/// What became of an event, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub receipt: Receipt,
    pub payment: Option<PaymentId>,
}

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("no such gateway")]
    UnknownGateway,
    #[error("the gateway has no usable secret")]
    NotConfigured(#[source] GatewayMissing),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Unreadable(#[from] MappingError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for WebhookError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

pub async fn receive_webhook(
    app: &App,
    name: &GatewayName,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Received, WebhookError> {
    let gateway = app.gateways.get(name).await.map_err(|error| match error {
        GatewayMissing::Unknown => WebhookError::UnknownGateway,
        GatewayMissing::NotSet(_) | GatewayMissing::OtherMoney(_) => {
            WebhookError::NotConfigured(error)
        }
        GatewayMissing::Unavailable(_) => WebhookError::Unavailable(error.into()),
    })?;
    let notice = read(app, &*gateway, name, &Delivery { headers, body }).await;
    pause::reached(&app.config, Point::WebhookVerified).await;
    match notice {
        Ok(notice) => {
            let payment = notice.payment().cloned();
            Ok(Received { receipt: accept(app, &*gateway, notice, body).await?, payment })
        }
        Err(WebhookError::Unreadable(MappingError::Unreadable)) => {
            let reason = "a known type that cannot be read";
            let receipt = park(app, &*gateway, None, body, reason).await?;
            Ok(Received { receipt, payment: None })
        }
        Err(error @ WebhookError::Signature(_)) => {
            telemetry::metric(Metric::WebhookRejected, name.as_str());
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Verifies, once more with fresh secrets if they may have been rotated; parses only then.
async fn read(
    app: &App,
    gateway: &dyn Gateway,
    name: &GatewayName,
    delivery: &Delivery<'_>,
) -> Result<Notice, WebhookError> {
    let now = app.clock.now();
    match gateway.verify(delivery, now) {
        Ok(verified) => Ok(gateway.translate(&verified)?),
        Err(error) => {
            let Some(gateway) = app.gateways.get_again(name).await else {
                return Err(error.into());
            };
            let verified = gateway.verify(delivery, now)?;
            Ok(gateway.translate(&verified)?)
        }
    }
}

/// Also the path of a parked event that is tried again.
pub(super) async fn accept(
    app: &App,
    gateway: &dyn Gateway,
    notice: Notice,
    body: &[u8],
) -> Result<Receipt, WebhookError> {
    let (payment, event) = match &notice {
        Notice::Ignored => {
            telemetry::metric(Metric::WebhookIgnored, gateway.name().as_str());
            return Ok(Receipt::Ignored);
        }
        Notice::Fact { payment, event, .. } | Notice::Hint { payment, event, .. } => {
            (payment.clone(), event.clone())
        }
    };
    if broken(Mutant::SeenRowFirst) {
        let seen = format!("seen-{}", event.as_deref().unwrap_or_default());
        let row = Parked::new(&gateway.name(), Some(&seen), body, "seen", 1, app.clock.now());
        if !app.store.park(&Parked { due_s: None, due_at: None, ..row }).await? {
            return Ok(Receipt::Committed);
        }
    }
    let order = app.store.order(&payment.order()).await?;
    pause::reached(&app.config, Point::WebhookRead).await;
    // One gateway says nothing of another's payments.
    let theirs = |order: &Order| {
        order.attempts.get(&payment).is_some_and(|attempt| attempt.gateway == gateway.name())
    };
    let Some(order) = order.filter(theirs) else {
        if broken(Mutant::OrphanDropped) {
            return Ok(Receipt::Ignored);
        }
        return park(app, gateway, event.as_deref(), body, "no such order or payment").await;
    };
    let rules = app.rules().await.map_err(Unavailable::from)?;
    let learnt = match notice {
        Notice::Fact { seen, .. } => {
            learn(app, &rules, Source::Webhook, order, &payment, &[seen]).await.map(|r| r.order)
        }
        Notice::Hint { claim, .. } => {
            follow_hint(app, &rules, gateway, order, &payment, &claim).await
        }
        Notice::Ignored => return Ok(Receipt::Ignored),
    };
    match learnt {
        Ok(order) => {
            pause::reached(&app.config, Point::OutcomeRecorded).await;
            publish(app, &rules, order).await;
            Ok(Receipt::Committed)
        }
        Err(LearnError::Merge(MergeError::UnknownAttempt)) => {
            park(app, gateway, event.as_deref(), body, "no such payment").await
        }
        Err(LearnError::Merge(MergeError::OrderFull) | LearnError::Store(StoreError::TooLarge)) => {
            park(app, gateway, event.as_deref(), body, "the order is full").await
        }
        Err(LearnError::Store(error)) => Err(error.into()),
    }
}

/// Merges what the gateway shows, not what the event claims. If the gateway does not show it (yet), the
/// question is kept in the same write.
async fn follow_hint(
    app: &App,
    rules: &Rules,
    gateway: &dyn Gateway,
    order: Order,
    payment: &PaymentId,
    claim: &Claim,
) -> Result<Order, LearnError> {
    if broken(Mutant::UnsignedOnlyMarksDue) {
        return Ok(rearm(app, rules, order, payment).await?);
    }
    let able = gateway.capabilities();
    let askable = |attempt| can_ask(able, attempt, app.clock.now());
    let seen = match about(&order, payment) {
        Some(about) if order.attempts.get(payment).is_some_and(askable) => {
            gateway.look_up(&about, LOOK_UP_TIMEOUT).await
        }
        Some(_) | None => Ok(Vec::new()),
    };
    pause::reached(&app.config, Point::LookedUp).await;
    let shown = seen.as_ref().is_ok_and(|seen| shows(seen, claim));
    let seen = seen.unwrap_or_default();
    let occasion = app.occasion(Source::Webhook);
    let recorded = change(app, rules, &occasion, order, |order| {
        for seen in &seen {
            merge(order, payment, seen, occasion.now)?;
        }
        if !shown && !broken(Mutant::LaggingLookUpDropsTheEvent) {
            order.ask.insert(payment.clone(), occasion.now.plus(ASK_SECONDS));
        }
        Ok::<(), LearnError>(())
    });
    Ok(recorded.await?.order)
}

fn shows(seen: &[Seen], claim: &Claim) -> bool {
    let any = |shown: &dyn Fn(&Seen) -> bool| seen.iter().any(shown);
    let phase = claim
        .phase
        .is_none_or(|claimed| any(&|seen| seen.phase.is_some_and(|phase| phase >= claimed)));
    let refund = claim.refund.as_ref().is_none_or(|(id, claimed)| {
        any(&|seen| seen.refunds.iter().any(|r| &r.id == id && r.phase >= *claimed))
    });
    let dispute = claim.dispute.as_ref().is_none_or(|(id, claimed)| {
        any(&|seen| seen.disputes.iter().any(|d| &d.id == id && d.phase >= *claimed))
    });
    phase && refund && dispute
}

async fn park(
    app: &App,
    gateway: &dyn Gateway,
    event: Option<&str>,
    body: &[u8],
    reason: &str,
) -> Result<Receipt, WebhookError> {
    let (name, now) = (gateway.name(), app.clock.now());
    let parked = Parked::new(&name, event, body, reason, app.config.due_shards, now);
    if app.store.park(&parked).await? {
        tracing::error!(gateway.name = %name, reason, "event parked");
        telemetry::metric(Metric::WebhookParked, name.as_str());
    }
    Ok(Receipt::Parked)
}
