//! The checks of a run: at each write, at each call, and at rest.

pub(crate) mod image;
pub(crate) mod under_way;
pub(crate) mod room;
pub(crate) mod redaction;
pub(crate) mod writes;
#[cfg(test)]
pub(crate) mod checker;
pub(crate) mod calls;
pub(crate) mod disputes;
pub(crate) mod confirmed;
pub(crate) mod ends;
pub(crate) mod rest;
pub(crate) mod invariants;
pub(crate) mod hidden;
