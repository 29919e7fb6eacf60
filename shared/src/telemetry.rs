//! Logs as JSON lines, and metrics of business facts in `CloudWatch`'s embedded format.
//!
//! Fields mean the same everywhere: `function`, `route`, `status` (of our answer, or of the merchant's server
//! for a delivery), `duration_ms`, `cold_start`, `try`, `next_try_at`,
//! `caller`, `request.id`, `cause.request.id`, `order.id`, `payment.id`, `operation.id`, `gateway.name`,
//! `idempotent_replay`, `error`. The level `error` means that somebody must look; a declined card is `info`.
//! Never logged: bodies, headers, URLs of pages, names of customers.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::future::Future;
use std::io::Write;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::domain::changes::{Event, EventKind};
use crate::domain::ledger::Reason;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::system::unix_ms;

pub const NAMESPACE: &str = "Quittance";

/// The stack's name. Without it nothing is counted, so that the runs of the fault search leave no metrics.
static STACK: OnceLock<String> = OnceLock::new();

tokio::task_local! {
    static REQUEST_ID: String;
    static CALLER: RefCell<Option<String>>;
}

/// Metrics in addition to the events of orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A request answered with a 5xx.
    RequestFailed,
    /// Requests answered with a 401, a 403 or a 404. Refused webhooks are counted as `WebhookRejected` or
    /// `WebhookUnsigned`.
    RequestUnauthorized,
    RequestForbidden,
    RequestNotFound,
    /// A refund that the merchant requested, here or at the gateway.
    RefundBegun,
    /// The amount of such a refund, in minor units, by currency.
    RefundAmount,
    /// A capture that is returned unasked because the order did not need it.
    CaptureGivenBack,
    /// A secret's value cannot be used, or a request got a 503 because of that.
    SecretUnusable,
    /// The time from the start of an attempt until it pays its order.
    TimeToCompleted,
    /// A payment was looked up and is still unknown after a long time.
    UnknownTooLong,
    PaymentAbandoned,
    WebhookIgnored,
    WebhookRejected,
    /// A webhook without a signature, which anybody can send.
    WebhookUnsigned,
    /// An event of another stack at the same gateway.
    WebhookForeign,
    WebhookParked,
    /// An event was refused because a limit on parked events was reached.
    WebhookNotParked,
    SweepFailed,
    /// How long the oldest work found by a sweep had been due.
    SweepBacklogAge,
    /// Due work that a sweep could not start in time.
    SweepLeft,
    ConfirmationDelivered,
    ConfirmationFailed,
    /// The time from recording a fact until its confirmation was delivered.
    TimeToDelivery,
}

impl Metric {
    pub const ALL: [Self; 23] = [
        Self::RequestFailed,
        Self::SecretUnusable,
        Self::RequestUnauthorized,
        Self::RequestForbidden,
        Self::RequestNotFound,
        Self::RefundBegun,
        Self::RefundAmount,
        Self::CaptureGivenBack,
        Self::TimeToCompleted,
        Self::UnknownTooLong,
        Self::PaymentAbandoned,
        Self::WebhookIgnored,
        Self::WebhookRejected,
        Self::WebhookUnsigned,
        Self::WebhookForeign,
        Self::WebhookParked,
        Self::WebhookNotParked,
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
            Self::RequestUnauthorized => "request.unauthorized",
            Self::RequestForbidden => "request.forbidden",
            Self::RequestNotFound => "request.not_found",
            Self::RefundBegun => "refund.begun",
            Self::RefundAmount => "refund.amount",
            Self::CaptureGivenBack => "capture.given_back",
            Self::SecretUnusable => "secret.unusable",
            Self::TimeToCompleted => "payment.time_to_completed",
            Self::UnknownTooLong => "payment.unknown_too_long",
            Self::PaymentAbandoned => "payment.abandoned",
            Self::WebhookIgnored => "webhook.ignored",
            Self::WebhookRejected => "webhook.rejected",
            Self::WebhookUnsigned => "webhook.unsigned",
            Self::WebhookForeign => "webhook.foreign",
            Self::WebhookParked => "webhook.parked",
            Self::WebhookNotParked => "webhook.not_parked",
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
            // CloudWatch has no unit for money.
            Self::RefundAmount => "None",
            Self::RequestFailed
            | Self::RequestUnauthorized
            | Self::RequestForbidden
            | Self::RequestNotFound
            | Self::RefundBegun
            | Self::CaptureGivenBack
            | Self::SecretUnusable
            | Self::UnknownTooLong
            | Self::PaymentAbandoned
            | Self::WebhookIgnored
            | Self::WebhookRejected
            | Self::WebhookUnsigned
            | Self::WebhookForeign
            | Self::WebhookParked
            | Self::WebhookNotParked
            | Self::SweepFailed
            | Self::SweepLeft
            | Self::ConfirmationDelivered
            | Self::ConfirmationFailed => "Count",
        }
    }
}

