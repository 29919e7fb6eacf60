//! The fault search of integrity.md §5: the real handlers with the real SDK clients, on a world that
//! lives in this process, where every call to `DynamoDB`, SQS or the gateway can be made to go wrong.
//!
//! A *run* plays one scenario under one plan of faults, recovers, and holds what it finds against the
//! invariants. The same scenario, plan and seed always give the same run.

mod time;
mod faults;
mod call;
mod fate;
mod image;
mod ground;
mod world;
mod connector;
mod process;
mod client;
mod meanwhile;
mod webhooks;
mod lies;
mod script;
mod scripts;
mod breaches;
mod scenarios;
mod recovery;
mod room;
mod writes;
mod calls;
mod rest;
mod run;
mod hidden;
mod explore;
pub mod fuzz;
mod caught;
pub mod mutants;

pub use self::explore::{Found, Search, Tally};
pub use self::faults::{Mode, Plan};
pub use self::run::{Report, replay, run};
pub use self::scenarios::{Setting, settings};
