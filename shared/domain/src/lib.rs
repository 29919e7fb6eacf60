//! The rules of payments: no input or output, no clock, no randomness. Everything that happens is a value.

pub mod money;
pub mod limit;
pub mod time;
pub mod digest;
pub mod idempotency;
pub mod names;
pub mod id;
pub mod phase;
pub mod history;
pub mod occasion;
pub mod cart;
pub mod attempt;
pub mod capabilities;
pub mod fact;
pub mod ledger;
pub mod order;
pub mod standing;
pub mod status;
pub mod claims;
pub mod transitions;
pub mod payment_answer;
pub mod reservations;
pub mod redact;
pub mod merge;
mod effects;
mod obligations;
pub mod changes;
pub mod due;
pub mod asking;
mod confirmation;
pub mod conclude;
#[cfg(feature = "openapi")]
mod schemas;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
