//! An order's recent changes as stored in its item: their source, and who asked for them.

use serde::{Deserialize, Serialize};

use super::id::PaymentId;
use super::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub at: Timestamp,
    #[serde(rename = "src")]
    pub source: Source,
    pub what: String,
    #[serde(rename = "att", default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<PaymentId>,
    /// The caller who asked for it; absent if a gateway, a webhook or the sweep made it known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// The source of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Merchant,
    GatewayAnswer,
    Webhook,
    LookUp,
    Sweep,
    Reconciliation,
}
