//! Every key of the table, as functions.
//!
//! | item | key | read | read by |
//! |---|---|---|---|
//! | an order and its whole state | `O#<order>` | consistent | every function |
//! | a parked event | `P#<gateway>#<event>` | consistent | webhook, sweep |
//! | the keys of an order's parked events | `P#<order>` | consistent | redaction |
//! | the rest of a long event | `P#<gateway>#<event>#rest` | consistent | sweep |
//! | the number of events parked in an hour | `P##<hour>` | by condition | webhook |
//! | orders and events with unfinished work | index `due`: `due_s`, `due_at` | eventually | sweep |
//! | the payments of a day | index `day`: `day_s`, `day_at` | eventually | lists, reconciliation |

use crate::domain::id::OrderId;
use crate::domain::names::GatewayName;
use crate::domain::time::Timestamp;

pub(super) const PARTITION: &str = "pk";
pub(super) const DUE_INDEX: &str = "due";
pub(super) const DUE_AT: &str = "due_at";

/// The shard of parked events; orders have shards from 0 on. In a shard of their own, events never delay an
/// order. One shard is enough, since the number of parked events is limited.
pub const PARKED_SHARD: i64 = -1;

pub(super) fn order(id: &OrderId) -> String {
    format!("O#{id}")
}

pub(super) fn parked(gateway: &GatewayName, event: &str) -> String {
    format!("P#{gateway}#{event}")
}

/// No gateway has the name of an order, so no event has this key.
pub(super) fn parked_of(id: &OrderId) -> String {
    format!("P#{id}")
}

/// No gateway has an empty name, so no event has this key.
pub(super) fn parked_in_hour(hour: i64) -> String {
    format!("P##{hour}")
}

/// The part of a long event that does not fit into its own item.
pub(super) fn rest_of_parked(key: &str) -> String {
    format!("{key}#rest")
}

/// An entry of the `due` index, which may be stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub key: DueKey,
    pub since: Timestamp,
}

/// The item named by a key of the `due` index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKey {
    Order(OrderId),
    Parked(String),
    /// Not one of our items; it is pushed back so that it cannot block its shard.
    Unreadable(String),
}

impl DueKey {
    pub(super) fn parse(key: &str) -> Self {
        if key.starts_with("P#") {
            return Self::Parked(key.to_owned());
        }
        match key.strip_prefix("O#").map(OrderId::parse) {
            Some(Ok(id)) => Self::Order(id),
            Some(Err(_)) | None => Self::Unreadable(key.to_owned()),
        }
    }

    pub(super) fn partition(&self) -> String {
        match self {
            Self::Order(id) => order(id),
            Self::Parked(key) | Self::Unreadable(key) => key.clone(),
        }
    }
}
