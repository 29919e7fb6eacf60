//! Rules that are broken on purpose, and the runs that notice.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use e2e::search::mutants::{Ground, Hunt, NOT_APPLICABLE, about, all, hunt, law};
use e2e::search::{Found, broken_by, on_a_deep_stack, replay};
use quittance::mutants::{Mutant, breaking};

/// Longer than any hunt takes that comes to something.
pub(super) const RUNS_MAX: usize = 60_000;
const TELL_EVERY: usize = 2_000;

pub(super) fn list() -> ExitCode {
    for mutant in all() {
        let (falls, what) = about(mutant);
        println!("{} · {falls}\n    {what}", mutant.name());
    }
    for (name, why) in NOT_APPLICABLE {
        println!("{name} · not broken\n    {why}");
    }
    ExitCode::SUCCESS
}

fn hunted(mutant: Mutant, ground: &Ground, stop: &AtomicBool) -> Hunt {
    on_a_deep_stack(|| {
        hunt(mutant, ground, |hunt| {
            if hunt.runs.is_multiple_of(TELL_EVERY) {
                eprintln!("{} · {} runs so far", mutant.name(), hunt.runs);
            }
            !stop.load(Ordering::Relaxed)
        })
    })
}

/// Looks for a run that notices, and tells the shortest.
pub(super) fn tell(mutant: Mutant, ground: &Ground) -> ExitCode {
    let (falls, what) = about(mutant);
    println!("broken: {what}\nto fall: {falls}");
    let hunt = hunted(mutant, ground, &AtomicBool::new(false));
    let Some(caught) = hunt.caught else {
        println!("{} runs, and nothing noticed", hunt.runs);
        return ExitCode::FAILURE;
    };
    let Some((setting, plan)) = caught.run.clone() else {
        for line in law(mutant).iter().flat_map(|law| &law.trace) {
            println!("{line}");
        }
        println!("caught by a law, without a run: {}", caught.violations.join("; "));
        return ExitCode::SUCCESS;
    };
    let found = Found { setting, plan, violations: caught.violations };
    let shrunk = on_a_deep_stack(|| breaking(Some(mutant), || found.shrunk()));
    let name = shrunk.setting.to_string();
    let told = on_a_deep_stack(|| breaking(Some(mutant), || replay(&name, &shrunk.plan)));
    for line in told.iter().flat_map(|(_, report)| &report.trace) {
        println!("{line}");
    }
    for invariant in broken_by(&shrunk.violations) {
        println!("{invariant}");
    }
    println!("caught after {} runs: {}", hunt.runs, shrunk.violations.join("; "));
    println!("again: cargo faults --mutant {} --replay '{name} {}'", mutant.name(), shrunk.plan);
    ExitCode::SUCCESS
}

/// How many are noticed, and how many there are.
pub(super) fn all_of_them(ground: &Ground, jobs: usize, stop: &AtomicBool) -> (usize, usize) {
    let mutants: Vec<Mutant> = all().collect();
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let terminal = Mutex::new(());
    let worker = || {
        while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::SeqCst)) {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let hunt = hunted(*mutant, ground, stop);
            killed.fetch_add(usize::from(hunt.caught.is_some()), Ordering::SeqCst);
            let _line = terminal.lock().unwrap_or_else(PoisonError::into_inner);
            println!("{hunt}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(worker);
        }
    });
    for (name, why) in NOT_APPLICABLE {
        println!("{name} · not broken: {why}");
    }
    let killed = killed.into_inner();
    println!("{killed} of {} broken rules are noticed", mutants.len());
    (killed, mutants.len())
}
