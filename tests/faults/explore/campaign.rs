//! A search over many settings on all cores, with the same result on any number of them: each setting has
//! its own seed, and the search can resume from a seed and a task number.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::explore::deep::STACK_BYTES;
use crate::explore::depth::{Depth, explore};
use crate::explore::interleave::{Bounds, interleave};
use crate::explore::mutants::{Hunt, notice};
use crate::explore::run::Report;
use crate::explore::tally::Tally;
use crate::play::settings::Setting;
use crate::world::plan::Plan;

/// What to do with a setting.
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
    /// Tasks before this one count as done.
    pub from: usize,
    pub jobs: usize,
    /// The rule of each is broken in the runs that reach it until one notices.
    pub hunts: Vec<Hunt>,
    pub until: Option<Instant>,
}

/// A campaign's progress.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    pub tally: &'p Tally,
    pub tasks_done: usize,
    pub tasks: usize,
    /// Every task before this one is done.
    pub resume_from: usize,
}

/// State shared by the workers.
struct Shared {
    tally: Tally,
    done: Vec<bool>,
    tasks_done: usize,
}

impl Campaign {
    /// Calls `progress` after each run, and ends soon after `stop` is set.
    pub fn run(&self, stop: &AtomicBool, progress: impl Fn(Progress<'_>) + Sync) -> Tally {
        let next = AtomicUsize::new(self.from);
        let shared = Mutex::new(Shared {
            tally: Tally { hunts: self.hunts.clone(), ..Tally::default() },
            done: vec![false; self.tasks.len()],
            tasks_done: self.from.min(self.tasks.len()),
        });
        let notify = |shared: &Shared| {
            let open = shared.done.iter().skip(self.from).position(|done| !done);
            progress(Progress {
                tally: &shared.tally,
                tasks_done: shared.tasks_done,
                tasks: self.tasks.len(),
                resume_from: open.map_or(self.tasks.len(), |open| open + self.from),
            });
        };
        let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = || {
            stop.load(Ordering::Relaxed) || self.until.is_some_and(|until| Instant::now() >= until)
        };
        let worker = || {
            while let Some(task) = self.take(&next).filter(|_| !is_over()) {
                let ended = self.play(task, |setting, plan, report| {
                    let wanted = lock().tally.wanted(plan, report);
                    let broken = |(place, mutant)| (place, notice(mutant, setting, plan));
                    let tried: Vec<_> = wanted.into_iter().map(broken).collect();
                    let mut shared = lock();
                    shared.tally.note(setting, plan, report);
                    for (place, violations) in tried {
                        shared.tally.hunts[place].tried(setting, plan, violations);
                    }
                    notify(&shared);
                    !is_over()
                });
                if !ended {
                    return;
                }
                let mut shared = lock();
                shared.done[task] = true;
                shared.tasks_done += 1;
                notify(&shared);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                let thread = thread::Builder::new().stack_size(STACK_BYTES);
                thread.spawn_scoped(scope, worker).unwrap();
            }
        });
        shared.into_inner().unwrap_or_else(PoisonError::into_inner).tally
    }

    fn take(&self, next: &AtomicUsize) -> Option<usize> {
        let task = next.fetch_add(1, Ordering::SeqCst);
        (task < self.tasks.len()).then_some(task)
    }

    /// `false` if `each` asked to stop.
    fn play(&self, task: usize, each: impl FnMut(&Setting, &Plan, &Report) -> bool) -> bool {
        let salt = u64::try_from(task).unwrap_or_default();
        let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(salt << 32));
        self.tasks[task].play(self.depth, self.bounds, &mut random, each)
    }
}

impl Task {
    pub fn setting(self) -> Setting {
        let (Self::Faults(setting) | Self::Schedules(setting)) = self;
        setting
    }

    /// `false` if `each` asked to stop.
    fn play(
        self,
        depth: Depth,
        bounds: Bounds,
        random: &mut fastrand::Rng,
        mut each: impl FnMut(&Setting, &Plan, &Report) -> bool,
    ) -> bool {
        match self {
            Self::Faults(setting) => {
                explore(&setting, depth, random, |plan, report| each(&setting, plan, report))
            }
            Self::Schedules(setting) => {
                interleave(&setting, bounds, random, |plan, report| each(&setting, plan, report))
            }
        }
    }
}
