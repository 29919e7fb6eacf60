//! What the fuzzer's binaries share: they run the targets that `cargo test` runs.

use faults::fuzz::{Ran, run};
use libfuzzer_sys::Corpus;

/// Only what comes to our code is worth keeping.
pub fn target(name: &str, input: &[u8]) -> Corpus {
    match run(name, input) {
        Ran::Through => Corpus::Keep,
        Ran::NotPassedOn => Corpus::Reject,
    }
}
