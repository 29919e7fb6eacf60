//! Several concurrent actors: each waits for its turn before every call; one driver assigns the turns.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use tokio::sync::Notify;

use crate::world::World;
use crate::world::faults::{Count, Mode};

/// Where the driver had a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub step: usize,
    /// The default actor: the last one that had the turn, or after its end the first that is left.
    pub default: usize,
    /// Taking the turn from the default one interrupts it.
    pub preempts: bool,
    /// The other actors that wait.
    pub others: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// Between two calls, or asleep.
    Running,
    Waiting,
    Done,
}

#[derive(Debug, Default)]
struct State {
    actors: Vec<Actor>,
    current: usize,
    granted: Option<usize>,
    steps: usize,
    points: Vec<Point>,
}

#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Notify,
    grants: [Notify; ACTORS_MAX],
}

pub(crate) const ACTORS_MAX: usize = 3;

/// Marks an actor as waiting; if the wait is dropped (a client's timeout), as running again.
struct Waiting<'t> {
    turns: &'t Turns,
    actor: usize,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        if state.granted == Some(self.actor) {
            state.granted = None;
        }
        drop(state);
        self.turns.become_(self.actor, Actor::Running);
    }
}

impl Turns {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_(&self, actor: usize, what: Actor) {
        let mut state = self.state();
        if state.actors[actor] != Actor::Done {
            state.actors[actor] = what;
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Returns when it is this actor's turn.
    pub(crate) async fn turn(&self, actor: usize) {
        self.become_(actor, Actor::Waiting);
        let waiting = Waiting { turns: self, actor };
        loop {
            {
                let mut state = self.state();
                if state.granted == Some(actor) {
                    state.granted = None;
                    break;
                }
            }
            self.grants[actor].notified().await;
        }
        drop(waiting);
    }

    pub(crate) fn points(&self) -> Vec<Point> {
        self.state().points.clone()
    }

    /// The actor with the next turn, once every actor waits or is done; `None`: not yet.
    fn choose(&self, world: &World) -> Option<usize> {
        let mut state = self.state();
        if state.actors.contains(&Actor::Running) || state.granted.is_some() {
            return None;
        }
        let waits = |actor: &usize| state.actors.get(*actor) == Some(&Actor::Waiting);
        let waiting: Vec<usize> = (0..state.actors.len()).filter(waits).collect();
        let first = *waiting.first()?;
        let preempts = waits(&state.current);
        let default = if preempts { state.current } else { first };
        let step = state.steps;
        state.steps += 1;
        let others: Vec<usize> = waiting.into_iter().filter(|actor| *actor != default).collect();
        let chosen = match world.planned(Count::Steps, step) {
            Some(Mode::Turn(actor)) if others.contains(&actor) => {
                world.fired();
                actor
            }
            _ => default,
        };
        // Before any actor has begun, nothing is interrupted.
        let preempts = preempts && step > 0;
        if !others.is_empty() {
            state.points.push(Point { step, default, preempts, others });
        }
        state.current = chosen;
        state.granted = Some(chosen);
        Some(chosen)
    }

    fn are_done(&self) -> bool {
        self.state().actors.iter().all(|actor| *actor == Actor::Done)
    }
}

/// Runs all of `works` at once, one call at a time.
pub(crate) async fn together(
    world: &Arc<World>,
    works: Vec<Pin<Box<dyn Future<Output = ()> + '_>>>,
) {
    let turns = &world.turns;
    {
        let mut state = turns.state();
        state.actors = vec![Actor::Running; works.len()];
        state.current = 0;
    }
    let actors = works.into_iter().enumerate().map(|(actor, work)| async move {
        // Its start counts as a step too.
        turns.turn(actor).await;
        work.await;
        turns.become_(actor, Actor::Done);
    });
    let driver = async {
        while !turns.are_done() {
            match turns.choose(world) {
                Some(actor) => turns.grants[actor].notify_one(),
                None => turns.changed.notified().await,
            }
        }
    };
    tokio::join!(biased; join_all(actors), driver);
}
