//! Authenticates a gateway's webhook, merges its fact, and acknowledges it only once it is committed or
//! parked.

use std::time::Duration;

use http::HeaderMap;

use crate::app::{App, Budget};
use crate::domain::attempt::Attempt;
use crate::domain::history::Source;
use crate::domain::id::PaymentId;
use crate::domain::merge::{MergeError, merge};
use crate::domain::names::GatewayName;
use crate::domain::order::Order;
use crate::gateways::GatewayMissing;
use crate::operations::Unavailable;
use crate::operations::park::{Kept, NoRoom, Unmerged, keep};
use crate::operations::record::LearnError;
use crate::operations::sought::sought;
use crate::operations::work::Work;
use crate::pause::{self, Point};
use crate::ports::{Delivery, Gateway, Hinted, MappingError, Notice, SignatureError, Verified};
use crate::store::StoreError;
use crate::telemetry::{self, Metric};

/// Gateways stop waiting for our answer after 3 to 5 s.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(2);
/// How long we keep asking about an event that the gateway's look-up does not show yet.
const ASK_SECONDS: i64 = 24 * 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    Committed,
    Ignored,
    Parked,
}

/// The outcome of an authenticated event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    Committed,
    Ignored,
    Unmerged(Unmerged),
}

/// The order that a notice is for, or the notice's outcome if there is none.
pub(super) enum Addressed {
    Order(Box<Order>),
    Nobody(Accepted),
}

/// The outcome of an event, and its payment.
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
    #[error("there is no room for an event that cannot be merged yet: {0:?}")]
    NoRoom(NoRoom),
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
    budget: Budget,
    name: &GatewayName,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Received, WebhookError> {
    // Anybody can send an unsigned webhook: it reads no secret, and is no sign of a wrong one.
    if !app.gateways.shows_signature(name, headers).map_err(missing)? {
        return Err(turned_away(name, SignatureError::Missing));
    }
    let gateway = app.gateways.get(name).await.map_err(missing)?;
    let delivery = Delivery { headers, body };
    let verified = verify(app, &*gateway, name, &delivery).await;
    pause::reached(&app.config, Point::WebhookVerified).await;
    let verified = verified.map_err(|error| turned_away(name, error))?;
    if is_foreign(app, &*gateway, &verified) {
        return Ok(Received { receipt: Receipt::Ignored, payment: None });
    }
    let event = verified.event();
    let notice = match gateway.translate(&verified) {
        Ok(notice) => notice,
        Err(MappingError::Unreadable) => {
            let why = Unmerged::Unknown("a known type that cannot be read");
            let receipt = park(app, &*gateway, (None, None), body, why).await?;
            return Ok(Received { receipt, payment: None });
        }
        Err(error @ MappingError::Foreign) => return Err(error.into()),
    };
    let payment = notice.payment().cloned();
    let accepted = match addressed(app, &*gateway, &notice).await? {
        Addressed::Order(order) => {
            let work = Work::begin(app, budget).await?;
            accept(&work, &*gateway, *order, notice).await?
        }
        Addressed::Nobody(accepted) => accepted,
    };
    let receipt = match accepted {
        Accepted::Committed => Receipt::Committed,
        Accepted::Ignored => Receipt::Ignored,
        Accepted::Unmerged(why) => {
            park(app, &*gateway, (event, payment.as_ref()), body, why).await?
        }
    };
    Ok(Received { receipt, payment })
}

async fn park(
    app: &App,
    gateway: &dyn Gateway,
    names: (Option<&str>, Option<&PaymentId>),
    body: &[u8],
    why: Unmerged,
) -> Result<Receipt, WebhookError> {
    match keep(app, gateway, names, body, why).await? {
        Kept::Parked => Ok(Receipt::Parked),
        Kept::NoRoom(what) => Err(WebhookError::NoRoom(what)),
    }
}

fn missing(error: GatewayMissing) -> WebhookError {
    match error {
        GatewayMissing::Unknown => WebhookError::UnknownGateway,
        GatewayMissing::NotSet(_) | GatewayMissing::Unusable(_) | GatewayMissing::OtherMoney(_) => {
            WebhookError::NotConfigured(error)
        }
        GatewayMissing::Unavailable(_) => WebhookError::Unavailable(error.into()),
    }
}

fn turned_away(name: &GatewayName, error: SignatureError) -> WebhookError {
    let unsigned = error == SignatureError::Missing;
    let metric = if unsigned { Metric::WebhookUnsigned } else { Metric::WebhookRejected };
    telemetry::metric(metric, name.as_str());
    error.into()
}

