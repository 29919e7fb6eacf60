//! Where ours is known not to be as AWS documents it: the embedded engine is not ours to mend.

use super::case::Row;

#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub case: &'static str,
    /// What comes instead.
    pub got: &'static str,
    /// Why it harms nothing here.
    pub why: &'static str,
}

pub const KNOWN: [Known; 1] = [Known {
    case: "a time to live of more than five years ago deletes nothing",
    got: "absent",
    why: "every time to live that the store writes is ahead",
}];

/// The known difference that this row shows, and no other.
pub fn known(row: &Row) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.case == row.name && row.got.as_deref() == Ok(known.got))
}
