//! Runs: how one is played, which are played, and what they find.

pub(crate) mod deep;
pub(crate) mod recovery;
pub(crate) mod run;
pub(crate) mod hidden;
pub(crate) mod depth;
pub(crate) mod interleave;
pub(crate) mod batch;
pub mod mutants;
pub(crate) mod tally;
pub(crate) mod campaign;
