//! The checks at the end of a run, when nothing is left to do.

pub(crate) mod disputes;
pub(crate) mod confirmed;
pub(crate) mod refunds;
pub(crate) mod ends;
pub(crate) mod account;
