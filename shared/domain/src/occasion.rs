//! The author of a write, recorded with what the write changes.

use super::history::Source;
use super::names::Nonce;
use super::time::Timestamp;

/// Who writes, when, and from which source.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub now: Timestamp,
    pub source: Source,
    pub nonce: Nonce,
    /// The caller who asked for the change, if any.
    pub by: Option<String>,
    /// The id of the request being served; confirmations carry it.
    pub request: Option<String>,
}
