//! The world behind the processes: the embedded table, the queues, the secrets and the gateway, a
//! clock, and the fate of every call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use dev_stack::aws::secrets_manager::SecretsManager;
use dev_stack::aws::sqs::Sqs;
use dev_stack::sandbox::{Core, Outcome, Profile};
use dynoxide::Database;
use http::{Request, Response};
use quittance::domain::order::Order;
use serde_json::{Value, json};

use super::call::Call;
use super::client::Work;
use super::fate::{Fate, answer, aws, run};
use super::faults::{Kind, Mode, Other, Plan};
use super::ground::Ground;
use super::time::{Counted, Time};
use super::{calls, image, writes};

/// So many calls later a late effect comes, or so long after its call.
const LATE_CALLS: usize = 6;
const LATE_MS: i64 = 600_000;
/// Longer than every lease.
const FROZEN_MS: i64 = 45_000;

pub(super) struct World {
    pub(super) time: Arc<Time>,
    pub(super) profile: Profile,
    pub(super) sqs: Sqs,
    pub(super) core: Core,
    pub(super) ids: Arc<dyn quittance::ports::Ids>,
    pub(super) database: Database,
    secrets: SecretsManager,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    plan: Plan,
    /// The kind of each call, in order.
    pub(super) kinds: Vec<Kind>,
    pub(super) fired: usize,
    tell: bool,
    pub(super) trace: Vec<String>,
    /// What the gateway was asked, and what callers were answered.
    pub(super) outcome: Vec<String>,
    late: Vec<(usize, i64, Call)>,
    /// SDK invocations that have no answer any more.
    cut: BTreeSet<String>,
    /// Every item as it was last written.
    pub(super) images: BTreeMap<String, Value>,
    pub(super) orders: BTreeMap<String, Order>,
    /// What is to run before the answer of the last call is given.
    pub(super) meanwhile: Option<Other>,
    /// The first webhook of all.
    pub(super) first_event: Option<(Vec<(&'static str, String)>, Bytes)>,
    /// What the script has running.
    pub(super) work: Option<Work>,
    /// The tokens of the pages that answers held, by payment.
    pub(super) pages: BTreeMap<String, BTreeSet<String>>,
    /// Answered as canceled, so nothing may be captured any more.
    pub(super) canceled: BTreeSet<String>,
    pub(super) violations: Vec<String>,
    /// Keys of items that none of our handlers wrote, so that no invariant holds of them.
    pub(super) laid: BTreeSet<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World(..)")
    }
}

impl World {
    pub(super) fn new(profile: Profile, plan: Plan, tell: bool) -> Self {
        let time = Arc::new(Time::start());
        let Ground { database, sqs, secrets, core } = Ground::lay(profile, &time);
        let ids = Arc::new(Counted::default());
        let state = Mutex::new(State { plan, tell, ..State::default() });
        Self { time, profile, sqs, core, ids, database, secrets, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line of the trace, written only if somebody will read it.
    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        if self.state().tell {
            let seconds = self.time.now_ms() / 1000 % 100_000;
            let line = line();
            self.state().trace.push(format!("{seconds:>5}s {line}"));
        }
    }

    pub(super) fn violate(&self, what: String) {
        self.tell(|| format!("!! {what}"));
        let mut state = self.state();
        if !state.violations.contains(&what) {
            state.violations.push(what);
        }
    }

    /// One call, on its way through the plan. `invocation` names the SDK's tries of one call.
    pub(super) fn send(&self, call: &Call, invocation: Option<&str>) -> Fate {
        let now = self.time.now_ms();
        let k = self.state().kinds.len();
        self.land_late(k, now);
        let kind = call.kind(self.profile);
        let mode = {
            let mut state = self.state();
            state.kinds.push(kind);
            let cut = invocation.is_some_and(|name| state.cut.contains(name));
            let planned = state.plan.at(k).filter(|mode| mode.suits(kind));
            state.fired += usize::from(planned.is_some());
            if let (Some(Mode::Down | Mode::Lost), Some(name)) = (planned, invocation) {
                state.cut.insert(name.to_owned());
            }
            if cut { Some(Mode::Before) } else { planned }
        };
        if let Call::Gateway(request) = call {
            calls::check(self, request);
            self.state().outcome.push(call.label());
        }
        let shown = mode.map(|mode| format!(" [{}]", mode.name())).unwrap_or_default();
        self.tell(|| format!("{k:>3} {}{shown}", call.label()));
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
                self.state().late.push((k + LATE_CALLS, now + LATE_MS, call.clone()));
                Fate::Silence
            }
            Some(Mode::Throttle) => Fate::Answered(answer(429, "{}".to_owned())),
            Some(Mode::Slow) => {
                let fate = self.take_effect(call);
                self.time.pass_ms(FROZEN_MS);
                fate
            }
            Some(Mode::Lag) => {
                Fate::Answered(answer(200, json!({ "Items": [], "Count": 0 }).to_string()))
            }
            Some(Mode::Stale) => Fate::Answered(answer(200, self.stale_index())),
        }
    }

