//! The rules of payments: no input or output, no clock, no randomness. Everything that happens is a value.

pub mod money;
pub mod limit;
pub mod time;
pub mod digest;
pub mod idempotency;
pub mod id;
pub mod names;
pub mod phase;
pub mod capabilities;
pub mod history;
pub mod occasion;
pub mod cart;
pub mod attempt;
pub mod fact;
pub mod ledger;
pub mod order;
pub mod standing;
pub mod status;
pub mod claims;
pub mod transitions;
pub mod reservations;
pub mod redact;
pub mod merge;
mod effects;
mod obligations;
pub mod changes;
pub mod due;
mod confirmation;
pub mod conclude;
#[cfg(feature = "openapi")]
mod schemas;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
