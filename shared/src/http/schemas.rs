//! JSON Schemas of requests and responses, for the API's description. Limits are the constants that the code
//! uses.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value shows `null` for what is not there, and grows where it is written"
)]

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::domain::id::{OperationId, OrderId, PaymentId};
use crate::domain::idempotency::Key;

use crate::http::problem::{Kind, Member};
use crate::http::views;

/// The schemas of all responses except problems, by name.
pub fn answers() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<views::OrderView<'_>>();
    generator.subschema_for::<views::OrderInFull<'_>>();
    generator.subschema_for::<views::CreatedPayment<'_>>();
    generator.subschema_for::<views::PaymentInFull<'_>>();
    generator.subschema_for::<views::ShopperPayment<'_>>();
    generator.subschema_for::<views::PaymentInTheWay<'_>>();
    generator.subschema_for::<views::Failure<'_>>();
    generator.subschema_for::<views::RefundView<'_>>();
    let mut all = generator.take_definitions(true);
    all.values_mut().for_each(leave_out_what_is_absent);
    all
}

/// The schema of one kind of problem.
pub fn problem(kind: Kind) -> Value {
    let mut properties = json!({
        "type": { "const": format!("/problems/{}", kind.slug()), "description": "Identifies the kind of problem." },
        "title": { "const": kind.title(), "description": "For people; always the same for one `type`." },
        "status": { "const": kind.status().as_u16(), "description": "The HTTP status code." },
        "detail": { "type": "string", "description": "For people: what is wrong with this request." },
        "instance": { "type": "string", "description": "The request's id; search the log for it." },
    });
    let mut required = vec!["type", "title", "status", "detail", "instance"];
    for (member, always) in kind.members() {
        properties[member.name()] = self::member(*member);
        if *always {
            required.push(member.name());
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn member(member: Member) -> Value {
    let named = |name: &str, description: &str| json!({ "$ref": format!("#/components/schemas/{name}"), "description": description });
    match member {
        Member::Disputes => json!({
            "type": "array",
            "minItems": 1,
            "description": "The payment's open disputes, by the gateway's ids.",
            "items": { "type": "string" },
        }),
        Member::Errors => json!({
            "type": "array",
            "minItems": 1,
            "description": "All mistakes at once.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "The field, as a JSON pointer (RFC 6901); empty for the whole body. `?name` is a query parameter.",
                    },
                    "detail": { "type": "string", "description": "What is wrong with it." },
                },
                "required": ["pointer", "detail"],
            },
        }),
        Member::Failure => named("Failure", "Why the payment was declined."),
        Member::Gateways => json!({
            "type": "object",
            "description": "Each gateway's reason for not accepting the payment.",
            "additionalProperties": { "type": "string" },
        }),
        Member::Payment => named("PaymentInTheWay", "The payment that the problem is about."),
        Member::Refundable => json!({
            "type": "integer",
            "minimum": 0,
            "description": "The most that can be refunded now, in the currency's minor unit.",
        }),
        Member::RetryAt => json!({
            "type": "string",
            "format": "date-time",
            "description": "When the gateway's page expires and the request can succeed.",
        }),
    }
}

/// The value of the header `Idempotency-Key`.
pub fn idempotency_key() -> Value {
    json!({ "type": "string", "pattern": Key::pattern() })
}

pub fn order_id() -> Value {
    json!({ "type": "string", "pattern": OrderId::pattern() })
}

pub fn payment_id() -> Value {
    json!({ "type": "string", "pattern": PaymentId::pattern() })
}

pub fn refund_id() -> Value {
    json!({ "type": "string", "pattern": OperationId::refund_pattern() })
}

/// The only operations whose ids are shown are refunds.
pub(super) fn shown_operation(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": OperationId::refund_pattern() })
}

/// Describes the `type` of the only action. Serde adds it, so there is no field to document.
pub(super) fn describe_action(schema: &mut Schema) {
    if let Some(word) = schema.pointer_mut("/oneOf/0/properties/type") {
        word["description"] = json!("The kind of action; do not follow an unknown one.");
    }
}

/// Removes `null` from members that are not required: they are absent, never `null`.
fn leave_out_what_is_absent(schema: &mut Value) {
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &String| {
        required.as_array().is_some_and(|all| all.iter().any(|known| known == name))
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !is_required(name)) {
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                property["type"] = only.clone();
            }
        }
        let Some(Value::Array(any)) = property.get_mut("anyOf") else { continue };
        any.retain(|schema| schema.get("type") != Some(&json!("null")));
        let [Value::Object(only)] = any.as_slice() else { continue };
        let only = only.clone();
        if let Value::Object(words) = property {
            words.remove("anyOf");
            words.extend(only);
        }
    }
}

impl JsonSchema for views::Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
