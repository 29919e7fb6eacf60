//! The fault search: the real handlers with the real SDK clients, on a world that
//! lives in this process, where every call to `DynamoDB`, SQS or the gateway can be made to go wrong.
//!
//! A *run* plays one scenario under one plan of faults, recovers, and holds what it finds against the
//! invariants. The same scenario, plan and seed always give the same run.

mod time;
mod faults;
mod plan;
mod call;
mod fate;
mod turns;
mod image;
mod ground;
mod world;
mod effects;
mod connector;
mod process;
mod client;
mod meanwhile;
mod webhooks;
mod lies;
mod consumer;
mod act;
mod script;
mod people;
mod shopper;
mod scripts;
mod races;
mod breaches;
mod scenarios;
mod recovery;
mod redrive;
mod room;
mod redaction;
mod writes;
#[cfg(test)]
mod checker;
mod calls;
mod disputes;
mod told;
mod ends;
mod rest;
mod run;
mod hidden;
mod deep;
mod tally;
mod explore;
mod interleave;
mod campaign;
pub mod fuzz;
mod caught;
mod invariants;
mod laws;
pub mod mutants;

pub use self::campaign::{Campaign, Progress, Task};
pub use self::deep::on_a_deep_stack;
pub use self::explore::Depth;
pub use self::faults::Mode;
pub use self::interleave::Bounds;
pub use self::invariants::{INVARIANTS, broken_by};
pub use self::plan::Plan;
pub use self::run::{Report, replay, run};
pub use self::scenarios::{Setting, races, settings};
pub use self::tally::{Found, Tally};
