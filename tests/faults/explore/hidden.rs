//! Faults that the SDK hides by retrying must not change what follows. The author of a write whose answer
//! was lost must recognise the write, or it goes on as if another author had been faster.

use crate::explore::run::{Report, run};
use crate::play::scenario::Webhooks;
use crate::play::settings::{Setting, named};
use crate::world::faults::{Count, Kind, Mode};
use crate::world::plan::Plan;

const DIFFERENCE: &str = "I3 a fault that the SDK hides";

pub(crate) fn is_difference(violation: &str) -> bool {
    violation.starts_with(DIFFERENCE)
}

/// A run, also compared with the one without its last fault if the SDK hides that.
pub(crate) fn beside(setting: &Setting, plan: &Plan, traced: bool) -> Report {
    let mut report = run(setting, plan, traced);
    let without = without(setting, plan, &report).map(|without| run(setting, &without, false));
    if let Some(difference) = without.and_then(|without| difference(&without, &report)) {
        report.trace.push(format!("!! {difference}"));
        report.violations.push(difference);
    }
    report
}

/// Plays the run of a violation again, with a trace of every call.
pub fn replay(name: &str, plan: &Plan) -> Option<(Setting, Report)> {
    let setting = named(name)?;
    let report = beside(&setting, plan, true);
    Some((setting, report))
}

/// The plan without its last fault, if the SDK hides that fault. Excluded are late webhooks, because one
/// may arrive in the SDK's pause before a retry, and late effects, because a retry is one more of the
/// calls after which they land.
pub(crate) fn without(setting: &Setting, plan: &Plan, report: &Report) -> Option<Plan> {
    let late = plan.0.iter().any(|(_, mode)| *mode == Mode::Late);
    if late || setting.webhooks == Webhooks::Late {
        return None;
    }
    if plan.last(Count::Steps).or(plan.last(Count::Secrets)).is_some() {
        return None;
    }
    let (k, mode) = plan.0.iter().max_by_key(|(k, _)| *k)?;
    let kind = report.kinds.get(*k)?;
    let hidden = match kind {
        Kind::Read => matches!(mode, Mode::Before | Mode::Throttle),
        Kind::Write => {
            matches!(mode, Mode::Before | Mode::After | Mode::Throttle | Mode::Fails)
        }
        Kind::Send => matches!(mode, Mode::After | Mode::Throttle | Mode::Fails),
        Kind::Query | Kind::Ask | Kind::KeyedAct | Kind::Act | Kind::Batch | Kind::Post => false,
    };
    hidden.then(|| Plan(plan.0.iter().filter(|(at, _)| at != k).copied().collect()))
}

/// `base` is the run of the plan without the hidden fault.
pub(crate) fn difference(base: &Report, report: &Report) -> Option<String> {
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
