//! Claims decide what may begin, and what may be closed or ended. Each is checked on an image and written
//! under that image's version. Of two claims that exclude each other, one is written and the other is
//! checked again.

use super::attempt::{Attempt, Close, LEASE_SECONDS};
use super::capabilities::{Capabilities, PageOnly, Rules};
use super::id::{OperationId, PaymentId};
use super::ledger::{Operation, OperationKind, Reason};
use super::names::Nonce;
use super::order::{ATTEMPTS_MAX, Ending, Order, State};
use super::phase::Phase;
use super::standing::next_owed;
use super::time::Timestamp;

impl Order {
    /// The conditions of a claim, checked on an image.
    pub fn accepts_attempt(&self, now: Timestamp) -> bool {
        self.state == State::Open
            && self.ending.is_none()
            && self.live.is_none()
            && self.review_open.is_none()
            && self.expires_at > now
            && self.attempts.len() < ATTEMPTS_MAX
    }

    pub fn add_attempt(&mut self, id: &PaymentId, attempt: Attempt) {
        self.attempts.insert(id.clone(), attempt);
    }

    /// Takes over an attempt whose owner is gone or whose outcome must be looked up now.
    pub fn take_attempt(&mut self, id: &PaymentId, nonce: &Nonce, now: Timestamp) -> bool {
        let free = |a: &&mut Attempt| a.phase().is_live() && !a.is_leased(now);
        let Some(attempt) = self.attempts.get_mut(id).filter(free) else {
            return false;
        };
        attempt.owner = nonce.clone();
        attempt.lease = Some(now.plus(LEASE_SECONDS));
        attempt.asked_at = Some(now);
        true
    }

    /// Only the owner that takes an operation sends it. `false` if it was not taken now; an owner that took
    /// it before, in a write whose answer was lost, does not take it again.
    pub fn take_operation(&mut self, id: &OperationId, nonce: &Nonce, now: Timestamp) -> bool {
        if self.is_taken_by(id, nonce)
            || !self.operations.get(id).is_some_and(|op| self.may_resend(op))
        {
            return false;
        }
        let free = |op: &&mut Operation| op.is_open() && !op.is_leased(now);
        let Some(op) = self.operations.get_mut(id).filter(free) else {
            return false;
        };
        op.take(nonce, LEASE_SECONDS, now);
        true
    }

    pub fn is_taken_by(&self, id: &OperationId, owner: &Nonce) -> bool {
        self.operations.get(id).is_some_and(|op| op.owner.as_ref() == Some(owner))
    }

    /// A capture of a closing attempt is not sent again, because its money would have to be returned. No
    /// compensation is sent while the shopper's bank may take the same money.
    pub fn may_resend(&self, op: &Operation) -> bool {
        if self.waits_for_a_dispute(op) {
            return false;
        }
        let closing = self.attempts.get(&op.attempt).is_some_and(|a| a.close.is_some());
        let repeat = op.kind == OperationKind::Capture && op.sends > 0;
        !(closing && repeat)
    }
}

impl Order {
    pub(super) fn is_page_only(&self, able: Capabilities) -> bool {
        match able.page_only {
            PageOnly::Always => true,
            PageOnly::UnlessMetadata(key) => !self.details.metadata.contains_key(key),
            PageOnly::Never => false,
        }
    }

    /// Whether the attempt can be ended so that it can never take money.
    pub(super) fn can_release(&self, attempt: &Attempt, able: Capabilities) -> bool {
        able.cancel
            || able.page_life
            || able.captured_by_us(attempt.mode)
            || (self.is_page_only(able) && attempt.page.is_none())
            || (attempt.phase() == Phase::Authorized && able.void)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseRefused {
    NotLive,
    CaptureInFlight,
    /// The gateway offers no way to end it; its page may expire at this time.
    NotReleasable {
        retry_at: Option<Timestamp>,
    },
}

/// The void owed by the close of an authorized attempt, taken by the caller, who sends it at once.
pub fn take_void(
    order: &mut Order,
    id: &PaymentId,
    rules: &Rules,
    nonce: &Nonce,
    now: Timestamp,
) -> Option<OperationId> {
    let attempt = order.attempts.get(id).filter(|a| a.phase() == Phase::Authorized)?;
    let object = attempt.authorized_object()?.clone();
    if !rules.of(&attempt.gateway).void {
        return None;
    }
    let known = order.operations.iter().find(|(_, op)| {
        op.kind == OperationKind::Void && op.object == object && op.phase().is_unproven()
    });
    if let Some(op_id) = known.map(|(op_id, _)| op_id.clone()) {
        return order.take_operation(&op_id, nonce, now).then_some(op_id);
    }
    let n = next_owed(order, OperationKind::Void, &object)?;
    let op_id = OperationId::void_of(id, &object, n);
    let owed = Operation::owed(OperationKind::Void, id, &object, 0, Reason::Owed, now);
    order.operations.insert(op_id.clone(), owed);
    order.take_operation(&op_id, nonce, now).then_some(op_id)
}

/// Closing is an intention, written first and never withdrawn.
pub fn close(order: &mut Order, id: &PaymentId, rules: &Rules) -> Result<(), CloseRefused> {
    let Some(attempt) = order.attempts.get(id).filter(|attempt| attempt.phase().is_live()) else {
        return Err(CloseRefused::NotLive);
    };
    // The close itself withdraws a capture that has not been sent.
    let sent = order.operations.values().any(|op| &op.attempt == id && op.is_capture_sent());
    if sent {
        return Err(CloseRefused::CaptureInFlight);
    }
    if attempt.close.is_some() {
        return Ok(());
    }
    let able = rules.of(&attempt.gateway);
    let stuck = attempt.phase() == Phase::Authorized && !able.void;
    if stuck || !order.can_release(attempt, able) {
        let retry_at = attempt.page.as_ref().and_then(|page| page.expires_at);
        return Err(CloseRefused::NotReleasable { retry_at });
    }
    if let Some(attempt) = order.attempts.get_mut(id) {
        attempt.close = Some(Close::Asked);
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRefused {
    Paid,
    Expired,
    Canceled,
    NotYetExpired,
    CaptureInFlight,
}

/// Ending an order is an intention too. The order ends once nothing can pay it any more.
pub fn end(order: &mut Order, ending: Ending, now: Timestamp) -> Result<(), EndRefused> {
    match order.state {
        State::Open => {}
        State::Paid => return Err(EndRefused::Paid),
        State::Expired => return Err(EndRefused::Expired),
        State::Canceled => return Err(EndRefused::Canceled),
    }
    match ending {
        Ending::Expire if order.ending.is_some() => return Ok(()),
        Ending::Expire if order.expires_at > now => return Err(EndRefused::NotYetExpired),
        Ending::Expire => {}
        Ending::Cancel if order.has_lapsed(now) => return Err(EndRefused::Expired),
        Ending::Cancel => {
            if order.operations.values().any(Operation::is_capture_sent) {
                return Err(EndRefused::CaptureInFlight);
            }
        }
    }
    order.ending = Some(ending);
    Ok(())
}
