//! The world behind the processes: the embedded table, the queues, the secrets, the gateway, a clock, and
//! the fate of every call.

pub(crate) mod time;
pub(crate) mod fate;
pub(crate) mod call;
pub(crate) mod turns;
pub(crate) mod ground;
pub(crate) mod effects;
pub(crate) mod connector;
pub(crate) mod process;
pub(crate) mod gateway;
pub(crate) mod client;
pub(crate) mod webhooks;
pub(crate) mod consumer;
pub(crate) mod meanwhile;
pub(crate) mod faults;
pub(crate) mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dev_stack::gateways::sandbox::Profile;
use dynoxide::Database;
use local_aws::secrets_manager::SecretsManager;
use local_aws::sqs::Sqs;
use quittance::domain::order::Order;
use serde_json::{Value, json};

use crate::hold::calls;
use crate::world::call::Call;
use crate::world::client::Work;
use crate::world::fate::{Fate, answer, aws, in_haste};
use crate::world::faults::{Count, Kind, Mode, Other, Trouble};
use crate::world::ground::{Ground, Stood};
use crate::world::plan::Plan;
use crate::world::time::{Counted, Time};
use crate::world::turns::Turns;
use crate::world::webhooks::Webhook;

/// After how many calls a late effect lands, unless its time comes first.
const LATE_CALLS: usize = 6;
const LATE_MS: i64 = 600_000;
/// Just below the longest time that anything can stay in the network.
const VERY_LATE_CALLS: usize = 100;
const VERY_LATE_MS: i64 = 840_000;
/// Longer than every lease.
const FROZEN_MS: i64 = 45_000;

pub(crate) struct World {
    pub(crate) time: Arc<Time>,
    pub(crate) profile: Profile,
    /// Shards of the due index: as many as there are orders.
    pub(crate) shards: u32,
    pub(crate) sqs: Sqs,
    /// The preferred one first.
    pub(crate) gateways: Vec<Stood>,
    pub(crate) ids: Arc<dyn quittance::ports::Ids>,
    pub(crate) turns: Turns,
    pub(crate) database: Database,
    secrets: SecretsManager,
    state: Mutex<State>,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact about the world")]
pub(crate) struct State {
    plan: Plan,
    /// The kind of each call, in order.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) fired: usize,
    /// The calls of the concurrent actors.
    pub(crate) together: Range<usize>,
    /// How often a secret was read.
    pub(crate) secrets: usize,
    traced: bool,
    pub(crate) trace: Vec<String>,
    /// Requests to the gateway, and answers to callers.
    pub(crate) outcome: Vec<String>,
    late: Vec<(usize, i64, Call)>,
    /// The effect that is landing now was sent long ago.
    pub(crate) landing: bool,
    pub(crate) slow_network: bool,
    /// SDK invocations that no longer get an answer.
    cut: BTreeSet<String>,
    /// The last written version of every item.
    pub(crate) images: BTreeMap<String, Value>,
    pub(crate) orders: BTreeMap<String, Order>,
    /// The operation to run before the answer of the last call.
    pub(crate) meanwhile: Option<Other>,
    /// The very first webhook.
    pub(crate) first_event: Option<Webhook>,
    /// The script's current work.
    pub(crate) work: Option<Work>,
    /// The addresses of pages that answers contained, by payment.
    pub(crate) pages: BTreeMap<String, BTreeSet<String>>,
    /// The status tokens that answers contained, by payment.
    pub(crate) tokens: BTreeMap<String, String>,
    /// Payments answered as canceled, which may no longer be captured.
    pub(crate) canceled: BTreeSet<String>,
    /// The confirmations that the merchant's server received, in order, each once.
    pub(crate) confirmations: Vec<(String, Value)>,
    /// The merchant's server refuses every message.
    pub(crate) refuses: bool,
    pub(crate) violations: Vec<String>,
    /// Keys of items that none of our handlers wrote; the invariants do not apply to them.
    pub(crate) laid: BTreeSet<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World(..)")
    }
}

