//! The search: every call × every way in which it can go wrong, and sampled pairs of them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::{Duration, Instant};

use super::faults::{Mode, Plan};
use super::hidden;
use super::run::{Report, run};
use super::scenarios::Setting;

#[derive(Clone, Debug)]
pub struct Search {
    pub settings: Vec<Setting>,
    /// Every how many-th single is played; 1: all.
    pub stride: usize,
    /// Pairs sampled per single.
    pub pairs: usize,
    pub seed: u64,
    pub until: Option<Instant>,
}

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub settings: usize,
    pub clean: usize,
    pub singles: usize,
    pub pairs: usize,
    pub calls: usize,
    pub took: Duration,
    pub found: Vec<Found>,
}

/// A plan under which an invariant does not hold.
#[derive(Clone, Debug)]
pub struct Found {
    pub setting: Setting,
    pub plan: Plan,
    pub violations: Vec<String>,
}

impl Search {
    pub fn run(&self, mut progress: impl FnMut(&Tally, &Setting)) -> Tally {
        let started = Instant::now();
        let mut tally = Tally::default();
        let mut random = fastrand::Rng::with_seed(self.seed);
        for setting in &self.settings {
            if self.is_over() {
                break;
            }
            self.search(setting, &mut random, &mut tally);
            tally.settings += 1;
            tally.took = started.elapsed();
            progress(&tally, setting);
        }
        tally
    }

    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    fn search(&self, setting: &Setting, random: &mut fastrand::Rng, tally: &mut Tally) {
        let clean = run(setting, &Plan::default(), false);
        tally.clean += 1;
        tally.note(setting, &Plan::default(), &clean);
        let start = random.usize(..self.stride);
        let faults = clean
            .kinds
            .iter()
            .enumerate()
            .flat_map(|(k, kind)| Mode::all(*kind).map(move |mode| (k, mode)));
        for (k, mode) in faults.skip(start).step_by(self.stride) {
            if self.is_over() {
                return;
            }
            let plan = Plan::one(k, mode);
            let mut report = run(setting, &plan, false);
            tally.singles += 1;
            if hidden::without(&plan, &report).is_some() {
                report.violations.extend(hidden::difference(&clean, &report));
            }
            tally.note(setting, &plan, &report);
            let report = &report;
            for _ in 0..self.pairs {
                if let Some(pair) = second(&plan, k, report, random) {
                    let alone = report;
                    let mut report = run(setting, &pair, false);
                    tally.pairs += 1;
                    if hidden::without(&pair, &report).is_some() {
                        report.violations.extend(hidden::difference(alone, &report));
                    }
                    tally.note(setting, &pair, &report);
                }
            }
        }
    }
}

/// Another fault, of a call that comes after the first.
pub(super) fn second(
    plan: &Plan,
    k: usize,
    report: &Report,
    random: &mut fastrand::Rng,
) -> Option<Plan> {
    let later = k + 1..report.kinds.len();
    if later.is_empty() {
        return None;
    }
    // Most of what is interesting comes soon.
    let near = k + 1..report.kinds.len().min(k + 12);
    let at = if random.bool() { random.usize(near) } else { random.usize(later) };
    let modes: Vec<Mode> = Mode::all(*report.kinds.get(at)?).collect();
    Some(plan.and(at, *random.choice(&modes)?))
}

impl Tally {
    fn note(&mut self, setting: &Setting, plan: &Plan, report: &Report) {
        self.calls += report.kinds.len();
        let mut violations = report.violations.clone();
        if report.fired < plan.0.len() {
            violations.push(format!("{} of {} faults came to pass", report.fired, plan.0.len()));
        }
        if !violations.is_empty() {
            self.found.push(Found { setting: *setting, plan: plan.clone(), violations });
        }
    }

    /// What was found, by its words without the names in it.
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

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} under {}: {}", self.setting, self.plan, self.violations.join("; "))?;
        let report = run(&self.setting, &self.plan, true);
        for line in &report.trace {
            writeln!(f, "  {line}")?;
        }
        let (setting, plan) = (&self.setting, &self.plan);
        write!(
            f,
            "again: FAULTS='{setting} {plan}' cargo test -p e2e --test faults replay -- --nocapture"
        )
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, clean, singles, pairs, calls, took, found } = self;
        let mut text = String::new();
        let runs = clean + singles + pairs;
        write!(text, "{settings} settings, {runs} runs ({singles} singles, {pairs} pairs), ")?;
        write!(text, "{calls} calls, {} violations, {} s", found.len(), took.as_secs())?;
        f.write_str(&text)
    }
}
