//! Room for captures and refunds: computed and claimed under one version, released only by proof.

use super::attempt::{Attempt, CaptureMode};
use super::capabilities::Rules;
use super::claims::LEASE_SECONDS;
use super::id::{OperationId, PaymentId};
use super::idempotency::{Fingerprint, KeyHash};
use super::ledger::{CaptureClass, Operation, OperationKind, Reason};
use super::order::{CaptureId, ENTRIES_MAX, Nonce, ObjectId, Order};
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::time::Timestamp;
use crate::mutants::{Mutant, broken};

/// What a caller asks of a capture or refund.
#[derive(Clone, Debug)]
pub struct NewOperation {
    pub id: OperationId,
    pub fingerprint: Fingerprint,
    pub key_hash: KeyHash,
    pub amount_minor: Option<u64>,
    pub note: Option<String>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundRefused {
    ExceedsCaptured { refundable_minor: u64 },
    OrderFull,
    Disputed,
}

/// C8. Room is computed and claimed under one version.
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
    let (capture_id, amount) = refundable(order, payment, new.amount_minor)?;
    let disputed = order
        .disputes
        .values()
        .any(|dispute| dispute.capture == capture_id && dispute.phase == DisputePhase::Open);
    if disputed && !despite_dispute {
        return Err(RefundRefused::Disputed);
    }
    let Some(capture) = order.captures.get(&capture_id) else {
        return Err(RefundRefused::ExceedsCaptured { refundable_minor: 0 });
    };
    let mut op = new.claimed(OperationKind::Refund, payment, &capture.object, amount);
    op.capture = Some(capture_id);
    order.operations.insert(new.id.clone(), op);
    Ok(())
}

/// The capture that a refund is taken from: one that fits and has the room, or a mismatched one as a
/// whole. Excess captures are given back by us alone.
fn refundable(
    order: &Order,
    payment: &PaymentId,
    wanted: Option<u64>,
) -> Result<(CaptureId, u64), RefundRefused> {
    let room = |class| {
        order
            .captures_of(payment)
            .filter(move |(_, capture)| capture.class == class)
            .map(|(id, c)| (id.clone(), c.amount.amount_minor.saturating_sub(order.spent(id))))
            .max_by_key(|(_, left)| *left)
    };
    let fitting = room(CaptureClass::Fits).filter(|(_, left)| *left > 0);
    let whole = fitting.is_none() && !broken(Mutant::ReviewGivenBackInPart);
    let Some((id, left)) = fitting.or_else(|| room(CaptureClass::Review)) else {
        return Err(RefundRefused::ExceedsCaptured { refundable_minor: 0 });
    };
    let amount = wanted.unwrap_or(left);
    let allowed = if whole { amount == left } else { amount <= left };
    if amount == 0 || !allowed {
        return Err(RefundRefused::ExceedsCaptured { refundable_minor: left });
    }
    Ok((id, amount))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureRefused {
    NotAuthorized,
    Closing,
    ExceedsAuthorized {
        capturable_minor: u64,
    },
    PartialNotSupported,
    /// Only the whole fits an order that is captured automatically.
    AutomaticInPart {
        authorized_minor: u64,
    },
    OrderFull,
}

/// C9. One capture; the rest of the authorization is released.
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
    let object = attempt.objects.iter().find(|(_, phase)| **phase == Phase::Authorized);
    let (object, _) = object.ok_or(CaptureRefused::NotAuthorized)?;
    let voided = order.operations.values().any(|op| {
        op.kind == OperationKind::Void
            && &op.object == object
            && (op.may_have_effect() || op.phase == OperationPhase::Done)
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
        .filter(|_| !broken(Mutant::CapturesNotReserved))
        .map(|op| op.amount_minor);
    captured.chain(in_flight).fold(0, u64::saturating_add)
}
