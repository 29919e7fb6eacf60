//! Proof that the search would notice: every rule that can be broken (`quittance::mutants`) is broken,
//! and a run is looked for in which an invariant falls that holds of the same run unbroken.

use std::fmt;

use quittance::mutants::{ALL, Mutant, breaking};

use super::caught::CAUGHT;
pub use super::caught::NOT_APPLICABLE;
use super::faults::Mode;
use super::hidden;
use super::laws;
use super::plan::Plan;
use super::run::{Report, run};
use super::scenarios::{Setting, settings};

/// Of the singles of a setting that nobody pointed to, one in so many is played.
const STRIDE: usize = 7;
/// Pairs sampled per single.
const PAIRS: usize = 3;

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

/// What a broken rule breaks of a law that no run shows; `None` if runs are to show it.
pub fn law(mutant: Mutant) -> Option<Vec<String>> {
    laws::violations(mutant)
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

/// Looks for a run that notices: clean ones first, then singles, then pairs; at first where one is
/// known, or in settings whose name contains `near`.
pub fn hunt(mutant: Mutant, near: &str, runs_max: usize, seed: u64) -> Hunt {
    let mut hunter = Hunter { hunt: Hunt { mutant, runs: 0, caught: None }, runs_max };
    if let Some(violations) = laws::violations(mutant) {
        if !violations.is_empty() {
            hunter.hunt.caught = Some(Caught { run: None, violations });
        }
        return hunter.hunt;
    }
    if let Some((setting, plan)) = known(mutant)
        && hunter.tries(&setting, &plan).is_none()
    {
        return hunter.hunt;
    }
    let (mut first, mut rest): (Vec<Setting>, Vec<Setting>) =
        settings().into_iter().partition(|setting| setting.to_string().contains(near));
    let mut random = fastrand::Rng::with_seed(seed);
    random.shuffle(&mut rest);
    if near.is_empty() {
        std::mem::swap(&mut first, &mut rest);
        random.shuffle(&mut rest);
    }
    let _ = hunter
        .search(&first, 1, &mut random)
        .and_then(|()| hunter.search(&rest, STRIDE, &mut random));
    hunter.hunt
}

struct Hunter {
    hunt: Hunt,
    runs_max: usize,
}

impl Hunter {
    /// `None` when the hunt is over.
    fn search(
        &mut self,
        settings: &[Setting],
        stride: usize,
        random: &mut fastrand::Rng,
    ) -> Option<()> {
        for setting in settings {
            self.tries(setting, &Plan::default())?;
        }
        for pairs in [0, PAIRS] {
            for setting in settings {
                self.singles(setting, stride, pairs, random)?;
            }
        }
        Some(())
    }

    fn singles(
        &mut self,
        setting: &Setting,
        stride: usize,
        pairs: usize,
        random: &mut fastrand::Rng,
    ) -> Option<()> {
        let clean = run_with(Some(self.hunt.mutant), setting, &Plan::default(), false);
        self.hunt.runs += 1;
        let calls = || clean.kinds.iter().enumerate();
        let faults = calls().flat_map(|(k, kind)| Mode::of(*kind).iter().map(move |m| (k, *m)));
        let others = calls().flat_map(|(k, kind)| {
            Mode::all(*kind).filter(|m| !Mode::of(*kind).contains(m)).map(move |m| (k, m))
        });
        for (k, mode) in faults.chain(others).skip(random.usize(..stride)).step_by(stride) {
            let plan = Plan::one(k, mode);
            let mut report = run_with(Some(self.hunt.mutant), setting, &plan, false);
            if hidden::without(setting, &plan, &report).is_some() {
                report.violations.extend(hidden::difference(&clean, &report));
            }
            if pairs == 0 {
                self.judge(setting, &plan, &report)?;
            }
            for _ in 0..pairs {
                if let Some(pair) = super::explore::another(&plan, &report, random) {
                    self.tries(setting, &pair)?;
                }
            }
        }
        Some(())
    }

    fn tries(&mut self, setting: &Setting, plan: &Plan) -> Option<()> {
        let report = run_beside(Some(self.hunt.mutant), setting, plan);
        self.judge(setting, plan, &report)
    }

    fn judge(&mut self, setting: &Setting, plan: &Plan, report: &Report) -> Option<()> {
        self.hunt.runs += 1;
        if !report.violations.is_empty() {
            let violations = notice(self.hunt.mutant, setting, plan);
            if !violations.is_empty() {
                let run = Some((*setting, plan.clone()));
                self.hunt.caught = Some(Caught { run, violations });
                return None;
            }
        }
        (self.hunt.runs < self.runs_max).then_some(())
    }
}

/// By what a run notices: by no fault at all, one, a pair, or the comparison of two runs.
pub fn by(plan: &Plan, violation: &str) -> &'static str {
    match plan.0.len() {
        _ if hidden::is_difference(violation) => "law",
        0 => "clean",
        1 => "single",
        _ => "pair",
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
