//! The public statuses of payments, orders, refunds and disputes, and the sums shown with them.

use serde::Serialize;

use super::attempt::Attempt;
use super::id::{OperationId, PaymentId};
use super::ledger::{CaptureClass, Operation};
use super::names::GatewayRefundId;
use super::order::{Order, State};
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::time::Timestamp;

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
    /// Captured but not kept: its money goes back automatically, or has gone back.
    Returned,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    Open,
    Won,
    Lost,
}

impl From<DisputePhase> for DisputeStatus {
    fn from(phase: DisputePhase) -> Self {
        match phase {
            DisputePhase::Open => Self::Open,
            DisputePhase::Won => Self::Won,
            DisputePhase::Lost => Self::Lost,
        }
    }
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
            Self::Returned => "returned",
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

    /// An operation in review is still pending.
    pub fn of_operation(op: &Operation) -> Self {
        Self::of(if op.for_review { OperationPhase::Unknown } else { op.phase() })
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
    /// The status as it reads at `now`. An order past its time reads as expired even before that is written.
    pub fn status(&self, now: Timestamp) -> OrderStatus {
        match self.state {
            State::Open if self.has_open_review() => OrderStatus::Review,
            State::Open if self.has_lapsed(now) => OrderStatus::Expired,
            State::Open => OrderStatus::Created,
            State::Expired => OrderStatus::Expired,
            State::Canceled => OrderStatus::Canceled,
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
        match attempt.phase() {
            Phase::Sending | Phase::Unknown | Phase::Pending => PaymentStatus::Pending,
            Phase::Authorized => PaymentStatus::Authorized,
            Phase::Closed | Phase::Canceled => PaymentStatus::Canceled,
            Phase::Expired => PaymentStatus::Expired,
            Phase::Abandoned | Phase::Failed => PaymentStatus::Failed,
            Phase::Captured => self.captured_status(id),
        }
    }

    /// Whether the payment was captured and none of it is kept.
    pub fn is_returned(&self, id: &PaymentId) -> bool {
        let status = |attempt| self.payment_status(id, attempt);
        self.attempts.get(id).map(status) == Some(PaymentStatus::Returned)
    }

    fn captured_status(&self, id: &PaymentId) -> PaymentStatus {
        let is = |class| self.captures_of(id).any(move |(_, capture)| capture.class == class);
        if self.captures_of(id).any(|(capture_id, _)| self.awaits_decision(capture_id)) {
            PaymentStatus::Review
        } else if is(CaptureClass::Fits) {
            PaymentStatus::Succeeded
        } else if is(CaptureClass::Excess) || is(CaptureClass::Review) {
            PaymentStatus::Returned
        } else {
            // The object is captured, but no capture is shown: nothing here could pay an order.
            PaymentStatus::Pending
        }
    }

    /// The payment that explains the order's state: the one that paid it, the live one, the one in review, or
    /// else the last one tried.
    pub fn nearest_payment(&self) -> Option<&PaymentId> {
        let reviewed = || {
            let capture = self.captures.iter().find(|(id, _)| self.awaits_decision(id));
            capture.map(|(_, capture)| &capture.attempt)
        };
        let last = || self.attempts.iter().max_by_key(|(_, attempt)| attempt.created_at);
        let winner = self.winner.as_ref().map(|winner| &winner.attempt);
        winner.or(self.live.as_ref()).or_else(reviewed).or_else(|| last().map(|(id, _)| id))
    }

    /// In the order's currency, like the amounts shown beside it. A capture in another currency is shown
    /// separately.
    pub fn amount_captured(&self, id: &PaymentId) -> u64 {
        let ours = self.captures_of(id).filter(|(_, c)| c.amount.currency == self.currency());
        ours.fold(0, |sum, (_, c)| sum.saturating_add(c.amount.amount_minor))
    }

    pub fn amount_refunded(&self, id: &PaymentId) -> u64 {
        let ours = self.captures_of(id).filter(|(_, c)| c.amount.currency == self.currency());
        ours.fold(0, |sum, (capture, _)| sum.saturating_add(self.returned(capture)))
    }

    /// The gateway's refund that belongs to this operation, if the gateway has shown one.
    pub fn shown_as(&self, operation: &OperationId) -> Option<&GatewayRefundId> {
        self.refunds
            .iter()
            .find(|(_, refund)| refund.operation.as_ref() == Some(operation))
            .map(|(id, _)| id)
    }
}
