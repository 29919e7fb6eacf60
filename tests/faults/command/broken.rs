//! Reports on mutants, and on the runs that notice them.

use std::process::ExitCode;

use faults::mutants::{Hunt, NOT_APPLICABLE, about, all, batch};
use faults::{Found, Tally, broken_by, on_a_deep_stack, replay};
use quittance::mutants::{Mutant, breaking};

use super::campaign::hunt;
use super::options::Options;

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
    let Hunt { runs, noticed, .. } = hunt(mutant, options);
    let Some(noticed) = noticed else {
        println!("{runs} runs reach the rule, and none noticed");
        return ExitCode::FAILURE;
    };
    let Some((setting, plan)) = noticed.run.clone() else {
        for line in batch(mutant).iter().flat_map(|batch| &batch.trace) {
            println!("{line}");
        }
        println!("noticed by the batch, without a run: {}", noticed.violations.join("; "));
        return ExitCode::SUCCESS;
    };
    let found = Found { setting, plan, violations: noticed.violations };
    let shrunk = on_a_deep_stack(|| breaking(Some(mutant), || found.shrunk()));
    let name = shrunk.setting.to_string();
    let replayed = on_a_deep_stack(|| breaking(Some(mutant), || replay(&name, &shrunk.plan)));
    for line in replayed.iter().flat_map(|(_, report)| &report.trace) {
        println!("{line}");
    }
    for invariant in broken_by(&shrunk.violations) {
        println!("{invariant}");
    }
    println!("noticed in run {runs} of those that reach it: {}", shrunk.violations.join("; "));
    println!("again: cargo faults --mutant {} --replay '{name} {}'", mutant.name(), shrunk.plan);
    ExitCode::SUCCESS
}

/// Prints the mutants that nothing has noticed, and the share that was noticed.
pub(super) fn report(tally: &Tally) {
    for unnoticed in tally.hunts.iter().filter(|hunt| hunt.noticed.is_none()) {
        println!("{unnoticed}");
    }
    for (name, why) in NOT_APPLICABLE {
        println!("{name} · not broken: {why}");
    }
    println!("{} of {} mutants are noticed", tally.noticed(), tally.hunts.len());
}
