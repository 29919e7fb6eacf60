//! The deployed handlers in the test's own process, fed with API Gateway's own events: every call they
//! make to AWS and to the gateway is counted.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test panics at its first failure, and prints the table of calls"
)]

mod counting;
mod event;
mod bench;
mod table;

mod merchant;
mod gateway;
mod schedule;
mod samples;
mod keys;
mod strangers;
mod endpoints;
mod live;
mod redaction;
mod history;
mod opening;

/// The dev stack, built with these tests.
const STACK: &str = env!("CARGO_BIN_EXE_e2e-stack");
