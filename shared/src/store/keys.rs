//! Every key of the table, as functions.
//!
//! | question | key | read | who asks |
//! |---|---|---|---|
//! | an order and all that happened to it | `O#<order>` | consistent | every function |
//! | an event whose order is not known yet | `P#<gateway>#<event>` | consistent | webhook, sweep |
//! | which events are parked of an order | `P#<order>` | consistent | redaction |
//! | the rest of a long event | `P#<gateway>#<event>#rest` | consistent | sweep |
//! | how many events were parked in an hour | `P##<hour>` | by condition | webhook |
//! | what has unfinished work | index `due`: `due_s`, `due_at` | eventually | sweep |
//! | payments of a day | index `day`: `day_s`, `day_at` | eventually | lists, reconciliation |

use crate::domain::id::OrderId;
use crate::domain::time::Timestamp;

pub(super) const PARTITION: &str = "pk";
pub(super) const DUE_INDEX: &str = "due";
pub(super) const DUE_AT: &str = "due_at";

/// Where parked events wait: orders have shards from 0 on. Apart from them, no number of events delays
/// an order; one shard is enough, as the number that is parked is bounded.
pub const PARKED_SHARD: i64 = -1;

pub(super) fn order(id: &OrderId) -> String {
    format!("O#{id}")
}

pub(super) fn parked(gateway: &str, event: &str) -> String {
    format!("P#{gateway}#{event}")
}

/// No gateway is called as an order is, so no event has such a key.
pub(super) fn parked_of(id: &OrderId) -> String {
    format!("P#{id}")
}

/// No gateway is called nothing, so no event has such a key.
pub(super) fn parked_in_hour(hour: i64) -> String {
    format!("P##{hour}")
}

/// What of a long event its own item cannot hold.
pub(super) fn rest_of_parked(key: &str) -> String {
    format!("{key}#rest")
}

/// An entry of the `due` index, as old as the index may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub key: DueKey,
    pub since: Timestamp,
}

/// What a key of the `due` index names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKey {
    Order(OrderId),
    Parked(String),
    /// Not one of ours; it is pushed back so that it cannot block its shard.
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
