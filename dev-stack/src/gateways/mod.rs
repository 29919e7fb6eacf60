//! Payment gateways written as if by strangers: an API, a hosted page, webhooks that prove their sender, and
//! controls that make it misbehave.
//!
//! [`Core`] is a whole gateway without a socket or a thread: calls go in, outcomes come out, and webhooks are
//! taken from it. [`serve`] gives it a socket and sends the webhooks. One gateway differs from the next by
//! its [`stub`] alone.

mod ledger;
mod stub;
mod truth;

mod answer;
mod call;
mod once;
mod refusal;
mod view;

mod acts;
mod control;
mod page;
pub mod sandbox;

mod core;
mod named;
mod send;
mod serve;

#[cfg(test)]
mod tests;

pub use self::answer::Outcome;
pub use self::core::{Core, OpenError, Settings};
pub use self::ledger::ids::Ids;
pub use self::ledger::outbox::Delivery;
pub(crate) use self::named::named;
pub use self::serve::{Served, serve};
pub use self::stub::{Asked, Claim, Effect, News, Proof, Told};
pub use self::truth::{
    Capture, Dispute, DisputeStanding, Object, Refund, RefundStanding, Standing, Truth,
};
