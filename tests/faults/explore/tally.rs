//! What a search has played and found.

use std::collections::BTreeMap;
use std::fmt;

use quittance::mutants::Mutant;

use crate::explore::hidden::beside;
use crate::explore::mutants::Hunt;
use crate::explore::run::Report;
use crate::hold::invariants::broken_by;
use crate::play::settings::Setting;
use crate::world::faults::Count;
use crate::world::plan::Plan;

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub clean: usize,
    pub singles: usize,
    pub pairs: usize,
    pub triples: usize,
    pub interleavings: usize,
    pub calls: usize,
    pub found: Vec<Found>,
    pub hunts: Vec<Hunt>,
}

/// A plan under which an invariant fails.
#[derive(Clone, Debug)]
pub struct Found {
    pub setting: Setting,
    pub plan: Plan,
    pub violations: Vec<String>,
}

impl Tally {
    pub fn runs(&self) -> usize {
        self.clean + self.singles + self.pairs + self.triples + self.interleavings
    }

    /// The number of mutants that something has noticed.
    pub fn noticed(&self) -> usize {
        self.hunts.iter().filter(|hunt| hunt.noticed.is_some()).count()
    }

    /// The hunts that want this run with their rule broken.
    pub(crate) fn wanted(&self, plan: &Plan, report: &Report) -> Vec<(usize, Mutant)> {
        let hunts = self.hunts.iter().enumerate().filter(|(_, hunt)| hunt.wants(plan, report));
        hunts.map(|(place, hunt)| (place, hunt.mutant)).collect()
    }

    pub(crate) fn note(&mut self, setting: &Setting, plan: &Plan, report: &Report) {
        self.calls += report.kinds.len();
        let counted = match plan.0.len() {
            _ if !report.points.is_empty() || plan.last(Count::Steps).is_some() => {
                &mut self.interleavings
            }
            0 => &mut self.clean,
            1 => &mut self.singles,
            2 => &mut self.pairs,
            _ => &mut self.triples,
        };
        *counted += 1;
        let mut violations = report.violations.clone();
        // A problem with a secret may shift the numbers of all later calls.
        let shifted = plan.last(Count::Secrets).is_some() && plan.0.len() > 1;
        if report.fired < plan.0.len() && !shifted {
            violations.push(format!("{} of {} faults occurred", report.fired, plan.0.len()));
        }
        if !violations.is_empty() {
            self.found.push(Found { setting: *setting, plan: plan.clone(), violations });
        }
    }

    /// Violations grouped by their text without ids.
    pub fn kinds(&self) -> BTreeMap<String, Vec<&Found>> {
        let mut kinds: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
        for found in &self.found {
            for violation in &found.violations {
                kinds.entry(nameless(violation)).or_default().push(found);
            }
        }
        kinds
    }
}

fn nameless(violation: &str) -> String {
    let named = |word: &str| {
        word.contains('_') && word.chars().filter(char::is_ascii_digit).count() > 1
            || word.starts_with("pay_")
            || word.starts_with("re_")
    };
    let words = violation.split(' ').map(|word| if named(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

impl Found {
    /// The shortest script and the fewest faults that still break the same invariant.
    #[must_use]
    pub fn shrunk(&self) -> Self {
        let mut least = self.clone();
        while let Some(smaller) = least.smaller() {
            least = smaller;
        }
        least
    }

    fn smaller(&self) -> Option<Self> {
        let shorter = self.setting.shorter().map(|setting| (setting, self.plan.clone()));
        let without = (0..self.plan.0.len()).map(|n| {
            let mut plan = self.plan.clone();
            plan.0.remove(n);
            (self.setting, plan)
        });
        shorter.into_iter().chain(without).find_map(|(setting, plan)| {
            let report = beside(&setting, &plan, false);
            let wanted = invariant(self.violations.first()?);
            let same = report.violations.iter().any(|found| invariant(found) == wanted);
            let fired = report.fired == plan.0.len();
            (fired && same).then_some(Self { setting, plan, violations: report.violations })
        })
    }
}

/// `I17` of `I17 … reserves more than was captured`.
fn invariant(violation: &str) -> &str {
    violation.split(' ').next().unwrap_or_default()
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} under {}: {}", self.setting, self.plan, self.violations.join("; "))?;
        let report = beside(&self.setting, &self.plan, true);
        for line in &report.trace {
            writeln!(f, "  {line}")?;
        }
        for invariant in broken_by(&report.violations) {
            writeln!(f, "{invariant}")?;
        }
        write!(f, "again: cargo faults --replay '{} {}'", self.setting, self.plan)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { singles, pairs, triples, interleavings, calls, found, .. } = self;
        write!(
            f,
            "{singles} singles, {pairs} pairs, {triples} triples, {interleavings} interleavings, \
             {calls} calls, {} violations",
            found.len()
        )
    }
}
