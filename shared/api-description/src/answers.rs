//! Everything that an operation answers: its successes, our problems, and API Gateway's own messages.

use std::collections::BTreeMap;

use quittance::http::problem::{GATEWAY_ANSWERS, Kind};
use serde_json::{Map, Value, json};

use super::examples::Example;
use super::operation::{Answer, Caller, Operation};

pub(super) fn of(operation: &Operation, examples: &[Example]) -> Value {
    let mut responses: BTreeMap<u16, Value> = BTreeMap::new();
    for answer in &operation.answers {
        responses.insert(answer.status, success(operation, answer, examples));
    }
    for kind in operation.all_problems() {
        let response = responses.entry(kind.status().as_u16()).or_insert_with(|| json!({}));
        add_problem(response, operation, kind, examples);
    }
    for (status, message, when, _) in GATEWAY_ANSWERS {
        if can_come_from_api_gateway(operation, status) {
            let response = responses.entry(status).or_insert_with(|| json!({}));
            add_line(response, &format!("API Gateway's own: {when}."));
            response["content"]["application/json"] = json!({
                "schema": { "$ref": "#/components/schemas/ApiGatewayError" },
                "example": { "message": message },
            });
        }
    }
    responses.into_iter().map(|(status, it)| (status.to_string(), it)).collect::<Map<_, _>>().into()
}

fn can_come_from_api_gateway(operation: &Operation, status: u16) -> bool {
    match status {
        // Only an empty parameter turns a known path into an unknown one.
        404 => !operation.path_parameters().is_empty(),
        413 => operation.body.is_some(),
        _ => true,
    }
}

fn success(operation: &Operation, answer: &Answer, examples: &[Example]) -> Value {
    let mut headers = match answer.schema {
        Some(_) => json!({ "Cache-Control": header("Cache-Control") }),
        None => json!({
            "Access-Control-Allow-Methods": header("Access-Control-Allow-Methods"),
            "Access-Control-Allow-Headers": header("Access-Control-Allow-Headers"),
            "Access-Control-Max-Age": header("Access-Control-Max-Age"),
        }),
    };
    if answer.replayed {
        headers["Idempotent-Replayed"] = header("Idempotent-Replayed");
    }
    add_cors(&mut headers, operation);
    let mut response = json!({ "description": answer.when, "headers": headers });
    if let Some(schema) = answer.schema {
        let named = examples.iter().filter(|it| it.status == answer.status);
        let shown: Map<String, Value> =
            named.map(|it| (it.name.clone(), json!({ "value": it.answer }))).collect();
        let mut media = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
        if !shown.is_empty() {
            media["examples"] = shown.into();
        }
        response["content"] = json!({ "application/json": media });
    }
    response
}

fn add_problem(response: &mut Value, operation: &Operation, kind: Kind, examples: &[Example]) {
    let slug = kind.slug();
    add_line(response, &format!("`{slug}`: {}", kind.when()));
    let headers = &mut response["headers"];
    headers["Cache-Control"] = header("Cache-Control");
    if kind.retry_after().is_some() || kind == Kind::PaymentInProgress {
        headers["Retry-After"] = header("Retry-After");
    }
    if kind == Kind::Unauthorized {
        headers["WWW-Authenticate"] = header("WWW-Authenticate");
    }
    add_cors(headers, operation);
    let media = &mut response["content"]["application/problem+json"];
    let schema = json!({ "$ref": format!("#/components/schemas/problem.{slug}") });
    if let Value::Array(any) = media["schema"]["oneOf"].take() {
        media["schema"]["oneOf"] = any.into_iter().chain([schema]).collect();
    } else {
        media["schema"]["oneOf"] = json!([schema]);
    }
    let own = examples.iter().find(|it| it.name == slug);
    media["examples"][slug] = match own {
        Some(it) => json!({ "summary": kind.title(), "value": it.answer }),
        None => json!({ "$ref": format!("#/components/examples/{slug}") }),
    };
}

fn add_cors(headers: &mut Value, operation: &Operation) {
    if matches!(operation.caller, Caller::MerchantOrShopper | Caller::Browser) {
        for name in ["Access-Control-Allow-Origin", "Vary"] {
            headers[name] = header(name);
        }
    }
}

/// One more sentence of a response's description.
fn add_line(response: &mut Value, line: &str) {
    let before = response["description"].as_str().map(|text| format!("{text}\n\n"));
    response["description"] = format!("{}{line}", before.unwrap_or_default()).into();
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

pub(super) fn headers() -> Value {
    let of =
        |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let always = |value: &str| json!({ "type": "string", "const": value });
    json!({
        "Cache-Control": of("The response must not be stored.", always("no-store")),
        "Idempotent-Replayed": of("An earlier call did the work; this one found it done.", always("true")),
        "Retry-After": of("Seconds to wait before repeating the same request.", json!({ "type": "integer", "minimum": 1 })),
        "WWW-Authenticate": of("The kind of key that is missing.", always("Bearer")),
        "Access-Control-Allow-Origin": of("The caller's origin, if it is one of `CORS_ORIGINS`.", json!({ "type": "string" })),
        "Access-Control-Allow-Methods": of("The methods that a page may use.", always("GET")),
        "Access-Control-Allow-Headers": of("The headers that a page may send.", always("authorization")),
        "Access-Control-Max-Age": of("How many seconds this is valid.", always("600")),
        "Vary": of("Sent with `Access-Control-Allow-Origin`.", always("origin")),
    })
}

pub(super) fn gateway_message() -> Value {
    let messages = GATEWAY_ANSWERS.map(|(_, message, ..)| message);
    json!({
        "type": "object",
        "properties": {
            "message": {
                "type": "string",
                "description": "For people; distinguish these responses by their status code.",
                "examples": messages,
            },
        },
        "required": ["message"],
    })
}
