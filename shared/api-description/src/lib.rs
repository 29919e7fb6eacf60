//! The API's description (`OpenAPI` 3.1), written from what the functions read, answer and refuse.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value shows `null` for what is not there, and grows where it is written"
)]

mod answers;
mod event;
mod examples;
mod operation;
mod operations;
pub mod page;
mod parameters;
mod reading;
#[cfg(test)]
mod tests;
mod webhooks;

use quittance::http::problem::Kind;
use quittance::http::schemas;
use serde_json::{Map, Value, json};

pub use self::examples::{Example, recorded};
use self::operation::{Caller, Operation};

const DESCRIPTION: &str = "\
Takes payments: an order says what to pay, a payment takes it to a gateway, and refunds return it. \
Amounts are integers in the currency's minor unit (ISO 4217), times are RFC 3339 in UTC, and absent values \
are left out. Write integers without fraction or exponent: `2500.0`, which a JSON Schema cannot \
distinguish from `2500`, is refused. Every response to a GET or a POST has `Cache-Control: no-store`.\n\n\
A failure is `application/problem+json` (RFC 9457); distinguish problems by `type`. The body of a 5xx response \
says only which kind of failure it is. `{\"message\":…}` is API Gateway's own response, before or instead of \
ours.\n\n\
Examples with the same name belong together: this request returns that response. The requests of the \
examples `created`, in their order, are one story on a fresh stack.";

/// The whole document with these examples. It is the same on every machine: it has no address and no time.
pub fn document(examples: &[Example]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations::all() {
        let method = operation.method().to_lowercase();
        let own = examples.iter().filter(|it| it.operation == operation.id);
        let own: Vec<Example> = own.cloned().collect();
        paths.entry(operation.path()).or_insert_with(|| json!({}))[&method] =
            described(&operation, &own);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quittance",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "Where this document is served." }],
        "tags": [
            { "name": "Orders", "description": "Purchases to be paid." },
            { "name": "Payments", "description": "Attempts to pay an order; at most one is live." },
            { "name": "Refunds", "description": "Captured money that goes back to the shopper." },
            { "name": "Webhooks", "description": "Events from gateways, and confirmations to the shop." },
        ],
        "paths": paths,
        "webhooks": webhooks::all(),
        "components": {
            "schemas": all_schemas(),
            "securitySchemes": security_schemes(),
            "headers": answers::headers(),
            "examples": examples::of_problems(),
        },
    })
}

fn described(operation: &Operation, examples: &[Example]) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": security(operation.caller),
        "parameters": parameters::of(operation, examples),
        "responses": answers::of(operation, examples),
    });
    if let Some(schema) = &operation.body {
        described["requestBody"] = request_body(operation, schema, examples);
    }
    described
}

fn request_body(operation: &Operation, schema: &Value, examples: &[Example]) -> Value {
    let required = schema.get("required").is_some();
    let mut media = json!({ "schema": schema });
    let shown = examples.iter().filter_map(|it| Some((it.name.clone(), it.body.clone()?)));
    let shown: Map<String, Value> =
        shown.map(|(name, body)| (name, json!({ "value": body }))).collect();
    if !shown.is_empty() {
        media["examples"] = shown.into();
    }
    let mut body = json!({ "required": required, "content": { "application/json": media } });
    if operation.caller != Caller::Gateway {
        let limit = "At most 64 KiB and 32 levels deep, without repeated members and without card numbers. \
             Where `null` is allowed, it means the same as leaving the member out.";
        body["description"] = limit.into();
    }
    body
}

fn all_schemas() -> Map<String, Value> {
    let mut all = schemas::answers();
    all.insert("Received".to_owned(), event::received());
    all.insert("Confirmation".to_owned(), webhooks::confirmation());
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    all.insert(
        "PaymentRead".to_owned(),
        json!({ "anyOf": [named("PaymentInFull"), named("ShopperPayment")] }),
    );
    all.insert("ApiGatewayError".to_owned(), answers::gateway_message());
    for kind in Kind::ALL {
        all.insert(format!("problem.{}", kind.slug()), schemas::problem(kind));
    }
    all
}

fn security_schemes() -> Value {
    json!({
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "The merchant's server: an API key with the scope that the operation names.",
        },
        "statusToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "v1.<key id>.<exp>.<HMAC-SHA256>",
            "description": "A shopper's browser: the `status_token` of one payment.",
        },
        "statusTokenInQuery": {
            "type": "apiKey",
            "in": "query",
            "name": "token",
            "description": "The status token, where a header cannot be sent.",
        },
    })
}

fn security(caller: Caller) -> Value {
    match caller {
        Caller::Merchant(scope) => json!([{ "apiKey": [scope.as_str()] }]),
        Caller::MerchantOrShopper => json!([
            { "apiKey": ["read"] },
            { "statusToken": [] },
            { "statusTokenInQuery": [] },
        ]),
        Caller::Gateway | Caller::Browser => json!([]),
    }
}
