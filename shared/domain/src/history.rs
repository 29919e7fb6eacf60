//! What has happened to an order, as it is kept in its item: the last changes, who made them known, and who
//! asked for them.

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
    /// The caller who asked for it. What a gateway, a webhook or the sweep made known has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Who made the change known.
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
