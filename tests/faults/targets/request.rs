//! A request as text: `POST /api/orders?a=b`, headers, an empty line, a body. It is converted to the
//! event that API Gateway makes of it.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::Ran;
use super::answer::{Answer, ask};
use super::bench::on_a_bench;
use super::event;

/// API Gateway's limit: a larger body never reaches a function.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;

pub(super) fn run(input: &[u8]) -> Ran {
    let Some(event) = event_of(input) else { return Ran::NotPassedOn };
    on_a_bench(async |bench| {
        let first = ask(bench, request(&event)).await;
        let keyed = event["headers"].get("idempotency-key").is_some();
        if keyed && first.status == 201 {
            let again = ask(bench, request(&event)).await;
            assert_same(&first, &again);
        }
    });
    Ran::Through
}

/// The same key has the same effect once.
fn assert_same(first: &Answer, again: &Answer) {
    assert!(matches!(again.status, 200 | 201), "{} {}", again.status, again.body);
    for name in ["order_id", "payment_id", "refund_id"] {
        assert_eq!(first.body[name], again.body[name], "{name} of a repeat");
    }
}

/// The runtime must be able to read everything that API Gateway passes on.
fn request(event: &Value) -> lambda_http::Request {
    event::request(&event.to_string()).expect("an event that the runtime reads")
}

/// The event that API Gateway makes of the request; `None` if no function would receive it.
pub(super) fn event_of(input: &[u8]) -> Option<Value> {
    let (head, body) = parts(input);
    if body.len() > BODY_BYTES_MAX {
        return None;
    }
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (key, parameters) = route_of(method, path)?;
    let headers = headers(lines);
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    let text = str::from_utf8(body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": decoded,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "api.example",
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": decoded,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.17",
                "userAgent": headers.get("user-agent").cloned().unwrap_or_default(),
            },
            "requestId": "fuzz",
            "routeKey": key,
            "stage": "$default",
            "time": "20/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1_795_165_200_000_u64,
        },
        "body": text.map_or_else(|_| BASE64.encode(body), str::to_owned),
        "isBase64Encoded": text.is_err(),
    });
    if !query.is_empty() {
        event["queryStringParameters"] = json!(pairs(query));
    }
    if !parameters.is_empty() {
        event["pathParameters"] = json!(parameters);
    }
    Some(event)
}

/// The head up to the first empty line, and the rest.
fn parts(input: &[u8]) -> (String, &[u8]) {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((input, &[][..]), |end| (&input[..end], &input[end + 2..]));
    (String::from_utf8_lossy(head).into_owned(), body)
}

fn headers<'l>(lines: impl Iterator<Item = &'l str>) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.trim().as_bytes()),
            HeaderValue::from_bytes(value.trim().as_bytes()),
        ) else {
            continue;
        };
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let known = headers.entry(name.as_str().to_owned()).or_default();
        *known = if known.is_empty() { value } else { format!("{known},{value}") };
    }
    headers
}

fn route_of(method: &str, path: &str) -> Option<(String, BTreeMap<String, String>)> {
    let given: Vec<&str> = path.split('/').collect();
    event::routes().iter().filter(|(known, _)| known == method).find_map(|(_, pattern)| {
        let pattern_segments: Vec<&str> = pattern.split('/').collect();
        if pattern_segments.len() != given.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (wanted, given) in pattern_segments.iter().zip(&given) {
            let given = percent_decode_str(given).decode_utf8_lossy();
            match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if !given.is_empty() => {
                    parameters.insert(name.to_owned(), given.into_owned());
                }
                None if *wanted == given => {}
                Some(_) | None => return None,
            }
        }
        Some((format!("{method} {pattern}"), parameters))
    })
}

fn pairs(query: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    query.split('&').map(pair).collect()
}
