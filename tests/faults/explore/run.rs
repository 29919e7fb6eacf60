//! One run: a setting is played under a plan, recovered, and checked against the invariants.

use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use quittance::mutants::{Mutant, reached};
use tokio::runtime::{Builder, Runtime};

use crate::explore::recovery::recover;
use crate::play::act::Act;
use crate::play::script::Player;
use crate::play::settings::Setting;
use crate::rest::{account, ends};
use crate::world::World;
use crate::world::client::Client;
use crate::world::faults::Kind;
use crate::world::plan::Plan;
use crate::world::turns::Point;

#[derive(Debug, Default)]
pub struct Report {
    /// The kinds of the calls made, in order.
    pub kinds: Vec<Kind>,
    /// The places where another of the concurrent actors could have had the turn.
    pub points: Vec<Point>,
    /// The calls made while several actors were at work.
    pub together: Range<usize>,
    /// How often a secret was read.
    pub secrets: usize,
    /// The number of planned faults that occurred.
    pub fired: usize,
    /// The mutants whose rules the run reached.
    pub reached: BTreeSet<Mutant>,
    /// Requests to the gateway, and answers to callers.
    pub outcome: Vec<String>,
    pub violations: Vec<String>,
    pub trace: Vec<String>,
}

/// Plays `setting` under `plan`, and records the trace if `traced`.
pub fn run(setting: &Setting, plan: &Plan, traced: bool) -> Report {
    let _ = reached();
    let played = AssertUnwindSafe(|| on_paused_time(play(setting, plan, traced)));
    let report = catch_unwind(played).unwrap_or_else(|panic| {
        let word = || panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
        let said = panic.downcast_ref::<String>().cloned().or_else(word);
        Report {
            fired: plan.0.len(),
            violations: vec![format!("I0 it panicked: {}", said.unwrap_or_default())],
            ..Report::default()
        }
    });
    Report { reached: reached(), ..report }
}

/// Runs on one thread, where time passes only while everything waits.
pub(crate) fn on_paused_time<T>(work: impl Future<Output = T>) -> T {
    paused_time().block_on(work)
}

/// One thread and the seed of its randomness.
pub(crate) fn paused_time() -> Runtime {
    fastrand::seed(7);
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// The order at the end of the script.
#[cfg(test)]
pub(crate) fn acted(name: &str) -> quittance::domain::order::Order {
    let setting = crate::play::settings::named(name).unwrap();
    on_paused_time(async {
        let (player, _) = act(&setting, &Plan::default(), false).await;
        let key = format!("O#{}", player.order);
        player.client.world.state().orders.get(&key).cloned().unwrap()
    })
}

async fn play(setting: &Setting, plan: &Plan, traced: bool) -> Report {
    let (mut player, world) = act(setting, plan, traced).await;
    recover(&mut player, setting.webhooks).await;
    for of in std::iter::once(&player).chain(player.beside.as_deref()) {
        account::check(of, &player, setting.webhooks);
    }
    if plan.0.is_empty()
        && setting.is_whole()
        && let Some(difference) = ends::difference(setting, &ends::of(&player))
    {
        world.violate(difference);
    }
    let mut state = world.state();
    Report {
        kinds: std::mem::take(&mut state.kinds),
        points: world.turns.points(),
        together: state.together.clone(),
        secrets: state.secrets,
        fired: state.fired,
        reached: BTreeSet::new(),
        outcome: std::mem::take(&mut state.outcome),
        violations: std::mem::take(&mut state.violations),
        trace: std::mem::take(&mut state.trace),
    }
}

/// Plays the script.
async fn act(setting: &Setting, plan: &Plan, traced: bool) -> (Player, Arc<World>) {
    let world = Arc::new(setting.world(plan, traced));
    let behaviour = format!(r#"{{"webhooks":{}}}"#, setting.webhooks.behaviour());
    let behaviour: serde_json::Value = serde_json::from_str(&behaviour).unwrap();
    world.control("PUT", "/control/behaviour", &behaviour);
    let mut player = Player::new(Client::new(Arc::clone(&world)), setting.scenario.chosen);
    player.place().await;
    let mut acts = setting.acts().iter();
    while let Some(act) = acts.next() {
        player.play(*act, setting.webhooks).await;
        // Concurrent actors deliver it themselves.
        let next = acts.clone().find(|act| !matches!(act, Act::Wait(_)));
        if !matches!(next, Some(Act::Together(_))) {
            player.deliver(setting.webhooks).await;
        }
    }
    (player, world)
}