impl World {
    pub(crate) fn new(
        profile: Profile,
        gateways: usize,
        shards: u32,
        plan: Plan,
        traced: bool,
    ) -> Self {
        let time = Arc::new(Time::start());
        let Ground { database, sqs, secrets, gateways } = Ground::lay(profile, gateways, &time);
        let ids = Arc::new(Counted::default());
        let state = Mutex::new(State { plan, traced, ..State::default() });
        let turns = Turns::default();
        Self { time, profile, shards, sqs, gateways, ids, turns, database, secrets, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line to the trace, formatted only if somebody will read it.
    pub(crate) fn trace(&self, line: impl FnOnce() -> String) {
        if self.state().traced {
            let seconds = self.time.now_ms() / 1000 % 100_000;
            let line = line();
            self.state().trace.push(format!("{seconds:>5}s {line}"));
        }
    }

    pub(crate) fn violate(&self, what: String) {
        self.trace(|| format!("!! {what}"));
        let mut state = self.state();
        if !state.violations.contains(&what) {
            state.violations.push(what);
        }
    }

    /// Runs one call through the plan. `invocation` identifies the SDK's tries of one call.
    pub(crate) fn send(&self, call: &Call, invocation: Option<&str>) -> Fate {
        let now = self.time.now_ms();
        let k = self.state().kinds.len();
        self.land_late(k, now);
        let kind = call.kind(self);
        let mode = {
            let mut state = self.state();
            state.kinds.push(kind);
            let cut = invocation.is_some_and(|name| state.cut.contains(name));
            let planned = state.plan.at(Count::Calls, k).filter(|mode| mode.suits(kind));
            state.fired += usize::from(planned.is_some());
            if let (Some(Mode::Down | Mode::Lost), Some(name)) = (planned, invocation) {
                state.cut.insert(name.to_owned());
            }
            if cut { Some(Mode::Before) } else { planned }
        };
        if let Call::Gateway(request) = call {
            let wrong = calls::violation(&self.state().orders, &self.at(request).asked(request));
            if let Some(wrong) = wrong {
                self.violate(wrong);
            }
            self.state().outcome.push(call.label(self));
        }
        let shown = mode.map(|mode| format!(" [{}]", mode.name())).unwrap_or_default();
        self.trace(|| format!("{k:>3} {}{shown}", call.label(self)));
        self.suffer(call, mode, k, now)
    }

    fn suffer(&self, call: &Call, mode: Option<Mode>, k: usize, now: i64) -> Fate {
        match mode {
            None => self.take_effect(call),
            Some(Mode::Meanwhile(other)) => {
                let fate = self.take_effect(call);
                self.state().meanwhile = Some(other);
                fate
            }
            Some(Mode::Before | Mode::Down) => Fate::Broken,
            Some(Mode::After | Mode::Lost) => {
                self.take_effect(call);
                Fate::Broken
            }
            Some(Mode::Unsent) => Fate::Unsent,
            Some(Mode::Dup) => {
                self.take_effect(call);
                self.take_effect(call)
            }
            Some(Mode::DieBefore) => Fate::Death,
            Some(Mode::DieAfter) => {
                self.take_effect(call);
                Fate::Death
            }
            Some(Mode::Late) => {
                let slow = self.state().slow_network;
                let (calls, ms) =
                    if slow { (VERY_LATE_CALLS, VERY_LATE_MS) } else { (LATE_CALLS, LATE_MS) };
                self.state().late.push((k + calls, now + ms, call.clone()));
                Fate::Silence
            }
            Some(Mode::Throttle) => Fate::Answered(call.in_haste()),
            Some(Mode::Fails) => {
                self.take_effect(call);
                Fate::Answered(answer(500, r#"{"__type":"InternalFailure"}"#.to_owned()))
            }
            Some(Mode::Slow) => {
                let fate = self.take_effect(call);
                self.time.pass_ms(FROZEN_MS);
                fate
            }
            Some(Mode::Lag) => {
                Fate::Answered(answer(200, json!({ "Items": [], "Count": 0 }).to_string()))
            }
            Some(Mode::Stale) => Fate::Answered(answer(200, self.stale_index())),
            Some(Mode::Partial | Mode::Turn(_) | Mode::Secret(_)) => {
                panic!("this fault applies to no call")
            }
        }
    }

    /// Lands late effects: those of calls that nobody waits for any more.
    fn land_late(&self, k: usize, now: i64) {
        loop {
            let due = {
                let mut state = self.state();
                let place = state.late.iter().position(|(at, by, _)| *at <= k || *by <= now);
                place.map(|place| state.late.remove(place))
            };
            let Some((_, _, call)) = due else {
                return;
            };
            self.trace(|| format!("    … late: {}", call.label(self)));
            self.state().landing = true;
            self.take_effect(&call);
            self.state().landing = false;
        }
    }

    /// Lands late effects whose time has come; `true` if some are still under way.
    pub(crate) fn settle_late(&self) -> bool {
        self.land_late(0, self.time.now_ms());
        !self.state().late.is_empty()
    }

    /// The plan's fault for the n-th of what `count` counts.
    pub(crate) fn planned(&self, count: Count, n: usize) -> Option<Mode> {
        self.state().plan.at(count, n)
    }

    pub(crate) fn fired(&self) {
        self.state().fired += 1;
    }

    /// Reads of secrets are numbered separately, because each process begins with some.
    pub(crate) fn secret(&self, action: &str, body: &[u8], invocation: Option<&str>) -> Fate {
        let trouble = {
            let mut state = self.state();
            let n = state.secrets;
            state.secrets += 1;
            let cut = invocation.is_some_and(|name| state.cut.contains(name));
            match state.plan.at(Count::Secrets, n) {
                _ if cut => Some(Trouble::Before),
                Some(Mode::Secret(trouble)) => {
                    state.fired += 1;
                    if let (Trouble::Down, Some(name)) = (trouble, invocation) {
                        state.cut.insert(name.to_owned());
                    }
                    Some(trouble)
                }
                _ => None,
            }
        };
        if let Some(trouble) = trouble {
            self.trace(|| format!("    a secret [{trouble:?}]"));
        }
        match trouble {
            None => Fate::Answered(aws(self.secrets.call(action, body))),
            Some(Trouble::Throttle) => Fate::Answered(in_haste("ThrottlingException")),
            Some(Trouble::Before | Trouble::Down) => Fate::Broken,
            Some(Trouble::Dies) => Fate::Death,
        }
    }
}
