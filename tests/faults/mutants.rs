//! Proof that the search would notice: each rule is broken, and its known run must show it.

use e2e::search::Setting;
use e2e::search::mutants::{NOT_APPLICABLE, about, all, by, hunt, known, named, notice};
use e2e::search::{Plan, replay};
use quittance::mutants::{Mutant, breaking};

use crate::{SEED, STACK_BYTES, wish};

/// A hunt that has come to nothing by then ends.
const RUNS_MAX: usize = 3_000;

/// Runs are deep in a build without optimisation.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let joined = thread.spawn_scoped(scope, work).unwrap().join();
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// One row of the table, or what is wrong with it.
fn row(mutant: Mutant) -> Result<String, String> {
    let (name, (falls, what)) = (mutant.name(), about(mutant));
    let again = format!("MUTANT={name} cargo test -p e2e --test faults a_hunt -- --nocapture");
    let (setting, plan): (Setting, Plan) =
        known(mutant).ok_or_else(|| format!("{name} has no known run; find one: {again}"))?;
    let violations = notice(mutant, &setting, &plan);
    let meant = violations.iter().find(|violation| violation.starts_with(&format!("{falls} ")));
    let Some(violation) = meant else {
        let instead = violations.join("; ");
        return Err(format!(
            "{name} is to break {falls} under {setting} {plan}, and breaks [{instead}]; find \
             another run: {again}"
        ));
    };
    let by = by(&plan, violation);
    Ok(format!("{name} · {by} · {falls} · {setting} {plan}\n    {what}"))
}

#[test]
fn every_broken_rule_is_noticed() {
    let rows: Vec<_> = on_a_large_stack(|| all().map(row).collect());
    let mut wrong = Vec::new();
    for row in &rows {
        match row {
            Ok(row) => eprintln!("{row}"),
            Err(problem) => wrong.push(problem.as_str()),
        }
    }
    for (name, why) in NOT_APPLICABLE {
        eprintln!("{name} · not broken\n    {why}");
    }
    eprintln!("{} of {} broken rules are noticed", rows.len() - wrong.len(), rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `MUTANT` and `FAULTS` tell one run with one rule broken.
#[test]
fn a_broken_run_told() {
    let (Some(name), Some(wanted)) = (wish("MUTANT"), wish("FAULTS")) else {
        return;
    };
    let (setting, plan) = wanted.split_once(' ').unwrap();
    let plan: Plan = plan.parse().unwrap();
    let tell = || breaking(named(&name), || replay(setting, &plan).unwrap());
    let (_, report) = on_a_large_stack(tell);
    for line in report.trace.iter().chain(&report.violations) {
        eprintln!("{line}");
    }
}

/// `MUTANT` hunts the named ones, or `all`; `MUTANT_NEAR` says in which settings to look first.
#[test]
fn a_hunt() {
    let Some(names) = wish("MUTANT").filter(|_| wish("FAULTS").is_none()) else {
        return;
    };
    let near = wish("MUTANT_NEAR").unwrap_or_default();
    let runs_max = wish("MUTANT_RUNS").and_then(|text| text.parse().ok()).unwrap_or(RUNS_MAX);
    let wanted = |mutant: &Mutant| names == "all" || names.split(',').any(|n| n == mutant.name());
    for mutant in all().filter(wanted) {
        eprintln!("{}", on_a_large_stack(|| hunt(mutant, &near, runs_max, SEED)));
    }
}
