//! Claims an order's live attempt for a request: in one write with a key, on an image without one.

use crate::app::{App, Budget};
use crate::domain::attempt::{CaptureMode, NewAttempt};
use crate::domain::changes::EventKind;
use crate::domain::id::PaymentId;
use crate::domain::names::GatewayName;
use crate::domain::occasion::Occasion;
use crate::domain::order::Order;
use crate::domain::payment_answer::Wanted;
use crate::domain::phase::Phase;
use crate::gateways::GatewayMissing;
use crate::operations::Unavailable;
use crate::operations::new_payment::{CreatePaymentError, NewPayment};
use crate::operations::work::Work;
use crate::store::Claimed;
use crate::telemetry;

/// A request, and the gateways that would take it.
pub(super) struct Prepared<'a> {
    pub new: &'a NewPayment,
    pub work: Work<'a>,
    pub wanted: Wanted,
    pub takers: Vec<GatewayName>,
    pub refusers: Vec<(GatewayName, &'static str)>,
    /// Gateways without credentials.
    pub unset: Vec<GatewayName>,
}

pub(super) async fn prepare<'a>(
    app: &'a App,
    budget: Budget,
    new: &'a NewPayment,
) -> Result<Prepared<'a>, CreatePaymentError> {
    let work = Work::begin(app, budget).await?;
    let mode = new.mode.unwrap_or(CaptureMode::Automatic);
    let (mut takers, mut refusers, mut unset) = (Vec::new(), Vec::new(), Vec::new());
    for name in app.gateways.configured() {
        if new.gateway.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        match work.gateways.get(name) {
            Ok(gateway) => match gateway.refuses(new.amount, new.method, mode) {
                None => takers.push(name.clone()),
                Some(why) => refusers.push((name.clone(), why)),
            },
            Err(GatewayMissing::OtherMoney(why)) => {
                tracing::warn!(gateway.name = %name, error = why, "gateway not taken");
                refusers.push((name.clone(), why));
            }
            Err(GatewayMissing::Unknown) => refusers.push((name.clone(), "does not exist")),
            Err(GatewayMissing::NotSet(_)) => unset.push(name.clone()),
            Err(error @ (GatewayMissing::Unusable(_) | GatewayMissing::Unavailable(_))) => {
                return Err(Unavailable::from(error).into());
            }
        }
    }
    let none = takers.is_empty() && refusers.is_empty() && unset.is_empty();
    if let Some(unknown) = new.gateway.as_ref().filter(|_| none) {
        refusers.push((unknown.clone(), "is not configured"));
    }
    let id = new.key.as_ref().map(|key| PaymentId::from_key(&new.order, key));
    let wanted = Wanted {
        id,
        key_hash: new.key.as_ref().map(|key| key.hash(new.order.as_str())),
        fingerprint: new.fingerprint.clone(),
        total: new.amount,
        gateway: new.gateway.clone(),
        method: new.method,
        mode: new.mode,
        replace: new.replace,
    };
    Ok(Prepared { new, work, wanted, takers, refusers, unset })
}

pub(super) enum ClaimOutcome {
    Won(Box<Order>, PaymentId),
    Refused(Box<Order>),
}

impl Prepared<'_> {
    fn attempt(&self, gateway: &GatewayName) -> NewAttempt {
        NewAttempt {
            fingerprint: self.wanted.fingerprint.clone(),
            key_hash: self.wanted.key_hash.clone(),
            gateway: gateway.clone(),
            mode: self.new.mode.unwrap_or(CaptureMode::Automatic),
            method: self.new.method,
            return_url: self.new.return_url.clone(),
            live: self.work.rules.live,
            stack: Some(self.work.app.config.stack.clone()),
        }
    }
}

pub(super) async fn claim(
    prepared: &Prepared<'_>,
    occasion: &Occasion,
) -> Result<ClaimOutcome, CreatePaymentError> {
    let Work { app, rules, .. } = &prepared.work;
    let order_id = &prepared.new.order;
    match (&prepared.wanted.id, prepared.takers.first()) {
        (Some(id), Some(gateway)) => {
            let attempt = prepared.attempt(gateway).claimed_by(&occasion.nonce, occasion.now);
            let total = prepared.wanted.total;
            match app.store.claim(id, &attempt, total, rules, occasion).await? {
                Claimed::Won(order) => {
                    // This write of an order bypasses `record`, so it is counted here.
                    telemetry::fact(EventKind::AttemptStarted, gateway.as_str());
                    Ok(ClaimOutcome::Won(order, id.clone()))
                }
                Claimed::Refused(order) => Ok(ClaimOutcome::Refused(order)),
                Claimed::NoSuchOrder => Err(CreatePaymentError::NoSuchOrder),
            }
        }
        (None, Some(gateway)) => claim_numbered(prepared, occasion, gateway).await,
        (_, None) => {
            let order = app.store.order(order_id).await?;
            let order = order.ok_or(CreatePaymentError::NoSuchOrder)?;
            Ok(ClaimOutcome::Refused(Box::new(order)))
        }
    }
}

/// Without a key, the attempt is numbered on an image and written under its version, so that two calls cannot
/// begin two attempts.
async fn claim_numbered(
    prepared: &Prepared<'_>,
    occasion: &Occasion,
    gateway: &GatewayName,
) -> Result<ClaimOutcome, CreatePaymentError> {
    let work = &prepared.work;
    let image = work.app.store.order(&prepared.new.order).await?;
    let image = image.ok_or(CreatePaymentError::NoSuchOrder)?;
    let claimed = work.alter(occasion, image, |order| {
        let mine = order.attempts.values().any(|attempt| attempt.owner == occasion.nonce);
        let claimable = order.accepts_attempt(occasion.now) && order.total == prepared.wanted.total;
        if !mine && claimable {
            let id = PaymentId::from_number(&order.id, order.attempts.len());
            let attempt = prepared.attempt(gateway).claimed_by(&occasion.nonce, occasion.now);
            order.add_attempt(&id, attempt);
        }
    });
    let order = claimed.await?;
    let mine = order
        .attempts
        .iter()
        .find(|(_, a)| a.owner == occasion.nonce && a.phase() == Phase::Sending)
        .map(|(id, _)| id.clone());
    Ok(match mine {
        Some(id) => ClaimOutcome::Won(Box::new(order), id),
        None => ClaimOutcome::Refused(Box::new(order)),
    })
}
