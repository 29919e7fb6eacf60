//! The harness: a dev stack of one's own, spoken to in the verbs of a merchant, a shopper and a gateway.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops at its first surprise"
)]

mod answer;
mod aws;
mod process;
mod verbs;

pub use self::answer::Answer;
pub use self::aws::TABLE;
pub use self::process::{Options, Stack, kill_pid};
pub use self::verbs::{KEY, Paid, order_body};
