//! Plans of one setting: every call × every way it can go wrong, followed by sampled second and third
//! faults.

use crate::explore::hidden;
use crate::explore::run::{Report, run};
use crate::play::settings::Setting;
use crate::world::faults::{Count, Mode, Trouble};
use crate::world::plan::Plan;

#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// One in this many single faults is played; 1: all.
    pub stride: usize,
    /// The same for the main settings: the full gateway with webhooks in order.
    pub main_stride: usize,
    /// Pairs sampled per single; `usize::MAX`: all.
    pub pairs: usize,
    /// One in this many pairs is followed by a triple; 0: none.
    pub triples: usize,
}

/// Calls `each` with every plan it plays and the plan's report. Stops when `each` returns false.
pub(crate) fn explore(
    setting: &Setting,
    depth: Depth,
    random: &mut fastrand::Rng,
    mut each: impl FnMut(&Plan, &Report) -> bool,
) -> bool {
    let clean = run(setting, &Plan::default(), false);
    if !each(&Plan::default(), &clean) {
        return false;
    }
    let mut pairs = 0;
    let stride = if setting.is_main() { depth.main_stride } else { depth.stride };
    let start = random.usize(..stride);
    for single in singles(&clean).into_iter().skip(start).step_by(stride) {
        let report = run_beside(setting, &single, &clean);
        if !each(&single, &report) {
            return false;
        }
        let seconds = if depth.pairs == usize::MAX {
            after(&single, &report)
        } else {
            (0..depth.pairs).filter_map(|_| another(&single, &report, random)).collect()
        };
        for pair in seconds {
            let report = run_beside(setting, &pair, &report);
            if !each(&pair, &report) {
                return false;
            }
            pairs += 1;
            if depth.triples == 0 || pairs % depth.triples != 0 {
                continue;
            }
            if let Some(triple) = another(&pair, &report, random)
                && !each(&triple, &run_beside(setting, &triple, &report))
            {
                return false;
            }
        }
    }
    true
}

/// A run, also compared with the run without its last fault where the SDK hides that fault.
fn run_beside(setting: &Setting, plan: &Plan, without: &Report) -> Report {
    let mut report = run(setting, plan, false);
    if hidden::without(setting, plan, &report).is_some() {
        report.violations.extend(hidden::difference(without, &report));
        report.reached.extend(&without.reached);
    }
    report
}

/// Every single fault for a run without faults.
fn singles(clean: &Report) -> Vec<Plan> {
    let calls = clean.kinds.iter().enumerate();
    let calls = calls.flat_map(|(k, kind)| Mode::all(*kind).map(move |mode| Plan::one(k, mode)));
    let secrets = (0..clean.secrets)
        .flat_map(|n| Trouble::ALL.map(|trouble| Plan::one(n, Mode::Secret(trouble))));
    calls.chain(secrets).collect()
}

/// Every second fault in a call after those of the plan.
fn after(plan: &Plan, report: &Report) -> Vec<Plan> {
    let first = plan.last(Count::Calls).map_or(0, |k| k + 1);
    let later = report.kinds.iter().enumerate().skip(first);
    later.flat_map(|(k, kind)| Mode::all(*kind).map(move |mode| plan.and(k, mode))).collect()
}

/// A further fault in a call after those of the plan.
pub(crate) fn another(plan: &Plan, report: &Report, random: &mut fastrand::Rng) -> Option<Plan> {
    let first = plan.last(Count::Calls).map_or(0, |k| k + 1);
    let later = first..report.kinds.len();
    if later.is_empty() {
        return None;
    }
    // Most interesting effects come soon after.
    let near = first..report.kinds.len().min(first + 11);
    let at = if random.bool() { random.usize(near) } else { random.usize(later) };
    let modes: Vec<Mode> = Mode::all(*report.kinds.get(at)?).collect();
    Some(plan.and(at, *random.choice(&modes)?))
}
