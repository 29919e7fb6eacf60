//! The confirmations that the shop receives, and what each type is about.

use quittance::standard_webhooks::{ID, SIGNATURE, TIMESTAMP};
use serde_json::{Map, Value, json};

/// Type, what has happened, and what `amount` is.
const TYPES: [(&str, &str, &str); 14] = [
    (
        "payment.completed",
        "The order is paid. Only this type means so; sent once per order.",
        "captured",
    ),
    ("payment.captured", "A further part of a payment was captured at the gateway.", "captured"),
    ("payment.authorized", "Money is reserved, not captured.", "reserved"),
    ("payment.failed", "This payment failed; another one can pay the order.", "the order's"),
    (
        "payment.canceled",
        "This payment was canceled; another one can pay the order.",
        "the order's",
    ),
    ("payment.expired", "This payment has expired.", "the order's"),
    ("payment.review", "A person must review this payment.", "captured or refunded"),
    ("refund.completed", "Money was refunded.", "refunded"),
    ("refund.failed", "A refund failed, or came back.", "not refunded"),
    (
        "dispute.opened",
        "The shopper's bank takes money back until the dispute is decided.",
        "disputed",
    ),
    ("dispute.won", "The bank returned the money.", "disputed"),
    ("dispute.lost", "The bank keeps the money.", "disputed"),
    ("order.expired", "The order expired unpaid.", "the order's"),
    ("order.canceled", "The order was canceled unpaid.", "the order's"),
];

pub(super) fn all() -> Map<String, Value> {
    TYPES
        .iter()
        .map(|(kind, about, amount)| ((*kind).to_owned(), one(kind, about, amount)))
        .collect()
}

fn one(kind: &str, about: &str, amount: &str) -> Value {
    let header = |name: &str| json!({ "name": name, "in": "header", "required": true, "schema": { "type": "string" } });
    json!({
        "post": {
            "operationId": format!("hear.{kind}"),
            "tags": ["Webhooks"],
            "summary": about,
            "description": format!(
                "Posted to the delivery URL, signed as Standard Webhooks. `amount`: {amount}. The same \
                 `webhook-id` may arrive again."
            ),
            "security": [],
            "parameters": [header(ID), header(TIMESTAMP), header(SIGNATURE)],
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": {
                    "allOf": [
                        { "$ref": "#/components/schemas/Confirmation" },
                        { "type": "object", "properties": { "type": { "const": kind } } },
                    ],
                } } },
            },
            "responses": {
                "2XX": { "description": "The confirmation is received. After any other response it is sent again." },
            },
        },
    })
}

/// `data` may have further members.
pub(super) fn confirmation() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "A confirmation to the shop; act on each `id` once.",
        "properties": {
            "id": text("The confirmation's name; the same at each repeat, and in the header `webhook-id`."),
            "type": { "enum": TYPES.map(|(kind, ..)| kind), "description": "What has happened." },
            "timestamp": { "type": "string", "format": "date-time", "description": "When it was decided." },
            "data": {
                "type": "object",
                "description": "What it is about; may have further members.",
                "properties": {
                    "order_id": text("The order."),
                    "payment_id": text("The payment, if it is about one."),
                    "order_status": text("The order's status at that time."),
                    "payment_status": text("The payment's status, if it is about one."),
                    "refund_id": text("The refund, if it is about one."),
                    "dispute_id": text("The gateway's name for the dispute, if it is about one."),
                    "respond_by": text("The deadline for answering the dispute."),
                    "failure": { "type": "object", "description": "Why it failed: `code` and `message`." },
                    "reason": text("Why money goes back, or the bank's reason for the dispute."),
                    "reference": text("Your own number for the order."),
                    "gateway": text("Where the payment was made."),
                    "live": { "type": "boolean", "description": "Whether the money is real." },
                    "status": text("The status of the type's subject at that time."),
                    "amount": { "type": "integer", "description": "The amount that moved, in minor units." },
                    "currency": text("The ISO 4217 currency of `amount`."),
                    "metadata": { "type": "object", "description": "The order's metadata." },
                },
                "required": ["order_id", "order_status", "status", "amount", "currency", "metadata"],
            },
        },
        "required": ["id", "type", "timestamp", "data"],
    })
}
