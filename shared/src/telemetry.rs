//! Logs as JSON lines, and metrics of business facts in `CloudWatch`'s embedded format.
//!
//! Fields mean the same everywhere: `function`, `route`, `status`, `duration_ms`, `cold_start`,
//! `caller`, `request.id`, `cause.request.id`, `order.id`, `payment.id`, `operation.id`, `gateway.name`,
//! `idempotent_replay`, `error`. `error` means that somebody must look; a declined card is `info`.
//! Never logged: bodies, headers, addresses of pages, names of customers.

use std::cell::RefCell;
use std::future::Future;
use std::io::Write;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::domain::changes::{Event, EventKind};
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::system::unix_ms;

pub const NAMESPACE: &str = "Quittance";

/// Without it nothing is counted: a search through thousands of runs is no business fact.
static STACK: OnceLock<String> = OnceLock::new();

tokio::task_local! {
    static REQUEST_ID: String;
    static CALLER: RefCell<Option<String>>;
}

/// What is counted or measured beside the events of orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Answered with a 5xx.
    RequestFailed,
    /// Since the attempt began, of a payment that pays its order.
    TimeToCompleted,
    /// Asked about, and still unknown after so long that somebody should know.
    UnknownTooLong,
    PaymentAbandoned,
    WebhookIgnored,
    WebhookRejected,
    WebhookParked,
    SweepFailed,
    /// How long the oldest work that a sweep found had been due.
    SweepBacklogAge,
    /// Found due, and not begun in time.
    SweepLeft,
    ConfirmationDelivered,
    ConfirmationFailed,
    /// Since it was sent to its queue, of a confirmation that was delivered.
    TimeToDelivery,
}

impl Metric {
    pub const ALL: [Self; 13] = [
        Self::RequestFailed,
        Self::TimeToCompleted,
        Self::UnknownTooLong,
        Self::PaymentAbandoned,
        Self::WebhookIgnored,
        Self::WebhookRejected,
        Self::WebhookParked,
        Self::SweepFailed,
        Self::SweepBacklogAge,
        Self::SweepLeft,
        Self::ConfirmationDelivered,
        Self::ConfirmationFailed,
        Self::TimeToDelivery,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::RequestFailed => "request.failed",
            Self::TimeToCompleted => "payment.time_to_completed",
            Self::UnknownTooLong => "payment.unknown_too_long",
            Self::PaymentAbandoned => "payment.abandoned",
            Self::WebhookIgnored => "webhook.ignored",
            Self::WebhookRejected => "webhook.rejected",
            Self::WebhookParked => "webhook.parked",
            Self::SweepFailed => "sweep.failed",
            Self::SweepBacklogAge => "sweep.backlog_age",
            Self::SweepLeft => "sweep.left",
            Self::ConfirmationDelivered => "confirmation.delivered",
            Self::ConfirmationFailed => "confirmation.failed",
            Self::TimeToDelivery => "confirmation.time_to_delivery",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::TimeToCompleted | Self::SweepBacklogAge | Self::TimeToDelivery => "Seconds",
            Self::RequestFailed
            | Self::UnknownTooLong
            | Self::PaymentAbandoned
            | Self::WebhookIgnored
            | Self::WebhookRejected
            | Self::WebhookParked
            | Self::SweepFailed
            | Self::SweepLeft
            | Self::ConfirmationDelivered
            | Self::ConfirmationFailed => "Count",
        }
    }
}

/// Once per process, before anything else.
pub fn init() {
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

/// From here on metrics are written, under the stack's name.
pub fn count_for(stack: &str) {
    let _ = STACK.set(stack.to_owned());
}

/// Does `work` for the request `id`: the confirmations that it decides will name it.
pub async fn within<F: Future>(id: &str, work: F) -> F::Output {
    REQUEST_ID.scope(id.to_owned(), CALLER.scope(RefCell::default(), work)).await
}

/// The request that is being worked for.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok().filter(|id| !id.is_empty())
}

/// The request that is being worked for is this caller's: its log line and its writes will say so.
pub fn called_by(name: &str) {
    // Work that no request asked for has no caller to name.
    let _ = CALLER.try_with(|caller| caller.replace(Some(name.to_owned())));
}

/// Who asked for what is being done, once that is known.
pub fn caller() -> Option<String> {
    CALLER.try_with(|caller| caller.borrow().clone()).ok().flatten()
}

/// Counts what a write has made known.
pub fn count(order: &Order, events: &[Event], now: Timestamp) {
    for event in events {
        let attempt = event.payment.as_ref().and_then(|id| order.attempts.get(id));
        let gateway = attempt.map_or("", |attempt| attempt.gateway.as_str());
        fact(event.kind, gateway);
        if let (EventKind::PaymentCompleted, Some(attempt)) = (event.kind, attempt) {
            measure(Metric::TimeToCompleted, now.since(attempt.created_at), gateway);
        }
    }
}

/// One event of an order.
pub fn fact(kind: EventKind, gateway: &str) {
    write(kind.what(), "Count", 1, gateway);
}

/// One occurrence.
pub fn metric(metric: Metric, gateway: &str) {
    measure(metric, 1, gateway);
}

pub fn measure(metric: Metric, value: i64, gateway: &str) {
    write(metric.name(), metric.unit(), value, gateway);
}

/// The line is read by `CloudWatch`, not sent to it.
fn write(name: &str, unit: &str, value: i64, gateway: &str) {
    if let Some(stack) = STACK.get() {
        // A lost metric is no reason to fail a payment.
        let _ = writeln!(std::io::stdout(), "{}", line(stack, name, unit, value, gateway));
    }
}

fn line(stack: &str, name: &str, unit: &str, value: i64, gateway: &str) -> Value {
    // Alarms watch the stack; the dashboard tells its gateways apart.
    let dimensions = if gateway.is_empty() {
        json!([["stack"]])
    } else {
        json!([["stack"], ["stack", "gateway"]])
    };
    let mut line = json!({
        "_aws": {
            "Timestamp": unix_ms(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": dimensions,
                "Metrics": [{ "Name": name, "Unit": unit }],
            }],
        },
        "stack": stack,
        name: value,
    });
    if let (false, Some(members)) = (gateway.is_empty(), line.as_object_mut()) {
        members.insert("gateway".to_owned(), gateway.into());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_of_its_stack_and_of_its_gateway() {
        let line = line("shop", "payment.completed", "Count", 1, "sandbox");
        let metric = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metric["Dimensions"], json!([["stack"], ["stack", "gateway"]]));
        assert_eq!(metric["Metrics"][0]["Name"], "payment.completed");
        let members = (&line["stack"], &line["gateway"], &line["payment.completed"]);
        assert_eq!(members, (&json!("shop"), &json!("sandbox"), &json!(1)));
    }

    #[tokio::test]
    async fn a_request_is_known_while_it_is_worked_for() {
        assert_eq!(request_id(), None);
        assert_eq!(within("r-1", async { request_id() }).await.as_deref(), Some("r-1"));
        assert_eq!(within("", async { request_id() }).await, None);
    }

    #[tokio::test]
    async fn a_caller_is_known_from_its_key_on_and_to_its_own_request_alone() {
        called_by("key:nobody");
        assert_eq!(caller(), None);
        let asked = async {
            let before = caller();
            called_by("key:shop-1");
            (before, caller())
        };
        assert_eq!(within("r-1", asked).await, (None, Some("key:shop-1".to_owned())));
        assert_eq!(within("r-2", async { caller() }).await, None);
    }
}
