//! The rules of payments: no input or output, no clock, no randomness. What happens is a value here.

pub mod attempt;
pub mod capabilities;
pub mod changes;
pub mod claims;
pub mod conclude;
pub mod fact;
pub mod id;
pub mod idempotency;
pub mod ledger;
pub mod merge;
pub mod money;
pub mod obligations;
pub mod order;
pub mod phase;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod time;
