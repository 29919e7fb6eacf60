//! Logs as JSON lines, and metrics of business facts in `CloudWatch`'s embedded format.
//!
//! Fields mean the same everywhere: `function`, `route`, `status`, `duration_ms`, `cold_start`,
//! `request.id`, `order.id`, `payment.id`, `operation.id`, `gateway.name`, `idempotent_replay`,
//! `error`. `error` means that somebody must look; a declined card is `info`. Never logged: bodies,
//! headers, addresses of pages, names of customers.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::domain::changes::Event;
use crate::domain::order::Order;
use crate::system::unix_ms;

const NAMESPACE: &str = "Quittance";

/// Without `init` nothing is counted: a search through thousands of runs is no business fact.
static COUNTING: AtomicBool = AtomicBool::new(false);

/// Once per process, before anything else.
pub fn init() {
    COUNTING.store(true, Ordering::Relaxed);
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        // The runtime's own span holds the request's id once more.
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO);
    // A second call finds a subscriber in place; the first one stays.
    let _ = lines.try_init();
}

/// Counts what a write has made known.
pub fn count(order: &Order, events: &[Event]) {
    for event in events {
        let attempt = event.payment.as_ref().and_then(|id| order.attempts.get(id));
        let gateway = attempt.map_or("", |attempt| attempt.gateway.as_str());
        metric(event.kind.what(), gateway);
    }
}

/// One occurrence of a business fact. The line is read by `CloudWatch`, not sent to it.
pub fn metric(name: &str, gateway: &str) {
    if !COUNTING.load(Ordering::Relaxed) {
        return;
    }
    let dimensions = if gateway.is_empty() { json!([[]]) } else { json!([["gateway"]]) };
    let mut line = json!({
        "_aws": {
            "Timestamp": unix_ms(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": dimensions,
                "Metrics": [{ "Name": name, "Unit": "Count" }],
            }],
        },
        name: 1,
    });
    if let (false, Some(members)) = (gateway.is_empty(), line.as_object_mut()) {
        members.insert("gateway".to_owned(), gateway.into());
    }
    // A lost metric is no reason to fail a payment.
    let _ = writeln!(std::io::stdout(), "{line}");
}
