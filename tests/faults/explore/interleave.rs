//! Schedules of concurrent actors, searched depth first: every turn that the driver could have given to
//! another actor, up to a number of interruptions, without a fault and under each single one.

use dev_stack::gateways::sandbox::Profile;

use crate::explore::run::{Report, run};
use crate::play::scenario::Webhooks;
use crate::play::settings::Setting;
use crate::world::faults::Mode;
use crate::world::plan::Plan;
use crate::world::turns::Point;

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most interruptions of actors in one run.
    pub preemptions_max: usize,
    /// The most interruptions in a run with a fault.
    pub preemptions_with_fault_max: usize,
    /// One in this many faults of a setting is searched.
    pub stride: usize,
}

impl Bounds {
    /// Where webhooks are late, lost or doubled, the schedule matters little, and it hardly depends on
    /// the gateway: the third interruption is played at one gateway only.
    fn of(self, setting: &Setting) -> Self {
        if setting.webhooks != Webhooks::InOrder {
            return Self {
                preemptions_max: self.preemptions_max.min(1),
                preemptions_with_fault_max: 0,
                stride: self.stride.saturating_mul(4),
            };
        }
        let most = if setting.profile == Profile::Full { self.preemptions_max } else { 2 };
        Self { preemptions_max: self.preemptions_max.min(most), ..self }
    }
}

/// A schedule, its cost, and the first step that may still be changed.
#[derive(Clone, Debug)]
struct Branch {
    plan: Plan,
    preemptions: usize,
    from_step: usize,
}

/// Calls `each` with every plan and its report. Stops when `each` returns false.
pub(crate) fn interleave(
    setting: &Setting,
    bounds: Bounds,
    random: &mut fastrand::Rng,
    mut each: impl FnMut(&Plan, &Report) -> bool,
) -> bool {
    let bounds = bounds.of(setting);
    let base = run(setting, &Plan::default(), false);
    if !descend(setting, Plan::default(), bounds.preemptions_max, &mut each) {
        return false;
    }
    let calls = base.kinds.iter().enumerate().take(base.together.end).skip(base.together.start);
    let faults = calls.flat_map(|(k, kind)| Mode::of(*kind).iter().map(move |mode| (k, *mode)));
    let start = random.usize(..bounds.stride);
    for (k, mode) in faults.skip(start).step_by(bounds.stride) {
        let plan = Plan::one(k, mode);
        if !descend(setting, plan, bounds.preemptions_with_fault_max, &mut each) {
            return false;
        }
    }
    true
}

fn descend(
    setting: &Setting,
    plan: Plan,
    preemptions_max: usize,
    each: &mut impl FnMut(&Plan, &Report) -> bool,
) -> bool {
    let mut left = vec![Branch { plan, preemptions: 0, from_step: 0 }];
    while let Some(branch) = left.pop() {
        let report = run(setting, &branch.plan, false);
        // Under another schedule the fault may hit a call it does not apply to. The plan is then not
        // counted, but its violations are.
        let counts = report.fired == branch.plan.0.len() || !report.violations.is_empty();
        if counts && !each(&branch.plan, &report) {
            return false;
        }
        for point in report.points.iter().filter(|point| point.step >= branch.from_step) {
            left.extend(others(&branch, point, preemptions_max));
        }
    }
    true
}

fn others<'b>(
    branch: &'b Branch,
    point: &'b Point,
    preemptions_max: usize,
) -> impl Iterator<Item = Branch> + 'b {
    let preemptions = branch.preemptions + usize::from(point.preempts);
    let allowed = preemptions <= preemptions_max;
    point.others.iter().filter(move |_| allowed).map(move |actor| Branch {
        plan: branch.plan.and(point.step, Mode::Turn(*actor)),
        preemptions,
        from_step: point.step + 1,
    })
}
