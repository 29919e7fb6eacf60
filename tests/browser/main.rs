//! Browser journeys: the shop and the hosted checkout page as a person uses them, in headless Chromium,
//! with every page audited.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics at its first failure"
)]

mod audit;
mod by_hand;
mod cart;
mod checkout_states;
mod coming_back;
mod driver;
mod keyboard;
mod layout;
mod paying;
mod pictures;
mod scriptless;
mod shop_states;
mod visit;
mod wire;

/// The dev stack, built with these tests.
const STACK: &str = env!("CARGO_BIN_EXE_e2e-stack");
