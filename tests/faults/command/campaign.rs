//! The campaign that the options describe, and the hunt for runs that notice mutants.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use faults::mutants::Hunt;
use faults::{Bounds, Campaign, Depth, Progress, Task, races, settings};
use quittance::mutants::Mutant;

use super::options::Options;

const BOUNDS: Bounds = Bounds { preemptions_max: 3, preemptions_with_fault_max: 1, stride: 15 };
/// One in this many single faults is played in settings that are not main ones.
const STRIDE: usize = 37;
/// Without faults, and without interruptions between actors.
const CLEAN: (Depth, Bounds) = (
    Depth { stride: usize::MAX, main_stride: usize::MAX, pairs: 0, triples: 0 },
    Bounds { preemptions_max: 0, preemptions_with_fault_max: 0, stride: usize::MAX },
);
pub(super) const PRINT_EVERY: Duration = Duration::from_secs(5);

/// The tasks that the options select.
pub(super) fn wanted(options: &Options) -> Vec<Task> {
    let mut tasks: Vec<Task> = settings().into_iter().map(Task::Faults).collect();
    tasks.extend(races().into_iter().map(Task::Schedules));
    tasks.retain(|task| match task {
        Task::Faults(_) => options.faults,
        Task::Schedules(_) => options.schedules,
    });
    tasks.retain(|task| task.setting().to_string().contains(&options.only));
    // Mixes short and long tasks, so that the remaining time can be estimated.
    fastrand::Rng::with_seed(options.seed).shuffle(&mut tasks);
    tasks
}

fn depth(options: &Options) -> Depth {
    Depth {
        stride: options.stride.unwrap_or(STRIDE),
        main_stride: options.stride.unwrap_or(1),
        pairs: options.pairs,
        triples: 20,
    }
}

pub(super) fn campaign(options: &Options, tasks: Vec<Task>, started: Instant) -> Campaign {
    Campaign {
        tasks,
        depth: depth(options),
        bounds: BOUNDS,
        seed: options.seed,
        from: options.from,
        jobs: options.jobs,
        hunts: Vec::new(),
        until: options.seconds.map(|seconds| started + Duration::from_secs(seconds)),
    }
}

/// Most mutants are noticed without any fault.
pub(super) fn clean(whole: &Campaign) -> Campaign {
    Campaign { depth: CLEAN.0, bounds: CLEAN.1, from: 0, ..whole.clone() }
}

/// Searches for a run that notices: first without a fault, then where such runs reached the rule, then
/// everywhere.
pub(super) fn hunt(mutant: Mutant, options: &Options) -> Hunt {
    let stop = AtomicBool::new(false);
    let mut whole = campaign(options, wanted(options), Instant::now());
    whole.hunts = vec![Hunt::begin(mutant)];
    whole.hunts = hunted(&clean(&whole), &stop);
    let mut near = whole.clone();
    near.depth.main_stride = near.depth.stride;
    near.tasks.retain(|task| {
        let name = task.setting().to_string();
        whole.hunts.iter().any(|hunt| hunt.settings.contains(&name))
    });
    whole.hunts = hunted(&near, &stop);
    hunted(&whole, &stop).swap_remove(0)
}

/// Ends when every mutant has been noticed.
pub(super) fn hunted(campaign: &Campaign, stop: &AtomicBool) -> Vec<Hunt> {
    let (over, printed_at) = (AtomicBool::new(false), Mutex::new(Instant::now()));
    let tally = campaign.run(&over, |Progress { tally, tasks_done, tasks, .. }| {
        let left = tally.hunts.len() - tally.noticed();
        over.store(left == 0 || stop.load(Ordering::Relaxed), Ordering::Relaxed);
        let mut printed_at = printed_at.lock().unwrap();
        if printed_at.elapsed() >= PRINT_EVERY {
            *printed_at = Instant::now();
            let tried: usize = tally.hunts.iter().map(|hunt| hunt.runs).sum();
            eprintln!(
                "{tasks_done}/{tasks} settings · {} runs, {tried} of mutants · {left} not \
                 noticed yet",
                tally.runs()
            );
        }
    });
    tally.hunts
}
