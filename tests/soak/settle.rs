//! Brings everything to rest: the gateway behaves, nothing new begins, the clock advances, and the sweep
//! runs every minute.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Soak;
use crate::merchant::QUEUES;

/// How the clock advances: this many steps of this many seconds. The first ten minutes pass slowly, so
/// that times measured in them are meaningful. Later steps pass every page, order and abandoned attempt,
/// every backoff of a delivery, and the life of the gateway's keys.
const STEPS: [(u32, i64); 4] = [(60, 10), (60, 60), (36, 600), (48, 3600)];
const BREATH: Duration = Duration::from_millis(100);
/// When the merchant remembers authorizations that were never captured.
const REMEMBERED_SECONDS: i64 = 600;
const SWEEP_EVERY_SECONDS: i64 = 60;
/// A sweep that is cut short is followed by another, up to this many.
const SWEEPS_MAX: u32 = 8;
/// Rest must be seen twice: a message may have been on its way between two looks.
const CALM_LOOKS: u32 = 2;
/// The limit in real time; the duration of the traffic is added to it.
const REAL_TIME_MAX: Duration = Duration::from_mins(1);

/// How the stack came to rest, or why it did not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rest {
    pub(crate) real: Duration,
    pub(crate) moved_seconds: i64,
    pub(crate) sweeps: u64,
    /// Unfinished work by kind, with its count. Empty: at rest.
    pub(crate) unfinished: BTreeMap<String, u64>,
}

impl Soak {
    pub(crate) async fn settle(&self) -> Rest {
        self.stack.behave(json!({})).await;
        self.stack.deliver_held().await;
        let begun = Instant::now();
        let bound = REAL_TIME_MAX + self.options.traffic;
        let mut rest = Rest::default();
        let (mut calm_looks, mut swept_at) = (0, 0);
        for step in STEPS.iter().flat_map(|(times, step)| (0..*times).map(move |_| *step)) {
            let ahead = self.ahead_seconds.fetch_add(step, Ordering::Relaxed) + step;
            self.stack.set_clock_ahead(ahead);
            tokio::time::sleep(BREATH).await;
            if ahead - swept_at < SWEEP_EVERY_SECONDS {
                continue;
            }
            swept_at = ahead;
            rest.sweeps += self.sweep_all().await;
            if ahead == REMEMBERED_SECONDS {
                self.void_the_forgotten().await;
            }
            rest.unfinished = self.unfinished().await;
            (rest.real, rest.moved_seconds) = (begun.elapsed(), ahead);
            calm_looks = if rest.unfinished.is_empty() { calm_looks + 1 } else { 0 };
            self.report_rest(&rest);
            if calm_looks == CALM_LOOKS || rest.real > bound {
                break;
            }
        }
        rest
    }

    async fn sweep_all(&self) -> u64 {
        let mut sweeps = 0;
        for _ in 0..SWEEPS_MAX {
            sweeps += 1;
            let answer = self.stack.invoke("sweep-due").await.body;
            if answer["left"] == 0 {
                break;
            }
        }
        sweeps
    }

    async fn void_the_forgotten(&self) {
        for item in self.due_items().await {
            let attempts = item["atts"]["M"].as_object().into_iter().flatten();
            for (payment, attempt) in attempts {
                if attempt["M"]["ph"]["S"] == "authorized" {
                    self.stack.cancel_payment(payment).await;
                }
            }
        }
    }

    /// Everything that still has to happen, by reason.
    pub(crate) async fn unfinished(&self) -> BTreeMap<String, u64> {
        let mut reasons = BTreeMap::new();
        for item in self.due_items().await {
            *reasons.entry(reason(&item).to_owned()).or_default() += 1;
        }
        for queue in QUEUES.iter().chain(&["deliveries"]) {
            let held = self.held(queue).await;
            if held > 0 {
                reasons.insert(format!("messages in {queue}"), held);
            }
        }
        reasons
    }

    /// The due index contains exactly the items that have work.
    async fn due_items(&self) -> Vec<Value> {
        let mut keys = Vec::new();
        let mut question = json!({ "TableName": e2e::TABLE, "IndexName": "due" });
        loop {
            let answer = self.stack.aws("dynamodb", "DynamoDB_20120810.Scan", &question).await;
            let found = answer.body["Items"].as_array().cloned().unwrap_or_default();
            keys.extend(found.iter().map(|item| json!({ "pk": item["pk"] })));
            match answer.body.get("LastEvaluatedKey") {
                Some(last) => question["ExclusiveStartKey"] = last.clone(),
                None => break,
            }
        }
        let mut items = Vec::new();
        for keys in keys.chunks(100) {
            let question = json!({ "RequestItems": { e2e::TABLE: { "Keys": keys } } });
            let action = "DynamoDB_20120810.BatchGetItem";
            let answer = self.stack.aws("dynamodb", action, &question).await;
            let found = answer.body["Responses"][e2e::TABLE].as_array().cloned();
            items.extend(found.unwrap_or_default());
        }
        items
    }
}

fn reason(item: &Value) -> &'static str {
    let any = |map: &str, phases: &[&str]| {
        let mut entries = item[map]["M"].as_object().into_iter().flat_map(|map| map.values());
        entries.any(|e| phases.contains(&e["M"]["ph"]["S"].as_str().unwrap_or_default()))
    };
    let unsent = item["out"]["M"].as_object().is_some_and(|out| !out.is_empty());
    if item["pk"]["S"].as_str().is_some_and(|key| key.starts_with("P#")) {
        "parked events"
    } else if unsent {
        "confirmations unsent"
    } else if any("atts", &["sending", "unknown"]) {
        "payments with an unknown outcome"
    } else if any("ops", &["sending", "unknown"]) {
        "operations with an unknown outcome"
    } else if any("ops", &["pending"]) || any("refs", &["pending"]) {
        "refunds pending"
    } else if item.get("live").is_some() {
        "payments not ended"
    } else if item["st"]["S"] == "open" {
        "orders not expired"
    } else {
        "orders due for another reason"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::reason;

    #[test]
    fn unfinished_work_is_named() {
        let entry = |phase: &str| json!({ "M": { "x": { "M": { "ph": { "S": phase } } } } });
        for (item, name) in [
            (json!({ "pk": { "S": "P#sandbox#1" } }), "parked events"),
            (json!({ "out": { "M": { "msg_1": {} } } }), "confirmations unsent"),
            (json!({ "atts": entry("unknown") }), "payments with an unknown outcome"),
            (json!({ "ops": entry("sending") }), "operations with an unknown outcome"),
            (json!({ "refs": entry("pending") }), "refunds pending"),
            (json!({ "live": { "S": "PAY_1" }, "atts": entry("pending") }), "payments not ended"),
            (json!({ "st": { "S": "open" } }), "orders not expired"),
            (json!({ "st": { "S": "paid" } }), "orders due for another reason"),
        ] {
            assert_eq!(reason(&item), name, "{item}");
        }
    }
}
