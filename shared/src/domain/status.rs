//! The public words for what is known: payment, order and refund status, and the sums shown with them.

use serde::Serialize;

use super::attempt::Attempt;
use super::id::{OperationId, PaymentId};
use super::ledger::{Capture, CaptureClass};
use super::order::{Order, State};
use super::phase::{OperationPhase, Phase};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Pending,
    Authorized,
    Succeeded,
    Failed,
    Canceled,
    Expired,
    Review,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Created,
    Paid,
    PartiallyRefunded,
    Refunded,
    Canceled,
    Expired,
    Review,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

impl PaymentStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Review => "review",
        }
    }
}

impl OrderStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Review => "review",
        }
    }
}

impl RefundStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn of(phase: OperationPhase) -> Self {
        match phase {
            OperationPhase::Sending | OperationPhase::Unknown | OperationPhase::Pending => {
                Self::Pending
            }
            OperationPhase::Done => Self::Succeeded,
            OperationPhase::Refused | OperationPhase::Failed => Self::Failed,
        }
    }
}

impl Order {
    pub fn status(&self) -> OrderStatus {
        match self.state {
            State::Open if self.review_open.is_some() => OrderStatus::Review,
            State::Open => OrderStatus::Created,
            State::Expired => OrderStatus::Expired,
            State::Cancelled => OrderStatus::Canceled,
            State::Paid => self.paid_status(),
        }
    }

    fn paid_status(&self) -> OrderStatus {
        let (mut captured, mut returned) = (0_u64, 0_u64);
        for (id, capture) in &self.captures {
            if capture.class == CaptureClass::Fits {
                captured = captured.saturating_add(capture.amount.amount_minor);
                returned = returned.saturating_add(self.returned(id));
            }
        }
        match returned {
            0 => OrderStatus::Paid,
            part if part < captured => OrderStatus::PartiallyRefunded,
            _ => OrderStatus::Refunded,
        }
    }

    pub fn payment_status(&self, id: &PaymentId, attempt: &Attempt) -> PaymentStatus {
        match attempt.phase {
            Phase::Sending | Phase::Unknown | Phase::Pending => PaymentStatus::Pending,
            Phase::Authorized => PaymentStatus::Authorized,
            Phase::Closed | Phase::Cancelled => PaymentStatus::Canceled,
            Phase::Expired => PaymentStatus::Expired,
            Phase::Abandoned | Phase::Failed => PaymentStatus::Failed,
            Phase::Captured if self.is_in_review(id) => PaymentStatus::Review,
            Phase::Captured => PaymentStatus::Succeeded,
        }
    }

    fn is_in_review(&self, id: &PaymentId) -> bool {
        self.captures_of(id).any(|(capture_id, capture)| {
            capture.class == CaptureClass::Review
                && self.returned(capture_id) < capture.amount.amount_minor
        })
    }

    /// The payment that explains the order's state: what paid it, what is live, what is in review,
    /// and otherwise the last one tried.
    pub fn nearest_payment(&self) -> Option<&PaymentId> {
        let reviewed = || self.attempts.keys().find(|id| self.is_in_review(id));
        let last = || self.attempts.iter().max_by_key(|(_, attempt)| attempt.created_at);
        let winner = self.winner.as_ref().map(|winner| &winner.attempt);
        winner.or(self.live.as_ref()).or_else(reviewed).or_else(|| last().map(|(id, _)| id))
    }

    /// What the gateway says was given back of a capture.
    pub fn returned(&self, capture_id: &str) -> u64 {
        self.refunds
            .values()
            .filter(|refund| refund.capture == capture_id && refund.phase == OperationPhase::Done)
            .fold(0, |sum, refund| sum.saturating_add(refund.amount_minor))
    }

    pub fn amount_captured(&self, id: &PaymentId) -> u64 {
        self.captures_of(id)
            .fold(0, |sum, (_, c): (_, &Capture)| sum.saturating_add(c.amount.amount_minor))
    }

    pub fn amount_refunded(&self, id: &PaymentId) -> u64 {
        self.captures_of(id).fold(0, |sum, (capture, _)| sum.saturating_add(self.returned(capture)))
    }

    /// The gateway's refund that shows this operation, if it has shown one.
    pub fn shown_as(&self, operation: &OperationId) -> Option<&String> {
        self.refunds
            .iter()
            .find(|(_, refund)| refund.operation.as_ref() == Some(operation))
            .map(|(id, _)| id)
    }
}
