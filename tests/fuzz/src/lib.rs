//! Shared by the fuzzer's binaries, which run the same targets as `cargo test`.

use faults::targets::{Ran, run};
use libfuzzer_sys::Corpus;

/// Only inputs that reach our code are worth keeping.
pub fn target(name: &str, input: &[u8]) -> Corpus {
    match run(name, input) {
        Ran::Through => Corpus::Keep,
        Ran::NotPassedOn => Corpus::Reject,
    }
}
