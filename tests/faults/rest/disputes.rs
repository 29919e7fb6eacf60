//! Disputes at rest: those the gateway shows are known and were announced to every target.

use quittance::domain::names::DisputeId;
use quittance::domain::order::Order;
use quittance::domain::phase::DisputePhase;
use serde_json::Value;

use crate::play::script::Messages;

pub(crate) fn check(
    objects: &[Value],
    order: &Order,
    messages: &Messages,
    wrong: &mut Vec<String>,
) {
    let disputes = objects.iter().filter_map(|object| object["disputes"].as_array());
    for dispute in disputes.flatten() {
        let id = DisputeId::new(dispute["id"].as_str().unwrap_or_default());
        let status = dispute["status"].as_str().unwrap_or_default();
        let expected = match status {
            "won" => DisputePhase::Won,
            "lost" => DisputePhase::Lost,
            _ => DisputePhase::Open,
        };
        match order.disputes.get(&id) {
            Some(known) if known.phase() == expected => {}
            known => wrong.push(format!("I22 the dispute {id} is {status} but known as {known:?}")),
        }
        for word in ["dispute.opened".to_owned(), format!("dispute.{status}")] {
            for (target, received) in messages {
                if !received.values().any(|message| message["type"] == word.as_str()) {
                    wrong.push(format!("I22 {target} did not receive {word}"));
                }
            }
        }
    }
}

/// The amount that the shopper's bank took back.
pub(crate) fn lost(object: &Value) -> u64 {
    let disputes = object["disputes"].as_array().into_iter().flatten();
    disputes
        .filter(|dispute| dispute["status"] == "lost")
        .filter_map(|dispute| dispute["amount"].as_u64())
        .sum()
}
