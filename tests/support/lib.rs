//! The harness: a separate dev stack for each test, driven with the verbs of a merchant, a shopper and a
//! gateway.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    clippy::needless_pass_by_value,
    reason = "tests panic on failure, assert inline, and write bodies where they send them"
)]

mod acts;
mod answer;
mod aws;
pub mod contract;
mod endings;
mod process;
mod receiver;
mod verbs;

pub use self::answer::Answer;
pub use self::aws::TABLE;
pub use self::endings::End;
pub use self::process::{Options, Stack, kill_pid};
pub use self::receiver::{GIBBERISH, Received, Receiver, SILENCE};
pub use self::verbs::{KEY, Paid, order_body};
