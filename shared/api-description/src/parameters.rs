//! The parts of a request outside its body.

use quittance::http::input::KeyRule;
use quittance::http::schemas;
use serde_json::{Map, Value, json};

use super::event;
use super::examples::Example;
use super::operation::{Caller, Operation};

pub(super) fn of(operation: &Operation, examples: &[Example]) -> Vec<Value> {
    let in_path = operation.path_parameters().into_iter();
    let mut all: Vec<Value> =
        in_path.map(|name| in_path_named(operation, name, examples)).collect();
    all.extend(idempotency_key(operation.key, examples));
    match operation.caller {
        Caller::MerchantOrShopper => all.push(json!({
            "name": "refresh",
            "in": "query",
            "description": "`true` asks the gateway first, at most once every five seconds per payment. For the \
                merchant's server only.",
            "schema": { "type": "boolean", "default": false },
        })),
        Caller::Gateway => all.extend(event::headers()),
        Caller::Browser => all.extend(asked_by_browser()),
        Caller::Merchant(_) => {}
    }
    all
}

fn in_path_named(operation: &Operation, name: &str, examples: &[Example]) -> Value {
    let schema = match name {
        // Nothing reads the subject of a preflight, so no value is wrong.
        _ if matches!(operation.caller, Caller::Browser) => json!({}),
        "order_id" => schemas::order_id(),
        "payment_id" => schemas::payment_id(),
        "refund_id" => schemas::refund_id(),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "schema": schema,
        "example": examples.iter().find_map(|it| it.path.get(name)),
    })
}

/// With the key of each example that has one.
fn idempotency_key(rule: KeyRule, examples: &[Example]) -> Option<Value> {
    let (required, description) = match rule {
        KeyRule::Unused => return None,
        KeyRule::Optional => (
            false,
            "Makes the request safe to repeat: the same key and body return what the first call made. If the \
                header is sent twice, both values must be the same.",
        ),
        KeyRule::Required => (
            true,
            "The request moves money. The same key and body return what was done, and do nothing again.",
        ),
    };
    let keys = examples.iter().filter_map(|it| Some((it.name.clone(), it.key.clone()?)));
    let keys: Map<String, Value> =
        keys.map(|(name, key)| (name, json!({ "value": key }))).collect();
    Some(json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": description,
        "schema": schemas::idempotency_key(),
        "examples": keys,
    }))
}

fn asked_by_browser() -> [Value; 3] {
    let header = |name: &str, example: &str| json!({ "name": name, "in": "header", "schema": { "type": "string" }, "example": example });
    [
        header("Origin", "https://shop.example"),
        header("Access-Control-Request-Method", "GET"),
        header("Access-Control-Request-Headers", "authorization"),
    ]
}
