//! What the shop hears: confirmations, each type with what it is about.

use quittance::standard_webhooks::{ID, SIGNATURE, TIMESTAMP};
use serde_json::{Map, Value, json};

/// Type, what has happened, and what `amount` is.
const TYPES: [(&str, &str, &str); 14] = [
    ("payment.completed", "The order is paid. This alone means so; once per order.", "captured"),
    ("payment.captured", "A further part of a payment was captured at the gateway.", "captured"),
    ("payment.authorized", "Money is reserved, and not taken.", "reserved"),
    ("payment.failed", "This payment ended; the order can be paid by another.", "the order's"),
    (
        "payment.canceled",
        "This payment was ended; the order can be paid by another.",
        "the order's",
    ),
    ("payment.expired", "The time of this payment is over.", "the order's"),
    ("payment.review", "A person must look.", "captured or refunded"),
    ("refund.completed", "Money went back.", "refunded"),
    ("refund.failed", "A refund did not happen, or came back.", "not refunded"),
    ("dispute.opened", "The shopper's bank takes money back, for now.", "disputed"),
    ("dispute.won", "The bank gave it back.", "disputed"),
    ("dispute.lost", "The bank keeps it.", "disputed"),
    ("order.expired", "The order ended unpaid.", "the order's"),
    ("order.canceled", "The order was ended unpaid.", "the order's"),
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
                 `webhook-id` may come again."
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
                "2XX": { "description": "It is kept. Anything else, and it comes again." },
            },
        },
    })
}

/// `data` has more where there is more to tell.
pub(super) fn confirmation() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "What the shop hears, once per `id` in effect.",
        "properties": {
            "id": text("Names the confirmation; the same at each repeat, and in the header `webhook-id`."),
            "type": { "enum": TYPES.map(|(kind, ..)| kind), "description": "What has happened." },
            "timestamp": { "type": "string", "format": "date-time", "description": "When it was decided." },
            "data": {
                "type": "object",
                "description": "What it is about; more where there is more to tell.",
                "properties": {
                    "order_id": text("The order."),
                    "payment_id": text("The payment, where one is meant."),
                    "order_status": text("The order's, as of then."),
                    "payment_status": text("The payment's, where one is meant."),
                    "refund_id": text("The refund, of one."),
                    "dispute_id": text("The gateway's name of the dispute, of one."),
                    "respond_by": text("Until when the dispute can be answered."),
                    "failure": { "type": "object", "description": "Why it failed: `code` and `message`." },
                    "reason": text("Why money goes back, or what the bank gives for the dispute."),
                    "reference": text("The merchant's own name of the order."),
                    "gateway": text("Where the payment was made."),
                    "live": { "type": "boolean", "description": "Whether the money is real." },
                    "status": text("Of what the type names, as of then."),
                    "amount": { "type": "integer", "description": "What moved, in minor units." },
                    "currency": text("ISO 4217, of `amount`."),
                    "metadata": { "type": "object", "description": "Of the order." },
                },
                "required": ["order_id", "order_status", "status", "amount", "currency", "metadata"],
            },
        },
        "required": ["id", "type", "timestamp", "data"],
    })
}
