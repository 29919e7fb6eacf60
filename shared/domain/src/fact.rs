//! Facts about a payment, whatever their source: a create answer, a webhook, a look-up or a list.

use super::attempt::{Failure, Method};
use super::id::OperationId;
use super::money::Money;
use super::names::{CaptureId, DisputeId, GatewayName, GatewayRefundId, ObjectId};
use super::phase::{DisputePhase, OperationPhase, Phase};
use super::time::Timestamp;

/// One gateway object, as far as the source shows it, with the gateway's own ids. Absent parts say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub object: ObjectId,
    pub phase: Option<Phase>,
    pub authorized: Option<Money>,
    pub captures: Vec<SeenCapture>,
    pub refunds: Vec<SeenRefund>,
    pub disputes: Vec<SeenDispute>,
    pub page: Option<SeenPage>,
    /// Why the object, or the last try on it, failed.
    pub failure: Option<Failure>,
    pub method: Option<Method>,
    /// Whether the source is an event, which may be older than what is known. An answer shows the object as
    /// it is now.
    pub past: bool,
}

impl Seen {
    /// With its ids as an order keeps them.
    pub(super) fn kept(mut self, gateway: &GatewayName) -> Self {
        for capture in &mut self.captures {
            capture.id = capture.id.kept(gateway);
        }
        for refund in &mut self.refunds {
            refund.id = refund.id.kept(gateway);
            refund.capture = refund.capture.kept(gateway);
        }
        for dispute in &mut self.disputes {
            dispute.id = dispute.id.kept(gateway);
            dispute.capture = dispute.capture.kept(gateway);
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCapture {
    pub id: CaptureId,
    pub amount: Money,
    /// Our operation, if the source names it.
    pub operation: Option<OperationId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRefund {
    pub id: GatewayRefundId,
    pub operation: Option<OperationId>,
    pub capture: CaptureId,
    pub amount_minor: u64,
    pub phase: OperationPhase,
    /// Why the refund failed.
    pub failure: Option<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenDispute {
    pub id: DisputeId,
    pub capture: CaptureId,
    pub amount_minor: u64,
    pub phase: DisputePhase,
    /// The gateway's reason code.
    pub reason: Option<String>,
    /// The deadline for the merchant's answer to the bank.
    pub respond_by: Option<Timestamp>,
}

/// Where the shopper pays. Anyone who has the token can use it.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenPage {
    pub address: Option<String>,
    pub token: Option<String>,
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for SeenPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeenPage(..)")
    }
}
