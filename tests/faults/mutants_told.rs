//! Rules that are broken on purpose, and the runs that notice.

use std::process::ExitCode;

use e2e::search::mutants::{NOT_APPLICABLE, about, all, by, hunt};
use e2e::search::{Found, on_a_deep_stack, replay};
use quittance::mutants::{Mutant, breaking};

/// A hunt that has come to nothing by then ends.
const RUNS_MAX: usize = 3_000;
const SEED: u64 = 20_261_120;

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

/// Looks for a run that notices, and tells the shortest.
pub(super) fn tell(mutant: Mutant) -> ExitCode {
    let (falls, what) = about(mutant);
    println!("broken: {what}\nto fall: {falls}");
    let hunt = on_a_deep_stack(|| hunt(mutant, "", RUNS_MAX, SEED));
    let Some(caught) = hunt.caught else {
        println!("{} runs, and nothing noticed", hunt.runs);
        return ExitCode::FAILURE;
    };
    let Some((setting, plan)) = caught.run.clone() else {
        println!("caught by a law, without a run: {}", caught.violations.join("; "));
        return ExitCode::SUCCESS;
    };
    let found = Found { setting, plan, violations: caught.violations.clone() };
    let shrunk = on_a_deep_stack(|| breaking(Some(mutant), || found.shrunk()));
    let name = shrunk.setting.to_string();
    let told = on_a_deep_stack(|| breaking(Some(mutant), || replay(&name, &shrunk.plan)));
    for line in told.iter().flat_map(|(_, report)| &report.trace) {
        println!("{line}");
    }
    println!("caught after {} runs: {}", hunt.runs, caught.violations.join("; "));
    println!("again: cargo faults --mutant {} --replay '{name} {}'", mutant.name(), shrunk.plan);
    ExitCode::SUCCESS
}

/// How many are noticed, and how many there are.
pub(super) fn all_of_them() -> (usize, usize) {
    let mut killed = 0;
    for mutant in all() {
        let hunt = on_a_deep_stack(|| hunt(mutant, "", RUNS_MAX, SEED));
        let (name, (falls, _)) = (mutant.name(), about(mutant));
        match &hunt.caught {
            Some(caught) => {
                killed += 1;
                let violation = caught.violations.first().map_or("", String::as_str);
                match &caught.run {
                    Some((setting, plan)) => {
                        println!("{name} · {} · {falls} · {setting} {plan}", by(plan, violation));
                    }
                    None => println!("{name} · law · {falls} · {violation}"),
                }
            }
            None => println!("{name} · survives {} runs", hunt.runs),
        }
    }
    for (name, why) in NOT_APPLICABLE {
        println!("{name} · not broken: {why}");
    }
    println!("{killed} of {} broken rules are noticed", all().count());
    (killed, all().count())
}
