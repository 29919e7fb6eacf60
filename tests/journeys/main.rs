//! Journeys: whole stories through the running stack, over HTTP, with real child processes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics at its first failure"
)]

mod callers;
mod cancel_payment;
mod capture_payment;
mod card_numbers;
mod carts;
mod concurrency;
mod crashes;
mod create_order;
mod create_payment;
mod deliver_confirmation;
mod delivery_failures;
mod dev_stack;
mod disputes;
mod durability;
mod hostile_input;
mod late_success;
mod left_out;
mod openapi;
mod payment_keys;
mod problems;
mod profiles;
mod real_money;
mod redaction;
mod refund_payment;
mod refusals;
mod rehearse;
mod review;
mod rotation;
mod shopper;
mod signed;
mod status_check;
mod strangers;
mod sweep_due;
mod two_gateways;
mod unknown_outcomes;
mod unusable_secrets;
mod webhook_effects;
mod webhook_receiver;

/// The dev stack, built with these tests.
const STACK: &str = env!("CARGO_BIN_EXE_e2e-stack");