/// Sets up the log, once per process and before anything else.
pub fn init() {
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        // The runtime's own span would repeat the request's id.
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO);
    // After a second call, the first subscriber stays.
    let _ = lines.try_init();
}

/// Starts to write metrics, under the stack's name.
pub fn count_for(stack: &str) {
    let _ = STACK.set(stack.to_owned());
}

/// Runs `work` for the request `id`, which its confirmations will carry.
pub async fn within<F: Future>(id: &str, work: F) -> F::Output {
    REQUEST_ID.scope(id.to_owned(), CALLER.scope(RefCell::default(), work)).await
}

/// The id of the current request.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok().filter(|id| !id.is_empty())
}

/// Sets the caller of the current request, for its log line and its writes.
pub fn called_by(name: &str) {
    // Work outside a request has no caller.
    let _ = CALLER.try_with(|caller| caller.replace(Some(name.to_owned())));
}

/// The caller of the current request, once it is known.
pub fn caller() -> Option<String> {
    CALLER.try_with(|caller| caller.borrow().clone()).ok().flatten()
}

/// Counts the events of a write.
pub fn count(order: &Order, events: &[Event], now: Timestamp) {
    for event in events {
        let attempt = event.payment.as_ref().and_then(|id| order.attempts.get(id));
        let gateway = attempt.map_or("", |attempt| attempt.gateway.as_str());
        fact(event.kind, gateway);
        if let Some(what) = given_back(event) {
            metric(what, gateway);
            if what == Metric::RefundBegun {
                amount(Metric::RefundAmount, event.amount);
            }
        }
        if let (EventKind::PaymentCompleted, Some(attempt)) = (event.kind, attempt) {
            measure(Metric::TimeToCompleted, now.since(attempt.created_at), gateway);
        }
    }
}

/// The metric of money that leaves, counted once: when it is requested, or when the gateway shows that it has
/// left.
fn given_back(event: &Event) -> Option<Metric> {
    let refund = event.refund.as_ref()?;
    if event.kind == EventKind::RefundRequested {
        return Some(if refund.asked { Metric::RefundBegun } else { Metric::CaptureGivenBack });
    }
    let by_gateway = refund.reason == Reason::Gateway.word();
    let made_there = event.kind == EventKind::RefundCompleted && by_gateway;
    made_there.then_some(Metric::RefundBegun)
}

/// Counts one event of an order.
pub fn fact(kind: EventKind, gateway: &str) {
    write(kind.what(), "Count", 1, &of_gateway(gateway));
}

/// Counts one occurrence.
pub fn metric(metric: Metric, gateway: &str) {
    measure(metric, 1, gateway);
}

pub fn measure(metric: Metric, value: i64, gateway: &str) {
    write(metric.name(), metric.unit(), value, &of_gateway(gateway));
}

/// Measures a sum of money, separately for each currency.
fn amount(metric: Metric, money: Money) {
    let value = i64::try_from(money.amount_minor).unwrap_or(i64::MAX);
    write(metric.name(), metric.unit(), value, &By::Currency(money.currency.code()));
}

/// The dimension of a value in addition to the stack.
enum By<'a> {
    Stack,
    /// Alarms watch the stack; the dashboard shows each gateway.
    Gateway(&'a str),
    Currency(&'a str),
}

fn of_gateway(name: &str) -> By<'_> {
    if name.is_empty() { By::Stack } else { By::Gateway(name) }
}

/// `CloudWatch` reads the line from the log; nothing is sent to it.
fn write(name: &str, unit: &str, value: i64, by: &By<'_>) {
    if let Some(stack) = STACK.get() {
        // A lost metric must not fail a payment.
        let _ = writeln!(std::io::stdout(), "{}", line(stack, name, unit, value, by));
    }
}

fn line(stack: &str, name: &str, unit: &str, value: i64, by: &By<'_>) -> Value {
    let (dimensions, also) = match by {
        By::Stack => (json!([["stack"]]), None),
        By::Gateway(gateway) => {
            (json!([["stack"], ["stack", "gateway"]]), Some(("gateway", *gateway)))
        }
        By::Currency(currency) => (json!([["stack", "currency"]]), Some(("currency", *currency))),
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
    if let (Some((name, value)), Some(members)) = (also, line.as_object_mut()) {
        members.insert(name.to_owned(), value.into());
    }
    line
}