    /// Effects of calls that nobody waits for any more.
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
            self.tell(|| format!("    … late: {}", call.label()));
            self.take_effect(&call);
        }
    }

    /// Lets what is late land if its time has come; `true` if some is still under way.
    pub(super) fn settle_late(&self) -> bool {
        self.land_late(0, self.time.now_ms());
        !self.state().late.is_empty()
    }

    pub(super) fn take_effect(&self, call: &Call) -> Fate {
        self.time.now_ms();
        match call {
            Call::DynamoDb { action, body } => Fate::Answered(self.table(action, body)),
            Call::Sqs { action, body } => Fate::Answered(aws(self.sqs.call(action, body))),
            Call::Gateway(request) => match self.core.handle(request) {
                Outcome::Answer(answer) => Fate::Answered(answer),
                Outcome::Silence => Fate::Silence,
                Outcome::Close => Fate::Broken,
            },
        }
    }

    /// Reading a secret is not part of the search: it changes nothing.
    pub(super) fn secret(&self, action: &str, body: &[u8]) -> Response<Bytes> {
        aws(self.secrets.call(action, body))
    }

    fn table(&self, action: &str, body: &Value) -> Response<Bytes> {
        let db = &self.database;
        let outcome = match action {
            "GetItem" => run(body, |request| db.get_item(request)),
            "PutItem" => run(body, |request| db.put_item(request)),
            "UpdateItem" => run(body, |request| db.update_item(request)),
            "DeleteItem" => run(body, |request| db.delete_item(request)),
            "Query" => run(body, |request| db.query(request)),
            unknown => panic!("the store calls {unknown}"),
        };
        if outcome.is_ok() && !matches!(action, "GetItem" | "Query") {
            let key = body["Key"]["pk"]["S"].as_str().or(body["Item"]["pk"]["S"].as_str());
            self.written(key.unwrap_or_default());
        }
        match outcome {
            Ok(body) => answer(200, body),
            Err(error) => answer(error.status_code(), error.to_json()),
        }
    }

    /// Holds what was just written against the invariants.
    fn written(&self, key: &str) {
        let read = json!({ "TableName": "payments", "Key": { "pk": { "S": key } } });
        let found = run(&read, |request| self.database.get_item(request)).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        let Some(item) = found.get("Item").filter(|item| !item.is_null()) else {
            self.state().images.remove(key);
            return;
        };
        self.state().images.insert(key.to_owned(), item.clone());
        if self.state().laid.contains(key) {
            return;
        }
        let Some(new) = image::order(item) else {
            return;
        };
        let old = self.state().orders.insert(key.to_owned(), new.clone());
        self.tell(|| format!("      {}", image::digest(&new)));
        writes::check(self, old.as_ref(), &new);
    }

    fn stale_index(&self) -> String {
        let state = self.state();
        let keys = state.images.keys().map(|key| json!({ "pk": { "S": key } }));
        let keys: Vec<Value> = keys.collect();
        json!({ "Count": keys.len(), "Items": keys }).to_string()
    }

    /// The gateway's own account of everything.
    pub(super) fn truth(&self) -> Value {
        self.control("GET", "/control/payments", &Value::Null)
    }

    /// A call from outside, which nothing befalls.
    pub(super) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(path).body(Bytes::from(body)).unwrap();
        self.outside(&request)
    }

    pub(super) fn outside(&self, request: &Request<Bytes>) -> Value {
        self.time.now_ms();
        match self.core.handle(request) {
            Outcome::Answer(answer) => {
                let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                self.tell(|| {
                    let status = answer.status().as_u16();
                    format!("    {} {} → {status}", request.method(), request.uri().path())
                });
                body
            }
            Outcome::Silence | Outcome::Close => Value::Null,
        }
    }
}
