//! Money that moved, and money that was asked to move: captures, refunds, operations, disputes.

use serde::{Deserialize, Serialize};

use super::attempt::Failure;
use super::fact::{SeenDispute, SeenRefund};
use super::id::{OperationId, PaymentId};
use super::idempotency::{Fingerprint, KeyHash};
use super::money::Money;
use super::names::{CaptureId, Nonce, ObjectId};
use super::phase::{DisputePhase, OperationPhase};
use super::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    #[serde(rename = "att")]
    pub attempt: PaymentId,
    #[serde(rename = "obj")]
    pub object: ObjectId,
    #[serde(flatten)]
    pub amount: Money,
    #[serde(rename = "op", default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
    #[serde(rename = "cls")]
    pub class: CaptureClass,
    /// Whether a person had to decide on it when it arrived, whatever its class is now.
    #[serde(rename = "rvd", default, skip_serializing_if = "std::ops::Not::not")]
    pub reviewed: bool,
    #[serde(rename = "at")]
    pub learnt_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptureClass {
    #[serde(rename = "ok")]
    Fits,
    /// Correct, but the order did not need it: returned.
    #[serde(rename = "x")]
    Excess,
    /// Wrong amount or currency, or it could not be returned: a person decides.
    #[serde(rename = "rev")]
    Review,
}

impl Capture {
    pub(super) fn is_or_was_in_review(&self) -> bool {
        self.reviewed || self.class == CaptureClass::Review
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    #[serde(rename = "cap")]
    pub capture: CaptureId,
    #[serde(rename = "amt")]
    pub amount_minor: u64,
    #[serde(rename = "ph")]
    phase: OperationPhase,
    /// Our operation; absent for a refund made at the gateway.
    #[serde(rename = "op", default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
    #[serde(rename = "at")]
    pub learnt_at: Timestamp,
    #[serde(rename = "fail", default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Refund {
    /// In its first phase; the caller advances it to the phase that was seen.
    pub(super) fn seen(seen: &SeenRefund, now: Timestamp) -> Self {
        Self {
            capture: seen.capture.clone(),
            amount_minor: seen.amount_minor,
            phase: OperationPhase::Pending,
            operation: None,
            learnt_at: now,
            failure: None,
        }
    }

    pub fn phase(&self) -> OperationPhase {
        self.phase
    }

    pub(super) fn advance(&mut self, phase: OperationPhase) {
        self.phase = self.phase.max(phase);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub kind: OperationKind,
    #[serde(rename = "att")]
    pub attempt: PaymentId,
    #[serde(rename = "obj")]
    pub object: ObjectId,
    /// The capture that a refund is taken from.
    #[serde(rename = "cap", default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureId>,
    #[serde(rename = "amt")]
    pub amount_minor: u64,
    #[serde(rename = "why")]
    pub reason: Reason,
    /// The caller's own words.
    #[serde(rename = "text", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The caller who asked for it, or whose request made the order owe it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(rename = "fp", default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    #[serde(rename = "kh", default, skip_serializing_if = "Option::is_none")]
    pub key_hash: Option<KeyHash>,
    #[serde(rename = "ph")]
    phase: OperationPhase,
    #[serde(rename = "own", default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Nonce>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Timestamp>,
    #[serde(rename = "born")]
    pub created_at: Timestamp,
    #[serde(rename = "first", default, skip_serializing_if = "Option::is_none")]
    pub first_sent_at: Option<Timestamp>,
    /// When it was last sent.
    #[serde(rename = "sent", default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    pub sends: u32,
    /// A repeat was refused, but the first send may still arrive, so the reservation is kept for a while.
    #[serde(rename = "rf", default, skip_serializing_if = "std::ops::Not::not")]
    pub repeat_refused: bool,
    /// We can no longer settle it; a person decides. The reservation is kept.
    #[serde(rename = "rv", default, skip_serializing_if = "std::ops::Not::not")]
    pub for_review: bool,
    /// Why the gateway refused it.
    #[serde(rename = "fail", default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    Capture,
    Void,
    Refund,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Requested,
    /// A capture or void that the state owes.
    Owed,
    LatePayment,
    DuplicatePayment,
    /// A refund made at the gateway, not here.
    Gateway,
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Self::Requested | Self::Owed => "requested",
            Self::LatePayment => "late_payment",
            Self::DuplicatePayment => "duplicate_payment",
            Self::Gateway => "gateway",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    #[serde(rename = "cap")]
    pub capture: CaptureId,
    #[serde(rename = "amt")]
    pub amount_minor: u64,
    #[serde(rename = "ph")]
    phase: DisputePhase,
    /// The gateway's code for why the shopper disputes it.
    #[serde(rename = "why", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The deadline for the merchant's answer to the bank.
    #[serde(rename = "until", default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Timestamp>,
    #[serde(rename = "at", default, skip_serializing_if = "Option::is_none")]
    pub learnt_at: Option<Timestamp>,
}

impl Dispute {
    /// In its first phase; the caller advances it to the phase that was seen.
    pub(super) fn seen(seen: &SeenDispute, now: Timestamp) -> Self {
        Self {
            capture: seen.capture.clone(),
            amount_minor: seen.amount_minor,
            phase: DisputePhase::Open,
            reason: None,
            respond_by: None,
            learnt_at: Some(now),
        }
    }

    pub fn phase(&self) -> DisputePhase {
        self.phase
    }

    pub(super) fn advance(&mut self, phase: DisputePhase) {
        self.phase = self.phase.max(phase);
    }
}

impl Operation {
    pub fn phase(&self) -> OperationPhase {
        self.phase
    }

    pub(super) fn advance(&mut self, phase: OperationPhase) {
        self.phase = self.phase.max(phase);
    }

    /// An operation that the state owes; it has not been sent yet.
    pub fn owed(
        kind: OperationKind,
        attempt: &PaymentId,
        object: &ObjectId,
        amount_minor: u64,
        reason: Reason,
        now: Timestamp,
    ) -> Self {
        Self {
            kind,
            attempt: attempt.clone(),
            object: object.clone(),
            capture: None,
            amount_minor,
            reason,
            note: None,
            by: None,
            fingerprint: None,
            key_hash: None,
            phase: OperationPhase::Sending,
            owner: None,
            lease: None,
            created_at: now,
            first_sent_at: None,
            sent_at: None,
            sends: 0,
            repeat_refused: false,
            for_review: false,
            failure: None,
        }
    }

    /// Marks it as being sent by `owner`. This is written before the send.
    pub fn take(&mut self, owner: &Nonce, lease_seconds: i64, now: Timestamp) {
        self.owner = Some(owner.clone());
        self.lease = Some(now.plus(lease_seconds));
        self.first_sent_at = self.first_sent_at.or(Some(now));
        self.sent_at = Some(now);
        self.sends = self.sends.saturating_add(1);
    }

    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|until| until > now)
    }

    /// Whether it is a refund that the order owes.
    pub(super) fn is_compensation(&self) -> bool {
        matches!(self.reason, Reason::LatePayment | Reason::DuplicatePayment)
    }

    /// A capture that the gateway may be carrying out.
    pub fn is_capture_sent(&self) -> bool {
        self.kind == OperationKind::Capture && self.may_have_effect() && self.sends > 0
    }

    /// Not proven either way, and still ours to settle.
    pub fn is_open(&self) -> bool {
        self.phase.is_unproven() && !self.for_review
    }

    /// Sent or about to be, and not proven either way.
    pub fn may_have_effect(&self) -> bool {
        self.phase.is_unproven() || self.for_review
    }
}
