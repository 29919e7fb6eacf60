//! Room for captures and refunds, computed and claimed under one version and released only by proof.

use super::attempt::LEASE_SECONDS;
use super::attempt::{Attempt, CaptureMode};
use super::capabilities::Rules;
use super::id::{OperationId, PaymentId};
use super::idempotency::{Fingerprint, KeyHash};
use super::ledger::{Capture, CaptureClass, Operation, OperationKind, Reason};
use super::limit::{OverLimit, RefundLimit};
use super::money::Money;
use super::names::{CaptureId, DisputeId, Nonce, ObjectId};
use super::order::{ENTRIES_MAX, Order};
use super::phase::OperationPhase;
use super::standing::Room;
use super::time::Timestamp;

/// A caller's request for a capture or refund.
#[derive(Clone, Debug)]
pub struct NewOperation {
    pub id: OperationId,
    pub fingerprint: Fingerprint,
    pub key_hash: KeyHash,
    pub amount_minor: Option<u64>,
    pub note: Option<String>,
    /// The caller's limit for one refund.
    pub limit: RefundLimit,
    pub nonce: Nonce,
    pub now: Timestamp,
}

impl NewOperation {
    fn claimed(
        &self,
        kind: OperationKind,
        attempt: &PaymentId,
        object: &ObjectId,
        amount: u64,
    ) -> Operation {
        let mut op = Operation::owed(kind, attempt, object, amount, Reason::Requested, self.now);
        op.note.clone_from(&self.note);
        op.fingerprint = Some(self.fingerprint.clone());
        op.key_hash = Some(self.key_hash.clone());
        op.take(&self.nonce, LEASE_SECONDS, self.now);
        op
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundRefused {
    /// Nothing was captured.
    NotCaptured,
    /// The order did not need it, so we refund it unasked.
    GoesBack,
    /// A capture that does not fit the order can only be refunded in full.
    OnlyWhole {
        whole: Money,
    },
    Exceeds(Room),
    OverLimit(OverLimit),
    OrderFull,
    /// By the gateway's own ids.
    Disputed(Vec<DisputeId>),
}

pub fn claim_refund(
    order: &mut Order,
    payment: &PaymentId,
    new: &NewOperation,
    despite_dispute: bool,
) -> Result<(), RefundRefused> {
    let asked = order.operations.values().filter(|op| op.kind == OperationKind::Refund).count();
    let full = asked >= ENTRIES_MAX || order.refunds.len() >= ENTRIES_MAX;
    if full {
        return Err(RefundRefused::OrderFull);
    }
    let (capture_id, object) = refundable(order, payment)?;
    let disputes = order.open_disputes_of(&capture_id);
    if !disputes.is_empty() && !despite_dispute {
        let gateway = order.attempts.get(payment).map(|attempt| &attempt.gateway);
        let own = |id: &DisputeId| gateway.map_or(id.clone(), |it| DisputeId::new(id.own(it)));
        return Err(RefundRefused::Disputed(disputes.iter().map(own).collect()));
    }
    let amount = amount_of_refund(order, &capture_id, new.amount_minor)?;
    // Without an amount the refund asks for all that is left, so the limit is checked on the resolved amount.
    let currency = order.captures.get(&capture_id).map_or(order.currency(), |c| c.amount.currency);
    new.limit.admits(Money::new(amount, currency)).map_err(RefundRefused::OverLimit)?;
    let mut op = new.claimed(OperationKind::Refund, payment, &object, amount);
    op.capture = Some(capture_id);
    order.operations.insert(new.id.clone(), op);
    Ok(())
}

/// The capture to refund: the fitting one with the most room, or else one in review. Only we return excess
/// captures.
fn refundable(order: &Order, payment: &PaymentId) -> Result<(CaptureId, ObjectId), RefundRefused> {
    let roomiest = |class| {
        order
            .captures_of(payment)
            .filter(move |(id, capture)| capture.class == class && !order.goes_back(id))
            .max_by_key(|(id, _)| order.room(id).map(|room| room.left_minor))
    };
    let left = |(id, _): &(&CaptureId, &Capture)| order.room(id).is_some_and(|r| r.left_minor > 0);
    let fitting = roomiest(CaptureClass::Fits);
    let chosen = fitting.filter(left).or_else(|| roomiest(CaptureClass::Review)).or(fitting);
    match chosen {
        Some((id, capture)) => Ok((id.clone(), capture.object.clone())),
        None if order.captures_of(payment).next().is_some() => Err(RefundRefused::GoesBack),
        None => Err(RefundRefused::NotCaptured),
    }
}

fn amount_of_refund(
    order: &Order,
    capture: &CaptureId,
    wanted: Option<u64>,
) -> Result<u64, RefundRefused> {
    let Some(room) = order.room(capture) else {
        return Err(RefundRefused::NotCaptured);
    };
    let left = room.left_minor;
    let amount = wanted.unwrap_or(left);
    let whole = order.captures.get(capture).is_some_and(|c| c.class == CaptureClass::Review);
    if whole && left > 0 && amount != left {
        return Err(RefundRefused::OnlyWhole { whole: Money::new(left, room.captured.currency) });
    }
    if amount == 0 || amount > left {
        return Err(RefundRefused::Exceeds(room));
    }
    Ok(amount)
}

/// Canceling an order refunds every capture in review, so the caller's refund limit applies.
pub fn cancel_gives_back_within(order: &Order, limit: &RefundLimit) -> Result<(), OverLimit> {
    let goes_back = |id: &CaptureId| order.awaits_decision(id) && order.may_compensate(id);
    let undecided = order.captures.iter().filter(|(id, _)| goes_back(id));
    let left = undecided.filter_map(|(id, capture)| {
        let left = order.room(id)?.left_minor;
        (left > 0).then(|| Money::new(left, capture.amount.currency))
    });
    left.into_iter().try_for_each(|left| limit.admits(left))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureRefused {
    NotAuthorized,
    Closing,
    ExceedsAuthorized {
        capturable_minor: u64,
    },
    PartialNotSupported,
    /// An automatic payment can only be captured in full.
    AutomaticInPart {
        authorized_minor: u64,
    },
    OrderFull,
}

/// Claims one capture; the rest of the authorization is released.
pub fn claim_capture(
    order: &mut Order,
    payment: &PaymentId,
    new: &NewOperation,
    rules: &Rules,
) -> Result<(), CaptureRefused> {
    let Some(attempt) = order.attempts.get(payment) else {
        return Err(CaptureRefused::NotAuthorized);
    };
    let able = rules.of(&attempt.gateway);
    if attempt.close.is_some() {
        return Err(CaptureRefused::Closing);
    }
    let object = capturable_object(order, attempt)?;
    let authorized =
        attempt.authorized.get(&object).map_or(order.total.amount_minor, |a| a.amount_minor);
    let left = authorized.saturating_sub(captured_or_in_flight(order, &object));
    let amount = new.amount_minor.unwrap_or(left);
    if amount == 0 || amount > left {
        return Err(CaptureRefused::ExceedsAuthorized { capturable_minor: left });
    }
    if amount < authorized && attempt.mode == CaptureMode::Automatic {
        return Err(CaptureRefused::AutomaticInPart { authorized_minor: authorized });
    }
    if amount < authorized && !able.partial_capture {
        return Err(CaptureRefused::PartialNotSupported);
    }
    if order.operations.len() >= ENTRIES_MAX {
        return Err(CaptureRefused::OrderFull);
    }
    let op = new.claimed(OperationKind::Capture, payment, &object, amount);
    order.operations.insert(new.id.clone(), op);
    Ok(())
}

fn capturable_object(order: &Order, attempt: &Attempt) -> Result<ObjectId, CaptureRefused> {
    let object = attempt.authorized_object().ok_or(CaptureRefused::NotAuthorized)?;
    let voided = order.operations.values().any(|op| {
        op.kind == OperationKind::Void
            && &op.object == object
            && (op.may_have_effect() || op.phase() == OperationPhase::Done)
    });
    if voided { Err(CaptureRefused::Closing) } else { Ok(object.clone()) }
}

fn captured_or_in_flight(order: &Order, object: &ObjectId) -> u64 {
    let captured = order
        .captures
        .values()
        .filter(|capture| &capture.object == object)
        .map(|capture| capture.amount.amount_minor);
    let in_flight = order
        .operations
        .values()
        .filter(|op| {
            op.kind == OperationKind::Capture && &op.object == object && op.may_have_effect()
        })
        .map(|op| op.amount_minor);
    captured.chain(in_flight).fold(0, u64::saturating_add)
}
