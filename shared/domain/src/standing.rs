//! What an order's money, decisions and intentions amount to. Claims, obligations and statuses all ask
//! these questions; the answers change nothing.

use super::id::{OperationId, PaymentId};
use super::ledger::{Capture, CaptureClass, Operation, OperationKind, Reason, Refund};
use super::money::Money;
use super::names::{CaptureId, DisputeId, GatewayRefundId, ObjectId};
use super::order::{Ending, Order, State};
use super::phase::{DisputePhase, OperationPhase};
use super::time::Timestamp;

/// How many compensations of one capture may be refused or fail before a person decides.
const COMPENSATIONS_MAX: usize = 4;

/// How many times an owed capture or void is tried. After that we wait for the authorization to lapse.
const OWED_MAX: usize = 16;

/// Where the money of a capture is. One refund is taken from one capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub captured: Money,
    pub refunded_minor: u64,
    /// Claimed or sent, and not finished.
    pub under_way_minor: u64,
    pub lost_minor: u64,
    pub left_minor: u64,
}

/// Whether an order can still be paid, and whether its time is over.
impl Order {
    /// Whether an attempt is live or a capture is in progress.
    pub(super) fn can_still_be_paid(&self) -> bool {
        let capturing = |op: &Operation| op.kind == OperationKind::Capture && op.may_have_effect();
        self.attempts.values().any(|attempt| attempt.phase().is_live())
            || self.operations.values().any(capturing)
    }

    /// Whether its time is over and nothing in progress can still pay it.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.state == State::Open
            && self.expires_at <= now
            && !self.can_still_be_paid()
            && !self.has_open_review()
    }

    /// Whether a capture call is or may be on its way, or a person must find out.
    pub fn capture_in_flight(&self, attempt: &PaymentId) -> bool {
        self.operations.values().any(|op| {
            op.kind == OperationKind::Capture && &op.attempt == attempt && op.may_have_effect()
        })
    }
}

/// The money of a capture.
impl Order {
    /// The part of a capture that is gone or reserved: lost disputes, refunds that have not failed (ours or
    /// made at the gateway), and refunds in progress that the gateway has not shown yet.
    pub fn spent(&self, capture_id: &CaptureId) -> u64 {
        let refunded = self
            .refunds
            .values()
            .filter(|refund| {
                &refund.capture == capture_id && refund.phase() != OperationPhase::Failed
            })
            .map(|refund| refund.amount_minor);
        let reserved = self
            .operations
            .iter()
            .filter(|(id, op)| {
                op.kind == OperationKind::Refund
                    && op.capture.as_ref() == Some(capture_id)
                    && op.may_have_effect()
                    && !self.is_shown(id)
            })
            .map(|(_, op)| op.amount_minor);
        refunded.chain(reserved).fold(self.lost(capture_id), u64::saturating_add)
    }

    /// The amount of a capture that the shopper's bank has taken back.
    pub fn lost(&self, capture_id: &CaptureId) -> u64 {
        self.disputes
            .values()
            .filter(|dispute| {
                &dispute.capture == capture_id && dispute.phase() == DisputePhase::Lost
            })
            .fold(0, |sum, dispute| sum.saturating_add(dispute.amount_minor))
    }

    /// The amount of a capture that the gateway shows as refunded.
    pub fn returned(&self, capture_id: &CaptureId) -> u64 {
        self.refunds
            .values()
            .filter(|refund| {
                &refund.capture == capture_id && refund.phase() == OperationPhase::Done
            })
            .fold(0, |sum, refund| sum.saturating_add(refund.amount_minor))
    }

    /// The amount of a capture that is no longer here: refunded, or taken by the shopper's bank.
    fn gone(&self, capture_id: &CaptureId) -> u64 {
        let lost = self.lost(capture_id);
        self.returned(capture_id).saturating_add(lost)
    }

    pub fn room(&self, capture: &CaptureId) -> Option<Room> {
        let captured = self.captures.get(capture)?.amount;
        let (spent, lost) = (self.spent(capture), self.lost(capture));
        let refunded = self.returned(capture);
        Some(Room {
            captured,
            refunded_minor: refunded,
            under_way_minor: spent.saturating_sub(lost).saturating_sub(refunded),
            lost_minor: lost,
            left_minor: captured.amount_minor.saturating_sub(spent),
        })
    }

    /// Whether the gateway has shown this operation's refund.
    fn is_shown(&self, operation: &OperationId) -> bool {
        self.refunds.values().any(|refund| refund.operation.as_ref() == Some(operation))
    }
}

