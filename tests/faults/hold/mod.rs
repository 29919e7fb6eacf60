//! The checks at each write of an order, at each call and at each answer to a webhook. They see only what is
//! handed to them, and nothing of the world.

pub(crate) mod image;
pub(crate) mod under_way;
pub(crate) mod room;
pub(crate) mod redaction;
pub(crate) mod writes;
pub(crate) mod calls;
pub(crate) mod kept;
pub(crate) mod invariants;
