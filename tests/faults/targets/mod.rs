//! Inputs that strangers, gateways, queues and older versions may send, given to the real handlers in the
//! world of the fault search, with nothing failing. A target takes any bytes and panics if an invariant
//! breaks; a fuzzer and `cargo test` run the same targets.

mod answer;
mod bench;
mod event;
mod item;
mod mutation;
mod queue;
mod request;
mod webhook;

use std::time::{Duration, Instant};

pub use self::mutation::mutated;

/// How far an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It reached our code.
    Through,
    /// The systems in front of our code would not have passed it on.
    NotPassedOn,
}

#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Also the name of its corpus and its binary.
    pub name: &'static str,
    pub run: fn(&[u8]) -> Ran,
}

pub const TARGETS: [Target; 6] = [
    Target { name: "http_request", run: request::run },
    Target { name: "webhook_forged", run: webhook::forged },
    Target { name: "webhook_signed", run: webhook::signed },
    Target { name: "gateway_event", run: event::run },
    Target { name: "queue_event", run: queue::run },
    Target { name: "stored_item", run: item::run },
];

/// A target that takes this long for one input counts as hanging. Unoptimised and beside other work, an
/// input takes some hundredths of a second.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs the target of this name on `input`, and prints the input if it panics or takes too long.
pub fn run(name: &str, input: &[u8]) -> Ran {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let _shown = ShownIfItPanics(input);
    let started = Instant::now();
    let ran = (target.run)(input);
    let took = started.elapsed();
    assert!(took < LIMIT, "{name} took {took:?} for {} bytes", input.len());
    ran
}

struct ShownIfItPanics<'a>(&'a [u8]);

impl Drop for ShownIfItPanics<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was b\"{}\"", self.0.escape_ascii());
        }
    }
}
