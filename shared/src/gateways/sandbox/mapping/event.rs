//! Translates a verified event. It is a fact if it is signed, consistent and complete. Otherwise it is a
//! hint: the gateway is asked, and its answer is merged instead.

use super::super::{STACK, wire};
use super::{bounded, capture_id, failure, from_gateway, phase, read, refund_phase, seen_refund};
use crate::domain::fact::{Seen, SeenCapture, SeenDispute};
use crate::domain::id::PaymentId;
use crate::domain::names::{DisputeId, GatewayRefundId, ObjectId};
use crate::domain::phase::{DisputePhase, OperationPhase, Phase};
use crate::domain::time::Timestamp;
use crate::ports::{Hinted, MappingError, Notice, Verified};

/// What has happened according to the event's type.
#[derive(Clone, Copy)]
pub(in super::super) enum Reported {
    Payment(Phase),
    Refund(OperationPhase),
    Dispute(DisputePhase),
}

/// Every event type that we handle; others are ignored.
pub(in super::super) const EVENTS: [(&str, Reported); 12] = [
    ("payment.pending", Reported::Payment(Phase::Pending)),
    ("payment.attempt_failed", Reported::Payment(Phase::Pending)),
    ("payment.authorized", Reported::Payment(Phase::Authorized)),
    ("payment.completed", Reported::Payment(Phase::Captured)),
    ("payment.failed", Reported::Payment(Phase::Failed)),
    ("payment.canceled", Reported::Payment(Phase::Canceled)),
    ("payment.expired", Reported::Payment(Phase::Expired)),
    ("refund.completed", Reported::Refund(OperationPhase::Done)),
    ("refund.failed", Reported::Refund(OperationPhase::Failed)),
    ("dispute.opened", Reported::Dispute(DisputePhase::Open)),
    ("dispute.won", Reported::Dispute(DisputePhase::Won)),
    ("dispute.lost", Reported::Dispute(DisputePhase::Lost)),
];

impl Reported {
    fn by(event: &str) -> Option<Self> {
        EVENTS.iter().find(|(name, _)| *name == event).map(|(_, reported)| *reported)
    }

    /// Refunds and disputes imply a capture.
    fn phase(self) -> Phase {
        match self {
            Self::Payment(phase) => phase,
            Self::Refund(_) | Self::Dispute(_) => Phase::Captured,
        }
    }
}

/// Read first, so that an event of another stack is not parked even if the rest cannot be read. An empty
/// name counts as absent.
pub(in super::super) fn stack(verified: &Verified<'_>) -> Option<String> {
    let event: wire::EventMetadata = read(verified.body()).ok()?;
    let stack = event.metadata?.get(STACK)?.as_str()?.to_owned();
    (!stack.is_empty()).then_some(stack)
}

pub(in super::super) fn notice(
    verified: &Verified<'_>,
    signed: bool,
) -> Result<Notice, MappingError> {
    let kind: wire::EventType = read(verified.body()).map_err(|_| MappingError::Foreign)?;
    let Some(reported) = Reported::by(&kind.event) else {
        return Ok(Notice::Ignored);
    };
    let body: wire::Event = read(verified.body())?;
    let reference = body.payment_id.as_deref().unwrap_or_default();
    let Ok(payment) = PaymentId::parse(reference) else {
        return Ok(Notice::Ignored);
    };
    // If the order is not the payment's, the event is in doubt, and the gateway is asked by our reference.
    let in_doubt = body.order_id.as_deref().is_some_and(|id| id != payment.order().as_str());
    let fact = if signed && !in_doubt { fact(&body, reported) } else { None };
    if let Some(seen) = fact {
        return Ok(Notice::Fact { payment, seen });
    }
    let hinted = hinted(body, reported);
    Ok(Notice::Hint { payment, hinted })
}

fn hinted(body: wire::Event, reported: Reported) -> Hinted {
    let (refund, dispute) = match reported {
        Reported::Payment(_) => (None, None),
        Reported::Refund(phase) => {
            (body.refund.map(|refund| (GatewayRefundId::new(refund.id), phase)), None)
        }
        Reported::Dispute(phase) => {
            (None, body.dispute.map(|dispute| (DisputeId::new(dispute.id), phase)))
        }
    };
    Hinted { phase: Some(reported.phase()), refund, dispute }
}

/// A capture event does not show the authorized amount. Nothing is lost: this gateway authorizes the amount
/// that we asked for, which the order knows.
fn fact(body: &wire::Event, reported: Reported) -> Option<Seen> {
    let object = body.id.as_deref().filter(|id| !id.is_empty())?;
    let capture = capture_id(object, body.capture_id.as_deref());
    let amount = from_gateway(body.amount?, body.currency.as_deref()?).ok()?;
    let stated = reported.phase();
    if event_phase(body.status.as_deref()?) != Some(stated) || amount.amount_minor == 0 {
        return None;
    }
    let mut seen = Seen {
        object: ObjectId::new(object),
        phase: Some(stated),
        authorized: (stated == Phase::Authorized).then_some(amount),
        failure: body.failure.as_ref().map(failure),
        past: true,
        ..Seen::default()
    };
    if stated == Phase::Captured {
        seen.captures.push(SeenCapture { id: capture.clone(), amount, operation: None });
    }
    match reported {
        Reported::Payment(_) => {}
        Reported::Refund(phase) => {
            let refund = body.refund.as_ref().filter(|r| refund_phase(&r.status) == phase)?;
            seen.refunds.push(seen_refund(refund, &capture));
        }
        Reported::Dispute(phase) => {
            let dispute = body.dispute.as_ref()?;
            seen.disputes.push(SeenDispute {
                id: DisputeId::new(&dispute.id),
                capture,
                amount_minor: dispute.amount,
                phase,
                reason: dispute.reason.as_deref().map(bounded),
                respond_by: dispute.respond_by.as_deref().and_then(Timestamp::from_rfc3339),
            });
        }
    }
    Some(seen)
}

/// Events use `succeeded` where the API uses `captured`.
fn event_phase(status: &str) -> Option<Phase> {
    match status {
        "succeeded" => Some(Phase::Captured),
        "captured" => None,
        other => phase(other),
    }
}
