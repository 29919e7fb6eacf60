//! Proof that the search would notice: every rule that can be broken (`quittance::mutants`) is broken in
//! the runs that reach it, until an invariant fails that holds in the same run with the rule intact.

use std::collections::BTreeSet;
use std::fmt;

use quittance::mutants::{Mutant, NoticedBy, RULES, breaking};

use crate::explore::batch;
pub use crate::explore::batch::Handed;
use crate::explore::hidden;
use crate::explore::run::Report;
use crate::play::settings::Setting;
use crate::world::faults::Count;
use crate::world::plan::Plan;

/// Protocol rules that cannot be broken, and why.
pub const NOT_APPLICABLE: [(&str, &str); 2] = [
    (
        "no-reconciler",
        "reconcile-payments, which compares the gateway's list with ours, does not exist yet",
    ),
    (
        "reconciler-without-refunds",
        "reconcile-payments, which compares the gateway's list with ours, does not exist yet",
    ),
];

/// A mutant that this many runs without a fault have not noticed needs a fault.
const CLEAN_MAX: usize = 300;

/// The search for what notices a mutant.
#[derive(Clone, Debug)]
pub struct Hunt {
    pub mutant: Mutant,
    /// Runs that reached the rule and were played with it broken.
    pub runs: usize,
    /// The settings that reach the rule without a fault.
    pub settings: BTreeSet<String>,
    pub noticed: Option<Noticed>,
}

/// What noticed a mutant.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// `None`: the batch, without a run.
    pub run: Option<(Setting, Plan)>,
    /// The violated invariants, the expected one first.
    pub violations: Vec<String>,
}

/// Every mutant.
pub fn all() -> impl Iterator<Item = Mutant> {
    RULES.iter().map(|rule| rule.mutant)
}

pub fn named(name: &str) -> Option<Mutant> {
    all().find(|mutant| mutant.name() == name)
}

/// The invariant expected to fail, and what is broken.
pub fn about(mutant: Mutant) -> (&'static str, &'static str) {
    (mutant.rule().breaks, mutant.rule().what)
}

/// The run known to notice this mutant.
pub fn known(mutant: Mutant) -> Option<(Setting, Plan)> {
    let NoticedBy::Run(setting, plan) = mutant.rule().noticed_by else {
        return None;
    };
    let setting = crate::play::settings::named(setting)?;
    Some((setting, plan.parse().ok()?))
}

/// The batch, expected to notice; `None` if a run must.
pub fn batch(mutant: Mutant) -> Option<Handed> {
    batch::broken(mutant)
}

/// A run with at most one rule broken, also compared with the run without the last fault if the SDK hides
/// that.
fn run_beside(mutant: Option<Mutant>, setting: &Setting, plan: &Plan) -> Report {
    breaking(mutant, || hidden::beside(setting, plan, false))
}

/// The violations of a run that only the mutant causes; empty if the run does not notice it.
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

impl Hunt {
    pub fn begin(mutant: Mutant) -> Self {
        let batch = batch::broken(mutant).filter(|batch| !batch.violations.is_empty());
        let noticed = batch.map(|batch| Noticed { run: None, violations: batch.violations });
        Self { mutant, runs: 0, settings: BTreeSet::new(), noticed }
    }

    /// Whether a run with sound rules shows nothing yet, but might if this rule were broken.
    pub(crate) fn wants(&self, plan: &Plan, report: &Report) -> bool {
        self.noticed.is_none()
            && (self.runs < CLEAN_MAX || !plan.0.is_empty())
            && report.violations.is_empty()
            && report.reached.contains(&self.mutant)
    }

    /// Records a run with the rule broken, and what it noticed.
    pub(crate) fn tried(&mut self, setting: &Setting, plan: &Plan, violations: Vec<String>) {
        self.runs += 1;
        if plan.0.is_empty() {
            self.settings.insert(setting.to_string());
        }
        if self.noticed.is_none() && !violations.is_empty() {
            let run = Some((*setting, plan.clone()));
            self.noticed = Some(Noticed { run, violations });
        }
    }
}

/// The kind of evidence: no fault at all, one, more, a schedule, or the comparison of two runs.
pub fn by(plan: &Plan, violation: &str) -> &'static str {
    match plan.0.len() {
        _ if plan.last(Count::Steps).is_some() => "schedule",
        _ if hidden::is_difference(violation) => "compared",
        0 => "clean",
        1 => "single",
        2 => "pair",
        _ => "triple",
    }
}

impl fmt::Display for Hunt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mutant, runs) = (self.mutant.name(), self.runs);
        match &self.noticed {
            None => write!(f, "{mutant} is not noticed in {runs} runs"),
            Some(noticed) => {
                let first = noticed.violations.first().map_or("", String::as_str);
                let Some((setting, plan)) = &noticed.run else {
                    return write!(f, "{mutant} · batch · {first}");
                };
                let by = by(plan, first);
                write!(f, "{mutant} · {by} · {runs} runs · {setting} {plan} · {first}")
            }
        }
    }
}
