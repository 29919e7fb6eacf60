//! Journeys: whole stories through the running stack, over HTTP, with real child processes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

mod create_order;

/// The dev stack, built with these tests.
const STACK: &str = env!("CARGO_BIN_EXE_e2e-stack");