/// What becomes of a capture.
impl Order {
    /// Whether a person has to decide on this capture and some of its money is still here.
    pub(super) fn awaits_decision(&self, id: &CaptureId) -> bool {
        self.captures.get(id).is_some_and(|capture| {
            capture.class == CaptureClass::Review
                && self.gone(id) < capture.amount.amount_minor
                && !self.goes_back(id)
        })
    }

    pub(super) fn has_open_review(&self) -> bool {
        self.captures.keys().any(|id| self.awaits_decision(id))
    }

    /// Whether we refund this capture unasked: the order does not need it, was canceled while a decision was
    /// pending, or had ended before a refund of the capture failed.
    pub(super) fn goes_back(&self, id: &CaptureId) -> bool {
        let ended = matches!(self.state, State::Canceled | State::Expired)
            || self.ending == Some(Ending::Cancel);
        self.captures.get(id).is_some_and(|capture| match capture.class {
            CaptureClass::Fits => false,
            CaptureClass::Excess => true,
            CaptureClass::Review => ended && self.may_compensate(id),
        })
    }

    pub(super) fn open_disputes_of(&self, capture: &CaptureId) -> Vec<DisputeId> {
        let open = self.disputes.iter().filter(|(_, dispute)| {
            &dispute.capture == capture && dispute.phase() == DisputePhase::Open
        });
        open.map(|(id, _)| id.clone()).collect()
    }

    /// A compensation is not sent while the shopper's bank may take the same money, which would then leave
    /// twice.
    pub fn waits_for_a_dispute(&self, op: &Operation) -> bool {
        let disputed = |id: &CaptureId| !self.open_disputes_of(id).is_empty();
        op.is_compensation() && op.capture.as_ref().is_some_and(disputed)
    }

    /// A compensation that was withdrawn unsent says nothing about the gateway, so it does not count.
    pub(super) fn may_compensate(&self, id: &CaptureId) -> bool {
        let tried = |op: &&Operation| op.sends > 0 || op.phase() != OperationPhase::Refused;
        self.compensations(id).filter(tried).count() < COMPENSATIONS_MAX
    }

    pub(super) fn compensations<'a>(
        &'a self,
        id: &'a CaptureId,
    ) -> impl Iterator<Item = &'a Operation> {
        let ours = |op: &&Operation| op.is_compensation();
        self.operations.values().filter(ours).filter(move |op| op.capture.as_ref() == Some(id))
    }
}

/// What a refund is called, and why it was made.
impl Order {
    /// An amount out of a capture is in the capture's currency.
    pub(super) fn money_of(&self, capture: Option<&CaptureId>, amount_minor: u64) -> Money {
        let capture = capture.and_then(|id| self.captures.get(id));
        Money::new(amount_minor, capture.map_or(self.currency(), |known| known.amount.currency))
    }

    /// A refund's public name and reason: our operation's, or one computed for a refund made at the
    /// gateway.
    pub fn public_refund(
        &self,
        gateway_id: &GatewayRefundId,
        refund: &Refund,
    ) -> (OperationId, &'static str) {
        let ours = refund.operation.as_ref().and_then(|id| self.operations.get_key_value(id));
        ours.map_or_else(
            || (OperationId::foreign_refund(&self.id, gateway_id), Reason::Gateway.word()),
            |(id, op)| (id.clone(), self.reason_of(op)),
        )
    }

    /// A refund of a capture that was never kept is not part of a sale, whoever asked for it. A
    /// compensation keeps the reason that was reported first, even if a person has to finish it.
    pub fn reason_of(&self, op: &Operation) -> &'static str {
        let reviewed = |capture: &Capture| {
            if op.is_compensation() { capture.reviewed } else { capture.is_or_was_in_review() }
        };
        let capture = op.capture.as_ref().and_then(|id| self.captures.get(id));
        if capture.is_some_and(reviewed) { "review" } else { op.reason.word() }
    }
}

/// The number of the next owed capture or void of an object; `None` while one is unproven or done. A refused
/// one is owed again, since the gateway may have been busy.
pub(super) fn next_owed(order: &Order, kind: OperationKind, object: &ObjectId) -> Option<usize> {
    let mut earlier = 0;
    for op in order.operations.values().filter(|op| op.kind == kind && &op.object == object) {
        match op.phase() {
            OperationPhase::Refused | OperationPhase::Failed => earlier += 1,
            OperationPhase::Sending
            | OperationPhase::Unknown
            | OperationPhase::Pending
            | OperationPhase::Done => return None,
        }
    }
    (earlier < OWED_MAX).then_some(earlier)
}
