//! A payment gateway written as if by a stranger: its API, its hosted page, its signed webhooks, and the
//! controls that make it misbehave.
//!
//! [`Core`] is the whole gateway without a socket or a thread: calls go in, outcomes come out, and
//! webhooks are taken from it. [`serve`] gives it a socket and sends the webhooks.

mod ids;
mod money;
mod breakdown;
mod profile;
mod reference;

mod dispute;
mod payment;
mod refund;
mod steps;

mod behaviour;
mod event;
mod outbox;
mod secrets;

mod gateway;
mod journal;
mod payments;

mod answer;
mod call;
mod once;
mod refusal;
mod view;

mod api;
mod control;
mod create;
mod bill;
mod dashboard;
mod html;
mod operations;
mod page;
mod reading;
mod settlements;

mod core;
mod send;
mod serve;

#[cfg(test)]
mod tests;

pub use self::answer::Outcome;
pub use self::core::{Core, OpenError, Settings};
pub use self::ids::Ids;
pub use self::outbox::Delivery;
pub use self::profile::{Profile, UnknownProfile};
pub use self::secrets::{ApiKey, MalformedSecret, WebhookSecret};
pub use self::serve::serve;
