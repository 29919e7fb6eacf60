//! A capture or refund requested by a caller under a key: its claim, its replay, its answer.

use crate::domain::id::{OperationId, PaymentId};
use crate::domain::idempotency::{Fingerprint, Key};
use crate::domain::ledger::Operation;
use crate::domain::limit::RefundLimit;
use crate::domain::occasion::Occasion;
use crate::domain::order::Order;
use crate::domain::phase::OperationPhase;
use crate::domain::reservations::NewOperation;
use crate::operations::Unavailable;
use crate::operations::perform::send;
use crate::operations::work::Work;
use crate::pause::{self, Point};

#[derive(Clone, Debug)]
pub struct Asked {
    pub payment: PaymentId,
    pub amount_minor: Option<u64>,
    /// The caller's own words.
    pub note: Option<String>,
    /// The caller's limit for one refund.
    pub limit: RefundLimit,
    pub key: Key,
    pub fingerprint: Fingerprint,
}

#[derive(Debug)]
pub struct Performed {
    pub order: Box<Order>,
    pub operation: OperationId,
    pub phase: OperationPhase,
    pub replayed: bool,
}

/// The known outcome of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effected {
    /// The gateway shows its effect.
    Proven,
    /// The gateway refused it, or it failed there.
    Refused,
    Unknown,
}

impl Performed {
    pub fn outcome(&self) -> Effected {
        match self.phase {
            OperationPhase::Sending | OperationPhase::Unknown => Effected::Unknown,
            OperationPhase::Pending | OperationPhase::Done => Effected::Proven,
            OperationPhase::Refused | OperationPhase::Failed => Effected::Refused,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("the key was used for another request")]
    KeyReused,
    #[error("another key has the same id")]
    IdCollision,
}

impl Asked {
    pub(super) fn as_new(&self, id: &OperationId, occasion: &Occasion) -> NewOperation {
        NewOperation {
            id: id.clone(),
            fingerprint: self.fingerprint.clone(),
            key_hash: self.key.hash(self.payment.as_str()),
            amount_minor: self.amount_minor,
            note: self.note.clone(),
            limit: self.limit.clone(),
            nonce: occasion.nonce.clone(),
            now: occasion.now,
        }
    }

    /// A request for a known operation is a retry if its key and body are the same.
    pub(super) fn is_retry_of(&self, known: &Operation) -> Result<(), Mismatch> {
        if known.key_hash != Some(self.key.hash(self.payment.as_str())) {
            return Err(Mismatch::IdCollision);
        }
        if !known.fingerprint.as_ref().is_some_and(|known| known.is_of(&self.fingerprint)) {
            return Err(Mismatch::KeyReused);
        }
        Ok(())
    }
}

/// Sends the operation if this call claimed it; otherwise returns its current state.
pub(super) async fn finish(
    work: &Work<'_>,
    order: Order,
    id: OperationId,
    occasion: &Occasion,
) -> Result<Performed, Unavailable> {
    let mine = order.is_taken_by(&id, &occasion.nonce);
    let order = if mine {
        pause::reached(&work.app.config, Point::OperationClaimed).await;
        match send(work, order.clone(), &id).await {
            Ok(order) => work.publish(order).await,
            // It is claimed and may have been sent, so it is unknown, not failed. The sweep finds out.
            Err(error) => {
                tracing::warn!(%error, operation.id = %id, "an outcome is not recorded yet");
                order
            }
        }
    } else {
        order
    };
    let phase = order.operations.get(&id).map_or(OperationPhase::Unknown, Operation::phase);
    Ok(Performed { order: Box::new(order), operation: id, phase, replayed: !mine })
}
