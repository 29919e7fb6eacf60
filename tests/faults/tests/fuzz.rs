//! The fuzz targets without a fuzzer: their corpora and inputs near them, the same on every run.

#![expect(clippy::unwrap_used, reason = "a test panics at its first failure")]

use std::path::Path;

use faults::targets::{Ran, TARGETS, mutated, run};

/// How many inputs are made from each target's corpus, unless `FUZZ_INPUTS` says otherwise.
const INPUTS: usize = 150;
const SEED: u64 = 20_261_121;
/// Nested operations need a deep stack in a build without optimisation.
const STACK_BYTES: usize = 64 * 1024 * 1024;

#[expect(clippy::disallowed_methods, reason = "how a developer asks for more")]
fn wish(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn play(name: &'static str) -> String {
    let seeds = corpus(name);
    let through = seeds.iter().filter(|input| run(name, input) == Ran::Through).count();
    assert!(through > 0 && through * 2 >= seeds.len(), "{name}: its corpus says nothing");
    let count = wish("FUZZ_INPUTS").map_or(INPUTS, |count| usize::try_from(count).unwrap());
    let mut rng = fastrand::Rng::with_seed(wish("FUZZ_SEED").unwrap_or(SEED));
    let inputs = (0..count).map(|_| mutated(&mut rng, &seeds));
    let near = inputs.filter(|input| run(name, input) == Ran::Through).count();
    let all = seeds.len();
    format!(
        "{name}: {through} of {all} in the corpus came to our code, {near} of {count} near them"
    )
}

#[test]
fn every_target_holds_on_its_corpus_and_near_it() {
    let threads = TARGETS.map(|target| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn(move || play(target.name)).unwrap()
    });
    for thread in threads {
        eprintln!("{}", thread.join().unwrap());
    }
}
