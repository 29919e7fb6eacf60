//! The gateway's own account of everything, in no gateway's words.

use super::ledger::payment::{DisputeStatus, Payment, RefundStatus, Status};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Oldest first.
    pub objects: Vec<Object>,
}

/// What the gateway keeps for one create call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub id: String,
    /// The merchant's name for the payment.
    pub reference: String,
    pub standing: Standing,
    /// That of the capture, if there is one.
    pub currency: String,
    pub capture: Option<Capture>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// Authorized and not captured.
    Held,
    Captured,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub id: String,
    pub amount: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub id: String,
    /// The merchant's own name for it; absent if it was made in the dashboard.
    pub reference: Option<String>,
    pub amount: u64,
    pub standing: RefundStanding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStanding {
    Pending,
    Done,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub id: String,
    pub amount: u64,
    pub standing: DisputeStanding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStanding {
    Open,
    Won,
    Lost,
}

impl Object {
    pub(crate) fn of(payment: &Payment) -> Self {
        let refunds = payment.refunds.iter().map(|refund| Refund {
            id: refund.id.clone(),
            reference: refund.reference.clone(),
            amount: refund.amount,
            standing: match refund.status {
                RefundStatus::Pending => RefundStanding::Pending,
                RefundStatus::Succeeded => RefundStanding::Done,
                RefundStatus::Failed => RefundStanding::Failed,
            },
        });
        let disputes = payment.disputes.iter().map(|dispute| Dispute {
            id: dispute.id.clone(),
            amount: dispute.amount,
            standing: match dispute.status {
                DisputeStatus::Opened => DisputeStanding::Open,
                DisputeStatus::Won => DisputeStanding::Won,
                DisputeStatus::Lost => DisputeStanding::Lost,
            },
        });
        Self {
            id: payment.id.clone(),
            reference: payment.reference.clone(),
            standing: match payment.status {
                Status::Pending => Standing::Open,
                Status::Authorized => Standing::Held,
                Status::Captured => Standing::Captured,
                Status::Failed | Status::Canceled | Status::Expired => Standing::Ended,
            },
            currency: payment.currency_now().to_string(),
            capture: payment.captured.as_ref().map(|capture| Capture {
                id: payment.capture_id.clone().unwrap_or_else(|| payment.id.clone()),
                amount: capture.amount,
            }),
            refunds: refunds.collect(),
            disputes: disputes.collect(),
        }
    }

    /// What was refunded or is being refunded.
    pub fn refunded(&self) -> u64 {
        let alive = self.refunds.iter().filter(|it| it.standing != RefundStanding::Failed);
        alive.map(|refund| refund.amount).sum()
    }

    /// What the shopper's bank took back.
    pub fn lost(&self) -> u64 {
        let lost = self.disputes.iter().filter(|it| it.standing == DisputeStanding::Lost);
        lost.map(|dispute| dispute.amount).sum()
    }

    pub fn captured(&self) -> u64 {
        self.capture.as_ref().map_or(0, |capture| capture.amount)
    }
}
