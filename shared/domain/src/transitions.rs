//! Transitions: steps of an order that are neither claims nor facts. Each is applied again to every newer
//! image. It changes only what it still finds unchanged, except for those that fit any image:
//! `create_repeated`, `put_off`, `ask_until` and `stop_asking`.

use super::attempt::{Attempt, Failure};
use super::id::{OperationId, PaymentId};
use super::ledger::Operation;
use super::names::{GatewayName, MessageId, Nonce, TargetName};
use super::order::Order;
use super::phase::{OperationPhase, Phase};
use super::time::Timestamp;

/// The meaning of an answer to a capture, void or refund that shows no effect.
#[derive(Clone, Debug)]
pub enum Unproven {
    Refused(Option<Failure>),
    NotSent,
    Unknown,
}

/// The next step when the gateway was asked about an operation and does not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotShown {
    Wait,
    Refused,
    /// A person decides.
    Review,
}

/// Transitions of an attempt.
impl Order {
    /// Whether the attempt is still as its owner claimed it: no gateway has answered, nobody took it over.
    pub fn is_untouched(&self, payment: &PaymentId, owner: &Nonce) -> bool {
        self.attempts.get(payment).is_some_and(|attempt| attempt.is_untouched(owner))
    }

    /// Names the next gateway, before it is called.
    pub fn name_gateway(
        &mut self,
        payment: &PaymentId,
        gateway: &GatewayName,
        owner: &Nonce,
        now: Timestamp,
    ) {
        let mine = |attempt: &&mut Attempt| attempt.is_untouched(owner);
        if let Some(attempt) = self.attempts.get_mut(payment).filter(mine) {
            attempt.gateway = gateway.clone();
            attempt.sent_at = now;
        }
    }

    /// Removes an attempt that provably exists at no gateway, so that the same key may claim again.
    pub fn withdraw_attempt(&mut self, payment: &PaymentId, owner: &Nonce) {
        if self.is_untouched(payment, owner) {
            self.attempts.remove(payment);
        }
    }

    /// The create call has no answer: the next caller asks the gateway.
    pub fn create_unanswered(&mut self, payment: &PaymentId, owner: &Nonce) {
        let mine = |attempt: &&mut Attempt| &attempt.owner == owner;
        if let Some(attempt) = self.attempts.get_mut(payment).filter(mine) {
            attempt.advance(Phase::Unknown);
            attempt.lease = None;
        }
    }

    /// The create call was sent again, and its answer shows nothing.
    pub fn create_repeated(&mut self, payment: &PaymentId, now: Timestamp) {
        if let Some(attempt) = self.attempts.get_mut(payment) {
            attempt.sent_at = now;
            attempt.advance(Phase::Unknown);
            attempt.lease = None;
        }
        self.put_off();
    }

    /// Gives up an attempt that its gateway has never shown.
    pub fn abandon(&mut self, payment: &PaymentId) {
        let unseen = |attempt: &&mut Attempt| attempt.phase() <= Phase::Unknown;
        if let Some(attempt) = self.attempts.get_mut(payment).filter(unseen) {
            attempt.advance(Phase::Abandoned);
            attempt.lease = None;
        }
    }

    /// Nothing new was learnt about the attempt.
    pub fn learnt_nothing(&mut self, payment: &PaymentId) {
        let live = |attempt: &&mut Attempt| attempt.phase().is_live();
        if let Some(attempt) = self.attempts.get_mut(payment).filter(live) {
            attempt.advance(Phase::Unknown);
            attempt.lease = None;
        }
        self.put_off();
    }

    /// Lengthens the interval until the next look-up.
    pub fn put_off(&mut self) {
        self.polls = self.polls.saturating_add(1);
    }

    /// Marks a payment as being looked up by `reader`. Only one of many readers gets `true`; it asks.
    /// `asked_at` is the value that this reader has seen.
    pub fn ask_for(
        &mut self,
        payment: &PaymentId,
        reader: &Nonce,
        asked_at: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        if self.take_attempt(payment, reader, now) {
            return true;
        }
        let ended = |a: &&mut Attempt| !a.phase().is_live() && a.asked_at == asked_at;
        let Some(attempt) = self.attempts.get_mut(payment).filter(ended) else {
            return false;
        };
        attempt.asked_at = Some(now);
        true
    }

    /// Keeps asking about an event that the gateway does not show yet.
    pub fn ask_until(&mut self, payment: &PaymentId, until: Timestamp) {
        self.ask.insert(payment.clone(), until);
    }

    pub fn stop_asking(&mut self, payment: &PaymentId) {
        self.ask.remove(payment);
    }
}

/// Transitions of a capture, void or refund.
impl Order {
    /// The call was answered, and the answer shows no effect.
    pub fn operation_answered(&mut self, id: &OperationId, answer: &Unproven) {
        let Some(op) = self.unproven(id) else {
            return;
        };
        op.lease = None;
        if let Unproven::Refused(why) = answer {
            op.failure.clone_from(why);
        }
        match answer {
            // The only send had no effect.
            Unproven::Refused(_) if op.sends <= 1 => {
                op.advance(OperationPhase::Refused);
            }
            // An earlier send may still arrive, so the reservation is kept.
            Unproven::Refused(_) => {
                op.repeat_refused = true;
                op.advance(OperationPhase::Unknown);
            }
            Unproven::NotSent => op.sends = op.sends.saturating_sub(1),
            Unproven::Unknown => op.advance(OperationPhase::Unknown),
        }
        self.put_off();
    }

    /// The gateway was asked about the operation and does not show it.
    pub fn operation_not_shown(&mut self, id: &OperationId, then: NotShown) {
        if let Some(op) = self.unproven(id) {
            op.lease = None;
            match then {
                NotShown::Wait => op.advance(OperationPhase::Unknown),
                NotShown::Refused => op.advance(OperationPhase::Refused),
                NotShown::Review => op.for_review = true,
            }
        }
        self.put_off();
    }

    fn unproven(&mut self, id: &OperationId) -> Option<&mut Operation> {
        self.operations.get_mut(id).filter(|op| op.phase().is_unproven())
    }
}

/// Transitions of a confirmation.
impl Order {
    /// Marks one target as done. After the last one, the confirmation leaves the outbox.
    pub fn confirmation_sent(&mut self, message: &MessageId, target: &TargetName) {
        let Some(out) = self.outbox.get_mut(message) else {
            return;
        };
        out.targets.remove(target);
        if out.targets.is_empty() {
            self.outbox.remove(message);
        }
    }
}

impl Attempt {
    fn is_untouched(&self, owner: &Nonce) -> bool {
        &self.owner == owner && self.phase() == Phase::Sending && self.objects.is_empty()
    }
}
