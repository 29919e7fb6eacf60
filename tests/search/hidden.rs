//! Faults that the SDK hides by trying again: they change nothing of what follows. A write whose answer
//! was lost must be known again by who made it, or its author goes on as if another had been faster.

use super::faults::{Count, Kind, Mode};
use super::plan::Plan;
use super::run::Report;

const DIFFERENCE: &str = "I3 a fault that the SDK hides";

pub(super) fn is_difference(violation: &str) -> bool {
    violation.starts_with(DIFFERENCE)
}

/// The plan without its last fault, if that is one that the SDK hides.
pub(super) fn without(plan: &Plan, report: &Report) -> Option<Plan> {
    if plan.last(Count::Steps).or(plan.last(Count::Secrets)).is_some() {
        return None;
    }
    let (k, mode) = plan.0.iter().max_by_key(|(k, _)| *k)?;
    let kind = report.kinds.get(*k)?;
    let hidden = match kind {
        Kind::Read => *mode == Mode::Before,
        Kind::Write => matches!(mode, Mode::Before | Mode::After),
        Kind::Send => *mode == Mode::After,
        Kind::Query | Kind::Ask | Kind::KeyedAct | Kind::Act | Kind::Batch | Kind::Post => false,
    };
    hidden.then(|| Plan(plan.0.iter().filter(|(at, _)| at != k).copied().collect()))
}

/// `base` is the run of the plan without the hidden fault.
pub(super) fn difference(base: &Report, report: &Report) -> Option<String> {
    let (mut was, mut is) = (base.outcome.iter(), report.outcome.iter());
    loop {
        match (was.next(), is.next()) {
            (None, None) => return None,
            (was, is) if was == is => {}
            (was, is) => {
                let said =
                    |line: Option<&String>| line.map_or("nothing", String::as_str).to_owned();
                let (was, is) = (said(was), said(is));
                return Some(format!("{DIFFERENCE} turned `{was}` into `{is}`"));
            }
        }
    }
}
