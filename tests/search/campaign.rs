//! A search over many settings, on all cores, the same whatever their number: each setting has its own
//! seed, and whoever knows the seed and the place can go on from there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::deep::STACK_BYTES;
use super::explore::{Depth, explore};
use super::interleave::{Bounds, interleave};
use super::scenarios::Setting;
use super::tally::Tally;

/// What is done with a setting.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Faults(Setting),
    Schedules(Setting),
}

#[derive(Clone, Debug)]
pub struct Campaign {
    pub tasks: Vec<Task>,
    pub depth: Depth,
    pub bounds: Bounds,
    pub seed: u64,
    /// The tasks before it are taken as done.
    pub from: usize,
    pub jobs: usize,
    pub until: Option<Instant>,
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    pub tally: &'p Tally,
    pub tasks_done: usize,
    pub tasks: usize,
    /// Every task before it is done.
    pub resume_from: usize,
}

impl Campaign {
    /// Calls `progress` after each task.
    pub fn run(&self, progress: impl Fn(Progress<'_>) + Sync) -> Tally {
        let next = AtomicUsize::new(self.from);
        let shared = Mutex::new((Tally::default(), vec![false; self.tasks.len()]));
        let worker = || {
            while let Some(task) = self.take(&next) {
                let mut tally = Tally::default();
                let ended = self.play(task, &mut tally);
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                shared.0.add(tally);
                if !ended {
                    return;
                }
                shared.1[task] = true;
                let (tally, done) = &*shared;
                let open = done.iter().skip(self.from).position(|done| !done);
                progress(Progress {
                    tally,
                    tasks_done: done.iter().filter(|done| **done).count() + self.from,
                    tasks: self.tasks.len(),
                    resume_from: open.map_or(self.tasks.len(), |open| open + self.from),
                });
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                let thread = thread::Builder::new().stack_size(STACK_BYTES);
                thread.spawn_scoped(scope, worker).unwrap();
            }
        });
        shared.into_inner().unwrap_or_else(PoisonError::into_inner).0
    }

    fn take(&self, next: &AtomicUsize) -> Option<usize> {
        let task = next.fetch_add(1, Ordering::SeqCst);
        (task < self.tasks.len()).then_some(task)
    }

    /// `false` if its time was over.
    fn play(&self, task: usize, tally: &mut Tally) -> bool {
        let is_over = || self.until.is_some_and(|until| Instant::now() >= until);
        if is_over() {
            return false;
        }
        let salt = u64::try_from(task).unwrap_or_default();
        let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(salt << 32));
        match self.tasks[task] {
            Task::Faults(setting) => explore(&setting, self.depth, &mut random, |plan, report| {
                tally.note(&setting, plan, report);
                !is_over()
            }),
            Task::Schedules(setting) => {
                interleave(&setting, self.bounds, &mut random, |plan, report| {
                    tally.note(&setting, plan, report);
                    !is_over()
                })
            }
        }
    }
}
