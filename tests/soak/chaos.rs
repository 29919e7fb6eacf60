//! Disturbances during the traffic: processes die, the gateway misbehaves, messages are taken and not
//! handled.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::Soak;
use crate::record::Kill;

/// Long enough for a redelivery within the run, short enough not to hold up an order's messages.
const TAKEN_SECONDS: u64 = 2;
const AT_WORK_PERCENT: u32 = 80;
/// About 200 ms of looking for a running process.
const LOOKS_MAX: u32 = 100;

impl Soak {
    /// Kills a function's process: usually one at work, otherwise any.
    pub(crate) async fn kill(&self, mut rng: Rng) {
        let Some(every) = self.options.kill_every else { return };
        while self.rest_of(every).await {
            let children = children(self.stack.pid());
            let at_work = rng.u32(0..100) < AT_WORK_PERCENT;
            let victim = if at_work { at_work_of(&children, &mut rng).await } else { None };
            let Some((pid, function)) = victim.or_else(|| any_of(&children, &mut rng)) else {
                continue;
            };
            self.record().kills.push(Kill { at_ms: self.now_ms(), function });
            e2e::kill_pid(pid).await;
        }
    }

    /// Changes the gateway's behaviour from time to time.
    pub(crate) async fn misbehave(&self, mut rng: Rng) {
        if self.options.calm {
            return;
        }
        loop {
            let (behaviour, for_ms) = behaviour(&mut rng);
            self.stack.behave(behaviour).await;
            if !self.rest_of(Duration::from_millis(for_ms)).await {
                break;
            }
        }
    }

    /// Takes messages from the delivery queue without handling them, so that they come again.
    pub(crate) async fn take(&self, mut rng: Rng) {
        if self.options.calm {
            return;
        }
        while self.rest_of(Duration::from_millis(rng.u64(200..800))).await {
            self.receive("deliveries", TAKEN_SECONDS, 0).await;
        }
    }

    /// Sleeps; false once the traffic is over.
    pub(crate) async fn rest_of(&self, wait: Duration) -> bool {
        let mut left = wait;
        while !left.is_zero() && !self.is_over() {
            let step = left.min(Duration::from_millis(100));
            tokio::time::sleep(step).await;
            left = left.saturating_sub(step);
        }
        !self.is_over()
    }
}

/// A behaviour, and its duration in milliseconds. A call without an answer blocks its function for 15
/// seconds, so that one is short; otherwise all functions would only wait.
fn behaviour(rng: &mut Rng) -> (Value, u64) {
    let calls = ["create", "create", "capture", "void", "cancel", "refund"];
    let call = rng.choice(calls).unwrap_or("create");
    let one = |call: &str, mode: &str| json!({ call: mode });
    let webhooks = |behaviour: Value| json!({ "webhooks": behaviour });
    match rng.u32(0..20) {
        0 | 1 => (one(call, "error_before"), rng.u64(100..600)),
        2 | 3 => (one(call, "error_after"), rng.u64(100..600)),
        4 => (one(call, "close"), rng.u64(100..600)),
        5 => (one(call, "timeout_before"), rng.u64(20..60)),
        6 => (one(call, "timeout_after"), rng.u64(20..60)),
        7 => (json!({ "hide_seconds": rng.u64(1..20) }), rng.u64(100..500)),
        8 => (json!({ "hide_seconds": rng.u64(1..90), "create": "error_after" }), rng.u64(50..300)),
        9 => (webhooks(json!({ "mode": "hold" })), rng.u64(200..1000)),
        10 => (webhooks(json!({ "mode": "never" })), rng.u64(200..1000)),
        11 => {
            let late =
                json!({ "mode": "late", "delay_ms": rng.u64(50..5000), "order": "reversed" });
            (webhooks(late), rng.u64(200..1000))
        }
        12 | 13 => (webhooks(json!({ "times": rng.u64(2..5) })), rng.u64(200..1000)),
        14 => (webhooks(json!({ "bad_signature": true })), rng.u64(50..300)),
        _ => (json!({}), rng.u64(300..1500)),
    }
}

/// One of the processes that were seen running.
async fn at_work_of(children: &BTreeMap<String, Vec<u32>>, rng: &mut Rng) -> Option<(u32, String)> {
    let all = || children.iter().flat_map(|(name, pids)| pids.iter().map(move |pid| (*pid, name)));
    let before: BTreeMap<u32, u64> =
        all().filter_map(|(pid, _)| Some((pid, ran_ns(pid)?))).collect();
    for _ in 0..LOOKS_MAX {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let ran = |pid: u32| ran_ns(pid).zip(before.get(&pid)).is_some_and(|(now, was)| now > *was);
        let running: Vec<(u32, &String)> = all().filter(|(pid, _)| ran(*pid)).collect();
        if let Some((pid, name)) = rng.choice(running) {
            return Some((pid, name.clone()));
        }
    }
    None
}

/// Chooses the function first; otherwise functions with many processes would get all the kills.
fn any_of(children: &BTreeMap<String, Vec<u32>>, rng: &mut Rng) -> Option<(u32, String)> {
    let (function, pids) = rng.choice(children)?;
    Some((*rng.choice(pids)?, function.clone()))
}

/// How long a process has run, in nanoseconds.
fn ran_ns(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    stat.split(' ').next()?.parse().ok()
}

/// The processes of the functions that the stack has started, by function.
fn children(stack: u32) -> BTreeMap<String, Vec<u32>> {
    let mut found: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let ours = pids.filter(|pid| parent(*pid) == Some(stack));
    for pid in ours {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&str> = line.split('\0').collect();
        if let [_, "function", name, ..] = words.as_slice() {
            found.entry((*name).to_owned()).or_default().push(pid);
        }
    }
    found
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain anything; after the last one come state and parent.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}
