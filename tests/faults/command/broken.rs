//! Reports on rules broken on purpose, and on the runs that notice.

use std::process::ExitCode;

use faults::mutants::{Hunt, NOT_APPLICABLE, about, all, law};
use faults::{Found, Tally, broken_by, on_a_deep_stack, replay};
use quittance::mutants::{Mutant, breaking};

use super::options::Options;
use super::whole::hunt;

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

/// Searches for a run that notices and prints the shortest.
pub(super) fn report_on(mutant: Mutant, options: &Options) -> ExitCode {
    let (falls, what) = about(mutant);
    println!("broken: {what}\nexpected to fail: {falls}");
    let Hunt { runs, caught, .. } = hunt(mutant, options);
    let Some(caught) = caught else {
        println!("{runs} runs reach the rule, and none noticed");
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
    let replayed = on_a_deep_stack(|| breaking(Some(mutant), || replay(&name, &shrunk.plan)));
    for line in replayed.iter().flat_map(|(_, report)| &report.trace) {
        println!("{line}");
    }
    for invariant in broken_by(&shrunk.violations) {
        println!("{invariant}");
    }
    println!("caught in run {runs} of those that reach it: {}", shrunk.violations.join("; "));
    println!("again: cargo faults --mutant {} --replay '{name} {}'", mutant.name(), shrunk.plan);
    ExitCode::SUCCESS
}

/// Prints the rules no run has noticed, and the share that was noticed.
pub(super) fn report(tally: &Tally) {
    for survivor in tally.hunts.iter().filter(|hunt| hunt.caught.is_none()) {
        println!("{survivor}");
    }
    for (name, why) in NOT_APPLICABLE {
        println!("{name} · not broken: {why}");
    }
    println!("{} of {} broken rules are noticed", tally.killed(), tally.hunts.len());
}
