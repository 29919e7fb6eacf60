//! Proof that the search would notice: each rule is broken, and what is known to notice it must do so.

use faults::Setting;
use faults::mutants::{NOT_APPLICABLE, about, all, batch, by, known, notice};
use faults::{Plan, on_a_deep_stack, run};
use quittance::mutants::Mutant;

/// One row of the table, or the reason why there is none.
fn row(mutant: Mutant) -> Result<String, String> {
    let (name, (falls, what)) = (mutant.name(), about(mutant));
    let again = format!("cargo faults --mutant {name}");
    let falls_in = |violations: &[String]| {
        let meant = |violation: &&String| violation.starts_with(&format!("{falls} "));
        violations.iter().find(meant).cloned()
    };
    if let Some(batch) = batch(mutant) {
        let kept = || format!("{name} should break {falls}, but the batch does not show it");
        let violation = falls_in(&batch.violations).ok_or_else(kept)?;
        return Ok(format!("{name} · batch · {falls} · {violation}\n    {what}"));
    }
    let (setting, plan): (Setting, Plan) =
        known(mutant).ok_or_else(|| format!("{name} has no known run; find one: {again}"))?;
    if !run(&setting, &plan, false).reached.contains(&mutant) {
        return Err(format!("a hunt for {name} would skip {setting} {plan}"));
    }
    let violations = notice(mutant, &setting, &plan);
    let Some(violation) = falls_in(&violations) else {
        let instead = violations.join("; ");
        return Err(format!(
            "{name} should break {falls} under {setting} {plan}, but breaks [{instead}]; find \
             another run: {again}"
        ));
    };
    let by = by(&plan, &violation);
    Ok(format!("{name} · {by} · {falls} · {setting} {plan}\n    {what}"))
}

#[test]
fn every_broken_rule_is_noticed() {
    let rows: Vec<_> = on_a_deep_stack(|| all().map(row).collect());
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
    eprintln!("{} of {} mutants are noticed", rows.len() - wrong.len(), rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
