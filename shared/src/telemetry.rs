//! Logs as JSON lines, and metrics of business facts in `CloudWatch`'s embedded format.
//!
//! Fields mean the same everywhere: `function`, `route`, `status` (of our answer; of a delivery, of the
//! merchant's server's), `duration_ms`, `cold_start`, `try`, `next_try_at`,
//! `caller`, `request.id`, `cause.request.id`, `order.id`, `payment.id`, `operation.id`, `gateway.name`,
//! `idempotent_replay`, `error`. `error` means that somebody must look; a declined card is `info`.
//! Never logged: bodies, headers, addresses of pages, names of customers.

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
    /// Answered with a 401, a 403, a 404; a webhook's refusal is counted as `WebhookRejected`.
    RequestUnauthorized,
    RequestForbidden,
    RequestNotFound,
    /// A refund that the merchant asked for, or made at the gateway.
    RefundBegun,
    /// Its amount, in minor units, of its currency.
    RefundAmount,
    /// A capture that is given back without anybody's asking: the order did not need it.
    CaptureGivenBack,
    /// Of a value that cannot be used, and answered with a 503 for that.
    SecretUnusable,
    /// Since the attempt began, of a payment that pays its order.
    TimeToCompleted,
    /// Asked about, and still unknown after so long that somebody should know.
    UnknownTooLong,
    PaymentAbandoned,
    WebhookIgnored,
    WebhookRejected,
    /// Without a signature: anybody's.
    WebhookUnsigned,
    /// Of another stack at the same gateway.
    WebhookForeign,
    WebhookParked,
    /// Put off, as the hour's room for parked events is taken.
    WebhookNotParked,
    SweepFailed,
    /// How long the oldest work that a sweep found had been due.
    SweepBacklogAge,
    /// Found due, and not begun in time.
    SweepLeft,
    ConfirmationDelivered,
    ConfirmationFailed,
    /// Since its fact was recorded, of a confirmation that was delivered.
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
            // CloudWatch knows no unit of money.
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

/// How money that leaves is counted, once: when it is asked for, or when it is seen to have left at
/// the gateway.
fn given_back(event: &Event) -> Option<Metric> {
    let reason = event.refund.as_ref()?.reason;
    if event.kind == EventKind::RefundRequested {
        let asked = reason == Reason::Requested.word();
        return Some(if asked { Metric::RefundBegun } else { Metric::CaptureGivenBack });
    }
    let made_there = event.kind == EventKind::RefundCompleted && reason == Reason::Gateway.word();
    made_there.then_some(Metric::RefundBegun)
}

/// One event of an order.
pub fn fact(kind: EventKind, gateway: &str) {
    write(kind.what(), "Count", 1, &of_gateway(gateway));
}

/// One occurrence.
pub fn metric(metric: Metric, gateway: &str) {
    measure(metric, 1, gateway);
}

pub fn measure(metric: Metric, value: i64, gateway: &str) {
    write(metric.name(), metric.unit(), value, &of_gateway(gateway));
}

/// A sum of money. Only that of one currency has a meaning.
fn amount(metric: Metric, money: Money) {
    let value = i64::try_from(money.amount_minor).unwrap_or(i64::MAX);
    write(metric.name(), metric.unit(), value, &By::Currency(money.currency.code()));
}

/// Whose the value is, beside the stack's.
enum By<'a> {
    Stack,
    /// Alarms watch the stack; the dashboard tells its gateways apart.
    Gateway(&'a str),
    Currency(&'a str),
}

fn of_gateway(name: &str) -> By<'_> {
    if name.is_empty() { By::Stack } else { By::Gateway(name) }
}

/// The line is read by `CloudWatch`, not sent to it.
fn write(name: &str, unit: &str, value: i64, by: &By<'_>) {
    if let Some(stack) = STACK.get() {
        // A lost metric is no reason to fail a payment.
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
