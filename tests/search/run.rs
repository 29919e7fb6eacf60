//! One run: a setting, played under a plan, recovered, and held against the invariants.

use std::sync::Arc;

use super::client::Client;
use super::faults::{Kind, Plan};
use super::recovery::recover;
use super::scenarios::Setting;
use super::script::Player;
use super::world::World;
use super::{rest, scenarios};

#[derive(Debug)]
pub struct Report {
    /// The kind of each call that was made.
    pub kinds: Vec<Kind>,
    /// How many of the plan's faults came to pass.
    pub fired: usize,
    /// What the gateway was asked, and what callers were answered.
    pub outcome: Vec<String>,
    pub violations: Vec<String>,
    pub trace: Vec<String>,
}

/// Plays `setting` under `plan`; with `tell` it keeps the trace.
pub fn run(setting: &Setting, plan: &Plan, tell: bool) -> Report {
    fastrand::seed(7);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(play(setting, plan, tell))
}

async fn play(setting: &Setting, plan: &Plan, tell: bool) -> Report {
    let world = Arc::new(World::new(setting.profile, plan.clone(), tell));
    let behaviour = format!(r#"{{"webhooks":{}}}"#, setting.webhooks.behaviour());
    let behaviour: serde_json::Value = serde_json::from_str(&behaviour).unwrap();
    world.control("PUT", "/control/behaviour", &behaviour);
    let mut player = Player::new(Client::new(Arc::clone(&world)), setting.scenario.chosen);
    player.place().await;
    for act in setting.scenario.acts {
        player.play(*act, setting.webhooks).await;
        player.deliver(setting.webhooks).await;
    }
    recover(&mut player, setting.webhooks).await;
    rest::check(&player, setting.webhooks);
    let mut state = world.state();
    Report {
        kinds: std::mem::take(&mut state.kinds),
        fired: state.fired,
        outcome: std::mem::take(&mut state.outcome),
        violations: std::mem::take(&mut state.violations),
        trace: std::mem::take(&mut state.trace),
    }
}

/// The run that a violation was found in, told call by call.
pub fn replay(name: &str, plan: &Plan) -> Option<(Setting, Report)> {
    let setting = scenarios::settings().into_iter().find(|known| known.to_string() == name)?;
    let report = run(&setting, plan, true);
    Some((setting, report))
}
