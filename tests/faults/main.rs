//! The fault search, as much of it as fits into a minute. `FAULTS` replays one run or widens the search.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

mod mutants;

use std::time::{Duration, Instant};

use e2e::search::{Plan, Search, replay, settings};

/// The bounded search of `cargo test` ends by then, whatever the machine.
const SECONDS_MAX: u64 = 40;
/// Of the singles of a setting it plays one in so many, so that it comes to many settings.
const STRIDE: u64 = 97;
/// So many settings are searched in `cargo test`: the same ones on a slow and on a fast machine.
const SETTINGS_MAX: usize = 60;
/// An operation within an operation is deep in a build without optimisation.
const STACK_BYTES: usize = 256 * 1024 * 1024;
const SEED: u64 = 20_261_120;

#[expect(clippy::disallowed_methods, reason = "how a developer asks for one run again")]
fn wish(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// `FAULTS='<setting> <plan>'` tells that run.
#[test]
fn replay_of_one_run() {
    let Some(wanted) = wish("FAULTS") else {
        return;
    };
    let (name, plan) = wanted.split_once(' ').unwrap_or((&wanted, "none"));
    let plan: Plan = plan.parse().expect("a plan such as 12:after+20:die-before");
    let (_, report) = replay(name, &plan).expect("a setting such as approve/full/in-order");
    for line in &report.trace {
        eprintln!("{line}");
    }
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
}

/// What a search has found and a change has mended.
const MENDED: [(&str, &str); 4] = [
    // A failure told once more ended the hold that came after it: its void was never sent.
    ("late-authorization/full/in-order", "15:replay"),
    // A refund was sent again although a person had taken its room at the gateway meanwhile.
    ("dashboard-refund/full/reversed", "12:lost"),
    ("dashboard-refund/razorpay-like/in-order", "3:cancel-order"),
    // A refund that was still on its way was given to a person and never looked at again.
    ("refund-fails/no-keys/in-order", "12:late"),
];

#[test]
fn what_was_mended_stays_mended() {
    for (name, plan) in MENDED {
        let (setting, report) = replay(name, &plan.parse().unwrap()).unwrap();
        assert!(report.violations.is_empty(), "{setting} {plan}: {:#?}", report.violations);
    }
}

/// `FAULTS_ONLY` filters settings, `FAULTS_PAIRS` adds pairs, `FAULTS_SECONDS` gives more time.
#[test]
fn no_plan_breaks_an_invariant() {
    let search = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(search).unwrap();
    if let Err(panic) = search.join() {
        std::panic::resume_unwind(panic);
    }
}

fn search() {
    let number = |name: &str| wish(name).and_then(|text| text.parse::<u64>().ok());
    let part = wish("FAULTS_PART").map(|text| {
        let (part, parts) = text.split_once('/').expect("0/2");
        (part.parse::<usize>().unwrap(), parts.parse::<usize>().unwrap())
    });
    let only = wish("FAULTS_ONLY").unwrap_or_default();
    let seed = number("FAULTS_SEED").unwrap_or(SEED);
    let mut settings: Vec<_> = settings()
        .into_iter()
        .filter(|setting| setting.to_string().contains(&only))
        .enumerate()
        .filter(|(n, _)| part.is_none_or(|(part, parts)| n % parts == part))
        .map(|(_, setting)| setting)
        .collect();
    // In another order for each seed, so that the first minute is not always of the same settings.
    fastrand::Rng::with_seed(seed).shuffle(&mut settings);
    let seconds = number("FAULTS_SECONDS").unwrap_or(SECONDS_MAX);
    if number("FAULTS_SECONDS").is_none() {
        settings.truncate(SETTINGS_MAX);
    }
    let search = Search {
        settings,
        stride: number("FAULTS_STRIDE").unwrap_or(STRIDE).try_into().unwrap(),
        pairs: number("FAULTS_PAIRS").unwrap_or(1).try_into().unwrap(),
        seed,
        until: Some(Instant::now() + Duration::from_secs(seconds)),
    };
    let mut told = 0;
    let tally = search.run(|tally, setting| {
        if wish("FAULTS_PROGRESS").is_some() {
            eprintln!("{tally} · {setting}");
            for found in &tally.found[told..] {
                eprintln!("  {} under {}: {:?}", found.setting, found.plan, found.violations);
            }
        }
        told = tally.found.len();
    });
    eprintln!("{tally}");
    for (kind, found) in tally.kinds() {
        eprintln!("{:>6} × {kind}: {} under {}", found.len(), found[0].setting, found[0].plan);
    }
    if let Some(first) = tally.found.first() {
        panic!("{} plans break an invariant; the first:\n{first}", tally.found.len());
    }
}
