//! The one table of phases and ranks. Knowledge only grows: a phase is replaced only by one of higher rank.

use serde::{Deserialize, Serialize};

/// The known phase of an attempt, and of each of its objects at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Claimed; the call to the gateway may or may not have left.
    Sending = 0,
    /// The call was sent and no answer came.
    Unknown = 10,
    Pending = 20,
    Authorized = 30,
    /// We decided, with proof, that this attempt can never take money.
    Closed = 36,
    /// Given up without proof; a capture that still comes is returned.
    Abandoned = 38,
    #[serde(rename = "cancelled")]
    Canceled = 40,
    Expired = 41,
    Failed = 42,
    Captured = 50,
}

impl Phase {
    /// Money may still move because of this attempt, so no other may begin.
    pub fn is_live(self) -> bool {
        self < Self::Closed
    }

    /// The gateway has stated that the object will not take money.
    pub fn is_negative(self) -> bool {
        matches!(self, Self::Canceled | Self::Expired | Self::Failed)
    }

    #[must_use]
    pub(super) fn or_higher(self, other: Self) -> Self {
        self.max(other)
    }
}

/// The known phase of a capture, void or refund, including refunds made at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationPhase {
    Sending = 0,
    Unknown = 10,
    /// The request was refused. Ranks below `Pending`, so that an effect that shows up later still counts.
    Refused = 15,
    Pending = 20,
    Done = 30,
    /// Ranks above `Done`: a bank can send a refund back after it succeeded.
    Failed = 40,
}

impl OperationPhase {
    pub fn is_unproven(self) -> bool {
        matches!(self, Self::Sending | Self::Unknown)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputePhase {
    Open,
    Won,
    Lost,
}
