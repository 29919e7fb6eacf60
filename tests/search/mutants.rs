//! Proof that the search would notice: every rule that can be broken (`quittance::mutants`) is broken,
//! and a run is looked for in which an invariant falls that holds of the same run unbroken.

use std::fmt;

use quittance::mutants::{ALL, Mutant, breaking};

use super::campaign::Task;
use super::caught::CAUGHT;
pub use super::caught::NOT_APPLICABLE;
use super::explore::Depth;
use super::faults::Count;
use super::hidden;
use super::interleave::Bounds;
use super::laws;
pub use super::laws::Law;
use super::plan::Plan;
use super::run::{Report, run};
use super::scenarios::Setting;

/// So many tasks are played without a fault before any is played with some,
const CLEAN_FIRST: usize = 500;
/// and so many with faults before the others are played without.
const DEEP_FIRST: usize = 100;

/// What a hunt has come to.
#[derive(Clone, Debug)]
pub struct Hunt {
    pub mutant: Mutant,
    pub runs: usize,
    pub caught: Option<Caught>,
}

/// A run in which a broken rule is noticed.
#[derive(Clone, Debug)]
pub struct Caught {
    /// None: a law shows it without a run.
    pub run: Option<(Setting, Plan)>,
    /// What falls; first of all the invariant that is meant to.
    pub violations: Vec<String>,
}

/// Every rule that can be broken.
pub fn all() -> impl Iterator<Item = Mutant> {
    ALL.iter().map(|(mutant, _, _)| *mutant)
}

pub fn named(name: &str) -> Option<Mutant> {
    all().find(|mutant| mutant.name() == name)
}

/// The invariant that is to fall, and what is broken.
pub fn about(mutant: Mutant) -> (&'static str, &'static str) {
    let row = ALL.iter().find(|(known, _, _)| *known == mutant);
    row.map_or(("", ""), |(_, falls, what)| (*falls, *what))
}

/// The run that is known to notice this mutant.
pub fn known(mutant: Mutant) -> Option<(Setting, Plan)> {
    let (_, setting, plan) = CAUGHT.iter().find(|(known, _, _)| *known == mutant)?;
    let setting = super::scenarios::named(setting)?;
    Some((setting, plan.parse().ok()?))
}

/// The law that is to fall; `None` if runs are to show it.
pub fn law(mutant: Mutant) -> Option<Law> {
    laws::broken(mutant)
}

/// One run, with a rule broken or none.
pub fn run_with(mutant: Option<Mutant>, setting: &Setting, plan: &Plan, tell: bool) -> Report {
    breaking(mutant, || run(setting, plan, tell))
}

/// As `run_with`, held also against the run without the last fault if the SDK hides it.
fn run_beside(mutant: Option<Mutant>, setting: &Setting, plan: &Plan) -> Report {
    breaking(mutant, || hidden::beside(setting, plan, false))
}

/// The violations of a run with a broken rule that the run has not without: none if it does not notice.
pub fn notice(mutant: Mutant, setting: &Setting, plan: &Plan) -> Vec<String> {
    let broken = run_beside(Some(mutant), setting, plan);
    if broken.violations.is_empty() {
        return Vec::new();
    }
    let sound = run_beside(None, setting, plan);
    if !sound.violations.is_empty() {
        return Vec::new();
    }
    let falls = format!("{} ", about(mutant).0);
    let mut violations = broken.violations;
    violations.sort_by_key(|violation| !violation.starts_with(&falls));
    violations
}

/// Where and how deep a run that notices is looked for.
#[derive(Clone, Debug)]
pub struct Ground {
    pub tasks: Vec<Task>,
    pub depth: Depth,
    pub bounds: Bounds,
    pub seed: u64,
    /// A hunt that has come to nothing by then ends.
    pub runs_max: usize,
}

/// Looks for a run that notices, as the search looks for a violation: without a fault first, then with
/// faults and schedules. `each` is called after every run, and ends the hunt by `false`.
pub fn hunt(mutant: Mutant, ground: &Ground, mut each: impl FnMut(&Hunt) -> bool) -> Hunt {
    let mut hunt = Hunt { mutant, runs: 0, caught: None };
    if let Some(law) = laws::broken(mutant) {
        let violations = law.violations;
        hunt.caught = (!violations.is_empty()).then_some(Caught { run: None, violations });
        return hunt;
    }
    let mut random = fastrand::Rng::with_seed(ground.seed);
    let tasks = &ground.tasks;
    let (near, far) = tasks.split_at(tasks.len().min(CLEAN_FIRST));
    let (main, others) = tasks.split_at(tasks.len().min(DEEP_FIRST));
    let mut goes_on = |setting: &Setting, plan: &Plan, report: &Report| {
        hunt.goes_on(setting, plan, report, ground) && each(&hunt)
    };
    let _ = clean(mutant, near, &mut goes_on)
        && deep(mutant, main, ground, &mut random, &mut goes_on)
        && clean(mutant, far, &mut goes_on)
        && deep(mutant, others, ground, &mut random, &mut goes_on);
    hunt
}

/// `false` if `goes_on` says so, after a run without a fault.
fn clean(
    mutant: Mutant,
    tasks: &[Task],
    goes_on: &mut impl FnMut(&Setting, &Plan, &Report) -> bool,
) -> bool {
    tasks.iter().map(|task| task.setting()).all(|setting| {
        let report = run_with(Some(mutant), &setting, &Plan::default(), false);
        goes_on(&setting, &Plan::default(), &report)
    })
}

/// The same, after a run of the search itself.
fn deep(
    mutant: Mutant,
    tasks: &[Task],
    ground: &Ground,
    random: &mut fastrand::Rng,
    goes_on: &mut impl FnMut(&Setting, &Plan, &Report) -> bool,
) -> bool {
    breaking(Some(mutant), || {
        tasks.iter().all(|task| task.play(ground.depth, ground.bounds, random, &mut *goes_on))
    })
}

impl Hunt {
    fn goes_on(
        &mut self,
        setting: &Setting,
        plan: &Plan,
        report: &Report,
        ground: &Ground,
    ) -> bool {
        self.runs += 1;
        if !report.violations.is_empty() {
            let violations = notice(self.mutant, setting, plan);
            if !violations.is_empty() {
                let run = Some((*setting, plan.clone()));
                self.caught = Some(Caught { run, violations });
                return false;
            }
        }
        self.runs < ground.runs_max
    }
}

/// By what a run notices: by no fault at all, one, more, a schedule, or the comparison of two runs.
pub fn by(plan: &Plan, violation: &str) -> &'static str {
    match plan.0.len() {
        _ if plan.last(Count::Steps).is_some() => "schedule",
        _ if hidden::is_difference(violation) => "law",
        0 => "clean",
        1 => "single",
        2 => "pair",
        _ => "triple",
    }
}

impl fmt::Display for Hunt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mutant, runs) = (self.mutant.name(), self.runs);
        match &self.caught {
            None => write!(f, "{mutant} survives {runs} runs"),
            Some(caught) => {
                let first = caught.violations.first().map_or("", String::as_str);
                let Some((setting, plan)) = &caught.run else {
                    return write!(f, "{mutant} · law · {first}");
                };
                let by = by(plan, first);
                write!(f, "{mutant} · {by} · {runs} runs · {setting} {plan} · {first}")
            }
        }
    }
}