/// Verifies a delivery, a second time with fresh secrets if they may have been rotated.
async fn verify<'a>(
    app: &App,
    gateway: &dyn Gateway,
    name: &GatewayName,
    delivery: &Delivery<'a>,
) -> Result<Verified<'a>, SignatureError> {
    let now = app.clock.now();
    match gateway.verify(delivery, now) {
        Ok(verified) => Ok(verified),
        Err(SignatureError::Missing) => Err(SignatureError::Missing),
        Err(error) => match app.gateways.get_again(name).await {
            Some(gateway) => gateway.verify(delivery, now),
            None => Err(error),
        },
    }
}

/// Two stacks at one gateway may have orders with the same id, created under the same key. An event of the
/// other stack's payment must not be merged here. An event that names no stack is ours.
pub(super) fn is_foreign(app: &App, gateway: &dyn Gateway, verified: &Verified<'_>) -> bool {
    let stack = gateway.stack_of(verified);
    let foreign = stack.is_some_and(|stack| stack != app.config.stack);
    if foreign {
        telemetry::metric(Metric::WebhookForeign, gateway.name().as_str());
    }
    foreign
}

/// Finds the order of a notice. Parked events that are tried again use this path too.
pub(super) async fn addressed(
    app: &App,
    gateway: &dyn Gateway,
    notice: &Notice,
) -> Result<Addressed, StoreError> {
    let Some(payment) = notice.payment() else {
        telemetry::metric(Metric::WebhookIgnored, gateway.name().as_str());
        return Ok(Addressed::Nobody(Accepted::Ignored));
    };
    let order = app.store.order(&payment.order()).await?;
    pause::reached(&app.config, Point::WebhookRead).await;
    let unmerged = |why| Ok(Addressed::Nobody(Accepted::Unmerged(why)));
    let Some(order) = order else {
        return unmerged(Unmerged::Unknown("no such order"));
    };
    // A gateway's event counts only for its own payments.
    if order.attempts.get(payment).is_none_or(|attempt| attempt.gateway != gateway.name()) {
        return unmerged(Unmerged::Unfit("no such payment"));
    }
    Ok(Addressed::Order(Box::new(order)))
}

/// Merges a notice into its order.
pub(super) async fn accept(
    work: &Work<'_>,
    gateway: &dyn Gateway,
    order: Order,
    notice: Notice,
) -> Result<Accepted, WebhookError> {
    let learnt = match notice {
        Notice::Fact { payment, seen } => {
            work.learn(Source::Webhook, order, &payment, &[seen]).await.map(|r| r.order)
        }
        Notice::Hint { payment, hinted } => {
            follow_hint(work, gateway, order, &payment, &hinted).await
        }
        Notice::Ignored => return Ok(Accepted::Ignored),
    };
    match learnt {
        Ok(order) => {
            pause::reached(&work.app.config, Point::OutcomeRecorded).await;
            work.publish(order).await;
            Ok(Accepted::Committed)
        }
        Err(LearnError::Merge(MergeError::UnknownAttempt)) => {
            Ok(Accepted::Unmerged(Unmerged::Unfit("no such payment")))
        }
        Err(LearnError::Merge(MergeError::AnothersCapture)) => {
            Ok(Accepted::Unmerged(Unmerged::Unfit("the capture belongs to another payment")))
        }
        Err(LearnError::Merge(MergeError::OrderFull) | LearnError::Store(StoreError::TooLarge)) => {
            Ok(Accepted::Unmerged(Unmerged::Unfit("the order is full")))
        }
        Err(LearnError::Store(error)) => Err(error.into()),
    }
}

/// Merges what the gateway shows, not what the event claims. If the gateway does not show it yet, the same
/// write records that we keep asking.
async fn follow_hint(
    work: &Work<'_>,
    gateway: &dyn Gateway,
    order: Order,
    payment: &PaymentId,
    hinted: &Hinted,
) -> Result<Order, LearnError> {
    let app = work.app;
    let able = work.rules.of(&gateway.name());
    let askable = |attempt: &Attempt| attempt.can_be_looked_up(&able, app.clock.now());
    let seen = match sought(&order, payment) {
        Some(sought) if order.attempts.get(payment).is_some_and(askable) => {
            gateway.look_up(&sought, LOOK_UP_TIMEOUT).await
        }
        Some(_) | None => Ok(Vec::new()),
    };
    pause::reached(&app.config, Point::LookedUp).await;
    let shown = seen.as_ref().is_ok_and(|seen| hinted.is_shown_by(seen));
    let seen = seen.unwrap_or_default();
    let occasion = app.occasion(Source::Webhook);
    let recorded = work.change(&occasion, order, |order| {
        for seen in &seen {
            merge(order, payment, seen, occasion.now)?;
        }
        if !shown {
            order.ask_until(payment, occasion.now.plus(ASK_SECONDS));
        }
        Ok::<(), LearnError>(())
    });
    Ok(recorded.await?.order)
}
