//! Watches orders that a kill interrupted, and payments whose outcome is unknown, until they are settled.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Soak;
use crate::record::Open;

const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Soak {
    pub(crate) async fn watch(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let open: Vec<Open> = {
                let record = self.record();
                let all = record.cut.iter().chain(&record.unknown);
                all.filter(|open| open.until_ms.is_none()).cloned().collect()
            };
            for open in open {
                let item = self.item(&open.order).await;
                if is_settled(&item, open.payment.as_deref()) {
                    self.settled(&open);
                }
            }
        }
    }

    async fn item(&self, order: &str) -> Value {
        let question = json!({
            "TableName": e2e::TABLE,
            "Key": { "pk": { "S": format!("O#{order}") } },
            "ConsistentRead": true,
        });
        let answer = self.stack.aws("dynamodb", "DynamoDB_20120810.GetItem", &question).await;
        answer.body["Item"].clone()
    }

    fn settled(&self, settled: &Open) {
        let now_ms = self.now_ms();
        let mut guard = self.record();
        let record = &mut *guard;
        for open in record.cut.iter_mut().chain(&mut record.unknown) {
            let same = open.order == settled.order
                && open.payment == settled.payment
                && open.since_ms == settled.since_ms;
            if same {
                open.until_ms = Some(now_ms);
            }
        }
    }
}

/// No claim without an outcome and no unsent confirmation. For a single payment: its outcome is known.
fn is_settled(item: &Value, payment: Option<&str>) -> bool {
    let open = |entry: &Value| {
        ["sending", "unknown"].contains(&entry["M"]["ph"]["S"].as_str().unwrap_or_default())
    };
    let attempts = &item["atts"]["M"];
    if let Some(payment) = payment {
        // Removed: the gateway provably never had it.
        return item.is_object() && !open(&attempts[payment]);
    }
    let none = |map: &Value| map.as_object().is_none_or(|map| !map.values().any(open));
    let all_sent = item["out"]["M"].as_object().is_none_or(serde_json::Map::is_empty);
    item.is_object() && none(attempts) && none(&item["ops"]["M"]) && all_sent
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_settled;

    #[test]
    fn a_claim_without_outcome_and_a_confirmation_unsent_are_not_settled() {
        let entry = |phase: &str| json!({ "M": { "x": { "M": { "ph": { "S": phase } } } } });
        let settled = json!({ "atts": entry("pending"), "ops": entry("done"), "out": { "M": {} } });
        assert!(is_settled(&settled, None));
        for (map, value) in [
            ("atts", entry("sending")),
            ("atts", entry("unknown")),
            ("ops", entry("sending")),
            ("out", json!({ "M": { "msg_1": {} } })),
        ] {
            let mut item = settled.clone();
            item[map] = value;
            assert!(!is_settled(&item, None), "{item}");
            assert_eq!(is_settled(&item, Some("x")), map != "atts");
        }
        assert!(!is_settled(&json!(null), None));
    }
}
