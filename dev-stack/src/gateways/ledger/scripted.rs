//! An outcome that is chosen when a payment is created, without a page.

use super::Ledger;
use super::payment::Payment;
use super::steps::{Happening, TRY_MS, Unfit};
use crate::gateways::refusal::Refusal;

const TRY_SECONDS_MAX: i64 = 3_600;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripted {
    Approve,
    Decline,
    Authorize,
    Pending { try_ms: i64 },
}

impl Scripted {
    pub(crate) fn parse(outcome: &str) -> Result<Self, Refusal> {
        let scripted = match outcome {
            "approve" => Some(Self::Approve),
            "decline" => Some(Self::Decline),
            "authorize" => Some(Self::Authorize),
            "pending" => Some(Self::Pending { try_ms: TRY_MS }),
            other => try_seconds(other).map(|seconds| Self::Pending { try_ms: seconds * 1_000 }),
        };
        let unknown = "metadata.sandbox must be approve, decline, authorize, pending or pending:5s";
        scripted.ok_or_else(|| Refusal::Invalid(unknown.to_owned()))
    }

    pub(crate) fn play(self, ledger: &Ledger, payment: &mut Payment) -> Result<Happening, Unfit> {
        let now = ledger.now;
        match self {
            Self::Approve => payment.approve(&ledger.taking(&payment.reference), now),
            Self::Decline => payment.decline(),
            Self::Authorize => payment.authorize(now),
            Self::Pending { try_ms } => payment.begin_try(now.saturating_add(try_ms)),
        }
    }
}

/// The seconds of `pending:5s`.
fn try_seconds(outcome: &str) -> Option<i64> {
    let seconds = outcome.strip_prefix("pending:")?.strip_suffix('s')?.parse().ok()?;
    (0..=TRY_SECONDS_MAX).contains(&seconds).then_some(seconds)
}
