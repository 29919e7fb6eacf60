//! Where gateways report what has happened.

use quittance::http::input::KeyRule;
use quittance::http::problem::Kind;
use quittance::standard_webhooks::{ID, SIGNATURE, TIMESTAMP, TOLERANCE_SECONDS};
use serde_json::{Value, json};

use super::operation::{Answer, Caller, Operation};
use quittance::gateways::sandbox;

pub(super) fn webhook() -> Operation {
    Operation {
        route: "POST /api/webhooks/{gateway}",
        id: "receiveWebhook",
        tag: "Webhooks",
        summary: "Receive a gateway's event",
        description: "For gateways only: each sends its own format with its own signature. Shown here is that of \
            the sandbox gateway, which signs as Standard Webhooks; `payment` is another name for `sandbox`. \
            An event that lacks `id`, `amount` or `currency` is a hint: it is authenticated, and then the \
            gateway is asked. A 200 means that the fact is committed; after any other response the gateway must \
            send the event again.",
        caller: Caller::Gateway,
        key: KeyRule::Unused,
        body: Some(sandbox::event_schema()),
        answers: vec![Answer::new(
            200,
            "Received",
            "Committed, already known, not one of ours, or parked until its order is known.",
        )],
        problems: &[
            Kind::TooLarge,
            Kind::Unauthorized,
            Kind::MalformedJson,
            Kind::GatewayNotFound,
            Kind::Unavailable,
        ],
    }
}

/// What the receiver says it did.
pub(super) fn received() -> Value {
    json!({
        "type": "object",
        "properties": {
            "received": {
                "enum": ["committed", "ignored", "parked"],
                "description": "`committed`: the order knows it; `ignored`: not one of ours; `parked`: kept until \
                    the order is known.",
            },
        },
        "required": ["received"],
    })
}

pub(super) fn headers() -> Vec<Value> {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "description": description, "schema": schema });
    let near =
        format!("When it was sent, in Unix seconds; at most {TOLERANCE_SECONDS} s from now.");
    vec![
        header(ID, "The event's name, the same at each repeat.", json!({ "type": "string" })),
        header(TIMESTAMP, &near, json!({ "type": "string", "pattern": "^[0-9]+$" })),
        header(
            SIGNATURE,
            "`v1,` and the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64; several \
             are separated by spaces, and one of them has to match.",
            json!({ "type": "string" }),
        ),
    ]
}
