//! The rows: each permission with its functions, its items and its reason.

pub(super) struct Grant {
    pub action: &'static str,
    pub resource: &'static str,
    pub functions: &'static [&'static str],
    #[expect(dead_code, reason = "for the reader: a grant without a reason does not compile")]
    why: &'static str,
}

pub(super) const fn grant(
    action: &'static str,
    resource: &'static str,
    functions: &'static [&'static str],
    why: &'static str,
) -> Grant {
    Grant { action, resource, functions, why }
}

/// Functions that change orders after their creation.
const PROTOCOL: &[&str] = &[
    "create-payment",
    "webhook-receiver",
    "status-check",
    "capture-payment",
    "cancel-payment",
    "refund-payment",
    "sweep-due",
];
/// Those of them that do not handle parked events.
const REQUESTS: &[&str] = &["create-payment", "status-check", "capture-payment", "refund-payment"];
const PARKS: &[&str] = &["webhook-receiver"];
const REDACTS: &[&str] = &["cancel-payment"];
const SWEEP: &[&str] = &["sweep-due"];
const MERCHANT: &[&str] = &[
    "create-order",
    "create-payment",
    "status-check",
    "capture-payment",
    "cancel-payment",
    "refund-payment",
];
const DELIVER: &[&str] = &["deliver-confirmation"];
/// Actions that Lambda performs for each function, with its role's permissions.
const ALL: &[&str] = &dev_stack::functions::NAMES;

/// The items of orders, of parked events, and both.
const ORDERS: &str = "PaymentsTable.Arn, keys O#*";
const PARKED: &str = "PaymentsTable.Arn, keys P#*";
const BOTH: &str = "PaymentsTable.Arn, keys O#* P#*";

pub(super) const GRANTS: [Grant; 28] = [
    grant("dynamodb:GetItem", ORDERS, REQUESTS, "decisions are made on the item"),
    grant("dynamodb:UpdateItem", ORDERS, REQUESTS, "claims and merges, each conditional"),
    grant("dynamodb:GetItem", BOTH, PARKS, "the same, and whether an event is parked already"),
    grant("dynamodb:UpdateItem", BOTH, PARKS, "merges; counts parked events, lists them by order"),
    grant("dynamodb:GetItem", BOTH, REDACTS, "an order, and its parked events"),
    grant(
        "dynamodb:UpdateItem",
        BOTH,
        REDACTS,
        "ends payments; empties events of a redacted order",
    ),
    grant("dynamodb:GetItem", BOTH, SWEEP, "reads a due order or parked event"),
    grant("dynamodb:UpdateItem", BOTH, SWEEP, "merges, and postpones failed work"),
    grant("dynamodb:PutItem", ORDERS, &["create-order"], "creates the order"),
    grant("dynamodb:PutItem", PARKED, &["webhook-receiver"], "parks an early event"),
    grant("dynamodb:PutItem", PARKED, SWEEP, "parks an event that is still early"),
    grant("dynamodb:DeleteItem", PARKED, SWEEP, "removes a parked event"),
    grant("dynamodb:Query", "PaymentsTable.Arn/index/due", &["sweep-due"], "finds unfinished work"),
    grant(
        "sqs:SendMessage",
        "DeliveriesQueue.Arn",
        PROTOCOL,
        "whoever records a fact publishes it",
    ),
    grant("sqs:SendMessage", "FulfilmentQueue.Arn", PROTOCOL, "the same"),
    grant("sqs:SendMessage", "NotificationsQueue.Arn", PROTOCOL, "the same"),
    grant("secretsmanager:GetSecretValue", "ApiKeysSecret", MERCHANT, "merchants' servers call it"),
    grant(
        "secretsmanager:GetSecretValue",
        "StatusTokenSecret",
        &["create-payment", "status-check"],
        "one issues the shopper's token, the other checks it",
    ),
    grant("secretsmanager:GetSecretValue", "SandboxGatewaySecret", PROTOCOL, "calls or verifies"),
    grant(
        "secretsmanager:GetSecretValue",
        "DeliverySecret",
        DELIVER,
        "the address, and the signing key",
    ),
    grant("sqs:ReceiveMessage", "DeliveriesQueue.Arn", DELIVER, "the event source receives for it"),
    grant(
        "sqs:DeleteMessage",
        "DeliveriesQueue.Arn",
        DELIVER,
        "the event source deletes delivered messages",
    ),
    grant(
        "sqs:GetQueueAttributes",
        "DeliveriesQueue.Arn",
        DELIVER,
        "the event source reads settings",
    ),
    grant("sqs:ChangeMessageVisibility", "DeliveriesQueue.Arn", DELIVER, "waits longer each time"),
    grant("logs:CreateLogStream", "FunctionsLog.Arn", ALL, "Lambda creates a log stream"),
    grant("logs:PutLogEvents", "FunctionsLog.Arn", ALL, "and writes it"),
    grant("xray:PutTraceSegments", "*", ALL, "Lambda reports the duration"),
    grant("xray:PutTelemetryRecords", "*", ALL, "and what it left out"),
];
