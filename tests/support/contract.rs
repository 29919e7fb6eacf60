//! Checks every API answer that a journey gets against the API's description: route, status, content
//! type, problem, and each member of the body.

use std::sync::LazyLock;

use api_description as openapi;
use reqwest::Method;
use serde_json::Value;

use crate::Answer;

pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| openapi::document(&openapi::recorded().unwrap()));

/// The route as the document writes it, `POST /api/payments/{payment_id}/capture`.
pub fn route_of(method: &Method, path: &str) -> Option<String> {
    let given: Vec<&str> = path.split('/').collect();
    let is_like = |known: &&String| {
        let known: Vec<&str> = known.split('/').collect();
        known.len() == given.len()
            && known.iter().zip(&given).all(|(known, given)| {
                known == given || (known.starts_with('{') && !given.is_empty())
            })
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    // A fixed segment is written before a parameter in its place.
    let path = paths.keys().rfind(is_like)?;
    let has = paths[path].get(method.as_str().to_lowercase()).is_some();
    has.then(|| format!("{method} {path}"))
}

/// Panics unless the document lists this confirmation.
#[track_caller]
pub fn check_confirmation(body: &Value) {
    let kind = body["type"].as_str().unwrap_or_default();
    assert!(
        DOCUMENT["webhooks"].get(kind).is_some(),
        "docs/openapi.json does not list {kind}: {body}"
    );
    let schema = &DOCUMENT["components"]["schemas"]["Confirmation"];
    for (object, schema) in [(body, schema), (&body["data"], &schema["properties"]["data"])] {
        for name in schema["required"].as_array().unwrap() {
            assert!(object.get(name.as_str().unwrap()).is_some(), "{name} is not in {body}");
        }
    }
}

/// Panics unless the document lists this answer.
#[track_caller]
pub fn check(answer: &Answer) {
    let Some((method, path)) = answer.route.split_once(' ') else { return };
    let operation = &DOCUMENT["paths"][path][method.to_lowercase()];
    let documented = &operation["responses"][answer.status.to_string()];
    let undocumented = |what: &str| -> ! {
        panic!("docs/openapi.json, {}: {what} is not documented: {answer}", answer.route)
    };
    if documented.is_null() {
        undocumented("this status");
    }
    if answer.status == 204 {
        return;
    }
    let content = &documented["content"][answer.header("content-type")];
    if content.is_null() {
        undocumented("this content type");
    }
    if let Err(what) = fits(&content["schema"], &answer.body, "") {
        undocumented(&what);
    }
    for name in documented["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        let schema = &DOCUMENT["components"]["headers"][name]["schema"];
        let value = answer.header(name);
        let wrong = schema.get("const").is_some_and(|only| only != value);
        if wrong && !value.is_empty() {
            undocumented(&format!("{name}: {value}"));
        }
    }
    for name in ["idempotent-replayed", "retry-after", "www-authenticate"] {
        let headers = documented["headers"].as_object();
        let named =
            headers.is_some_and(|all| all.keys().any(|known| known.eq_ignore_ascii_case(name)));
        if !answer.header(name).is_empty() && !named {
            undocumented(name);
        }
    }
}

/// What does not fit, if anything. Members that the schema does not name do not fit either: the document
/// must name all of them.
fn fits(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        return fits(DOCUMENT.pointer(path.trim_start_matches('#')).unwrap(), value, at);
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(kinds) = schema[any].as_array() {
            let tried: Vec<_> = kinds.iter().map(|kind| fits(kind, value, at)).collect();
            if tried.iter().all(Result::is_err) {
                return Err(format!("{at}: {tried:?}"));
            }
        }
    }
    let known = |word: &str| schema.get(word);
    let wrong = known("const").is_some_and(|only| only != value)
        || known("enum").is_some_and(|words| !words.as_array().unwrap().contains(value))
        || known("type").is_some_and(|kinds| !is_of(kinds, value));
    if wrong {
        return Err(format!("{at}: {value}"));
    }
    if let Some(items) = known("items") {
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            fits(items, item, &format!("{at}/{n}"))?;
        }
    }
    match value.as_object() {
        Some(members) if known("properties").or(known("additionalProperties")).is_some() => {
            for name in known("required").and_then(Value::as_array).into_iter().flatten() {
                if !members.contains_key(name.as_str().unwrap()) {
                    return Err(format!("{at}: no {name}"));
                }
            }
            members.iter().try_for_each(|(name, member)| {
                let named = schema["properties"].get(name).or(known("additionalProperties"));
                let named = named.ok_or_else(|| format!("{at}/{name}"))?;
                fits(named, member, &format!("{at}/{name}"))
            })
        }
        _ => Ok(()),
    }
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type: {other}"),
    };
    kinds.as_array().map_or_else(|| is(kinds), |all| all.iter().any(is))
}
