//! The fault search: the real handlers with the real SDK clients, on a world that
//! lives in this process, where every call to `DynamoDB`, SQS or the gateway can be made to go wrong.
//!
//! A *run* plays one scenario under one plan of faults, recovers, and holds what it finds against the
//! invariants. The same scenario, plan and seed always give the same run.

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

mod explore;
pub mod targets;
mod hold;
mod play;
mod world;

pub use self::explore::campaign::{Campaign, Progress, Task};
pub use self::explore::deep::on_a_deep_stack;
pub use self::explore::depth::Depth;
pub use self::explore::interleave::Bounds;
pub use self::explore::mutants;
pub use self::explore::tally::{Found, Tally};
pub use self::hold::invariants::{INVARIANTS, broken_by};
pub use self::play::run::{Report, replay, run};
pub use self::play::settings::{Setting, races, settings};
pub use self::world::faults::Mode;
pub use self::world::plan::Plan;
