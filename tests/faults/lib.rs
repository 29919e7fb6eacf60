//! The fault search: the real handlers with the real SDK clients, on a world that lives in this process,
//! where every call to `DynamoDB`, SQS or the gateway can be made to go wrong.
//!
//! A *run* plays one scenario under one plan of faults, recovers, and holds what it finds against the
//! invariants. The same scenario, plan and seed always give the same run.
//!
//! The folders stand below in order: each names only itself and those above it. (The unit tests of `hold`
//! take their orders from runs.)

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

mod hold;
mod world;
mod play;
mod rest;
mod explore;
pub mod targets;

pub use self::explore::campaign::{Campaign, Progress, Task};
pub use self::explore::deep::on_a_deep_stack;
pub use self::explore::depth::Depth;
pub use self::explore::hidden::replay;
pub use self::explore::interleave::Bounds;
pub use self::explore::mutants;
pub use self::explore::run::{Report, run};
pub use self::explore::tally::{Found, Tally};
pub use self::hold::invariants::{INVARIANTS, broken_by};
pub use self::play::settings::{Setting, races, settings};
pub use self::world::faults::Mode;
pub use self::world::plan::Plan;
