//! What must still be asked of a gateway, and what follows when a look-up does not show what we sent.

use super::attempt::Attempt;
use super::capabilities::{Capabilities, LookUp, RepeatSafety};
use super::due::{NETWORK_SECONDS_MAX, SETTLE_SECONDS};
use super::id::{OperationId, PaymentId};
use super::ledger::{Operation, OperationKind};
use super::order::Order;
use super::phase::{OperationPhase, Phase};
use super::time::Timestamp;
use super::transitions::NotShown;

/// When an attempt that its gateway never showed, and that may not be sent again, is given up. If it captures
/// after all, the capture is detected and refunded.
const ABANDON_SECONDS: i64 = 30 * 60;

/// What follows when the gateway shows nothing under an attempt's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    Wait,
    SendAgain,
    GiveUp,
}

/// What follows when the gateway does not show an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unshown {
    SendAgain,
    Record(NotShown),
}

impl Attempt {
    /// If only a repeat of the create call can find the object, it may be sent only while its key is alive.
    pub fn can_be_looked_up(&self, able: &Capabilities, now: Timestamp) -> bool {
        match able.look_up {
            LookUp::ByReference => true,
            LookUp::SameKey => {
                !self.objects.is_empty()
                    || able.create_keys.allow_repeat(now.since(self.created_at))
            }
            LookUp::None => false,
        }
    }

    pub fn if_absent(&self, able: &Capabilities, now: Timestamp) -> Absent {
        let settled = now.since(self.sent_at) >= SETTLE_SECONDS;
        if self.phase() > Phase::Unknown || !settled {
            return Absent::Wait;
        }
        let age = now.since(self.created_at);
        if able.create_keys.allow_repeat(age) {
            Absent::SendAgain
        } else if age >= ABANDON_SECONDS {
            Absent::GiveUp
        } else {
            Absent::Wait
        }
    }
}

impl Order {
    pub fn if_not_shown(&self, op: &Operation, able: &Capabilities, now: Timestamp) -> Unshown {
        let since_sent = op.sent_at.map_or(0, |sent| now.since(sent));
        let may_still_arrive = since_sent < NETWORK_SECONDS_MAX;
        if op.repeat_refused || !self.may_resend(op) {
            return Unshown::Record(match able.look_up {
                _ if may_still_arrive => NotShown::Wait,
                LookUp::ByReference | LookUp::SameKey => NotShown::Refused,
                LookUp::None => NotShown::Review,
            });
        }
        if since_sent < SETTLE_SECONDS {
            Unshown::Record(NotShown::Wait)
        } else if may_repeat(op, able, now) {
            Unshown::SendAgain
        } else if may_still_arrive {
            // Once in review it is not looked up any more.
            Unshown::Record(NotShown::Wait)
        } else {
            Unshown::Record(NotShown::Review)
        }
    }

    /// Open operations that nobody is presumed to be sending.
    pub fn unsettled_operations(&self, now: Timestamp) -> Vec<OperationId> {
        let unsettled = self.operations.iter().filter(|(_, op)| op.is_open() && !op.is_leased(now));
        unsettled.map(|(id, _)| id.clone()).collect()
    }

    /// Attempts with something still to come: a pending refund, a question left by an unsigned event, an
    /// unwanted authorization, or a dispute whose end a refund waits for.
    pub fn attempts_to_ask_about(&self) -> Vec<PaymentId> {
        let pending_refund = |id: &PaymentId| {
            self.refunds.values().any(|refund| {
                refund.phase() == OperationPhase::Pending
                    && self.captures.get(&refund.capture).is_some_and(|c| &c.attempt == id)
            })
        };
        let disputed = |id: &PaymentId| {
            self.operations.values().any(|op| {
                &op.attempt == id && op.phase().is_unproven() && self.waits_for_a_dispute(op)
            })
        };
        let to_ask_about = self.attempts.iter().filter(|(id, attempt)| {
            self.ask.contains_key(*id)
                || attempt.has_stray_authorization()
                || pending_refund(id)
                || disputed(id)
        });
        to_ask_about.map(|(id, _)| id.clone()).collect()
    }
}

/// A capture or void takes effect on its object only once; a refund needs a key that is still alive.
fn may_repeat(op: &Operation, able: &Capabilities, now: Timestamp) -> bool {
    let age = op.first_sent_at.map_or(0, |sent| now.since(sent));
    let safety = match op.kind {
        OperationKind::Refund => able.refund_keys,
        OperationKind::Capture | OperationKind::Void => RepeatSafety::Natural,
    };
    safety.allow_repeat(age)
}
