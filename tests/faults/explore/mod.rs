//! Which runs are played, and what they find.

pub(crate) mod deep;
pub(crate) mod tally;
pub(crate) mod depth;
pub(crate) mod interleave;
pub(crate) mod campaign;
pub(crate) mod batch;
pub mod mutants;
