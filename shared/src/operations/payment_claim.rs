//! Claims the one live attempt of an order for a request: with a key in one write, without one on an
//! image.

use crate::app::{App, Budget};
use crate::domain::attempt::CaptureMode;
use crate::domain::capabilities::{GatewayName, Rules};
use crate::domain::changes::EventKind;
use crate::domain::claims::NewAttempt;
use crate::domain::conclude::Occasion;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::domain::phase::Phase;
use crate::gateways::GatewayMissing;
use crate::mutants::{Mutant, broken};
use crate::operations::Unavailable;
use crate::operations::create_payment::{CreatePaymentError, NewPayment};
use crate::operations::payment_answer::Wanted;
use crate::operations::record::change;
use crate::store::{Claimed, StoreError};
use crate::telemetry;

pub(super) struct Request<'a> {
    pub new: &'a NewPayment,
    pub rules: Rules,
    pub wanted: Wanted,
    pub budget: Budget,
    pub takers: Vec<GatewayName>,
    pub refusers: Vec<(GatewayName, &'static str)>,
}

pub(super) async fn prepare<'a>(
    app: &App,
    budget: Budget,
    new: &'a NewPayment,
) -> Result<Request<'a>, CreatePaymentError> {
    let rules = app.rules().await.map_err(Unavailable::from)?;
    let mode = new.mode.unwrap_or(CaptureMode::Automatic);
    let (mut takers, mut refusers) = (Vec::new(), Vec::new());
    for name in app.gateways.configured() {
        if new.gateway.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        match app.gateways.get(name).await {
            Ok(gateway) => match gateway.refuses(new.amount, new.method, mode) {
                None => takers.push(name.clone()),
                Some(why) => refusers.push((name.clone(), why)),
            },
            Err(GatewayMissing::OtherMoney(why)) => {
                tracing::warn!(gateway.name = %name, error = why, "gateway not taken");
                refusers.push((name.clone(), why));
            }
            Err(GatewayMissing::Unknown) => refusers.push((name.clone(), "does not exist")),
            Err(GatewayMissing::NotSet(_)) => {
                refusers.push((name.clone(), "has no usable credentials"));
            }
            Err(error @ GatewayMissing::Unavailable(_)) => {
                return Err(Unavailable::from(error).into());
            }
        }
    }
    if let Some(unknown) = new.gateway.as_ref().filter(|_| takers.is_empty() && refusers.is_empty())
    {
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
    Ok(Request { new, rules, wanted, budget, takers, refusers })
}

pub(super) enum Claim {
    Won(Box<Order>, PaymentId),
    Refused(Box<Order>),
}

impl Request<'_> {
    fn attempt(&self, gateway: &GatewayName) -> NewAttempt {
        NewAttempt {
            fingerprint: self.wanted.fingerprint.clone(),
            key_hash: self.wanted.key_hash.clone(),
            gateway: gateway.clone(),
            mode: self.new.mode.unwrap_or(CaptureMode::Automatic),
            method: self.new.method,
            return_url: self.new.return_url.clone(),
            live: self.rules.live,
        }
    }
}

pub(super) async fn claim(
    app: &App,
    request: &Request<'_>,
    occasion: &Occasion,
) -> Result<Claim, CreatePaymentError> {
    let order_id = &request.new.order;
    match (&request.wanted.id, request.takers.first()) {
        (Some(id), Some(gateway)) => {
            let attempt = request.attempt(gateway).claimed_by(&occasion.nonce, occasion.now);
            let total = request.wanted.total;
            match app.store.claim(id, &attempt, total, &request.rules, occasion).await? {
                Claimed::Won(order) => {
                    // The one write of an order that `record` does not make, and so does not count.
                    telemetry::fact(EventKind::AttemptStarted, gateway.as_str());
                    Ok(Claim::Won(order, id.clone()))
                }
                Claimed::Refused(order) => Ok(Claim::Refused(order)),
                Claimed::NoSuchOrder => Err(CreatePaymentError::NoSuchOrder),
            }
        }
        (None, Some(gateway)) => claim_numbered(app, request, occasion, gateway).await,
        (_, None) => {
            let order = app.store.order(order_id).await?;
            let order = order.ok_or(CreatePaymentError::NoSuchOrder)?;
            Ok(Claim::Refused(Box::new(order)))
        }
    }
}

/// C2k. Without a key the attempt is numbered on an image and written under its version, so that two
/// calls cannot begin two.
async fn claim_numbered(
    app: &App,
    request: &Request<'_>,
    occasion: &Occasion,
    gateway: &GatewayName,
) -> Result<Claim, CreatePaymentError> {
    let image = app.store.order(&request.new.order).await?;
    let image = image.ok_or(CreatePaymentError::NoSuchOrder)?;
    let recorded = change(app, &request.rules, occasion, image, |order| {
        let mine = order.attempts.values().any(|attempt| attempt.owner == occasion.nonce);
        let open = order.accepts_attempt(occasion.now) || broken(Mutant::KeylessAlwaysNew);
        let claimable = open && order.total == request.wanted.total;
        if !mine && claimable {
            let id = PaymentId::from_number(&order.id, order.attempts.len());
            let attempt = request.attempt(gateway).claimed_by(&occasion.nonce, occasion.now);
            order.add_attempt(&id, attempt);
        }
        Ok::<(), StoreError>(())
    });
    let order = recorded.await?.order;
    let mine = order
        .attempts
        .iter()
        .find(|(_, a)| a.owner == occasion.nonce && a.phase == Phase::Sending)
        .map(|(id, _)| id.clone());
    Ok(match mine {
        Some(id) => Claim::Won(Box::new(order), id),
        None => Claim::Refused(Box::new(order)),
    })
}
