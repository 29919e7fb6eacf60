//! Known differences from AWS's documentation, all in the embedded engine, which is not ours to fix.

use super::case::Row;

#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub case: &'static str,
    /// The actual behaviour.
    pub got: &'static str,
    /// Why it does no harm here.
    pub why: &'static str,
}

pub const KNOWN: [Known; 1] = [Known {
    case: "a time to live of more than five years ago deletes nothing",
    got: "absent",
    why: "every time to live that the store writes is in the future",
}];

/// The known difference that this row shows exactly.
pub fn known(row: &Row) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.case == row.name && row.got.as_deref() == Ok(known.got))
}
