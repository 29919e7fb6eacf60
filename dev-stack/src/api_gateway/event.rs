//! A request as the event of payload format 2.0.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use url::form_urlencoded;

use super::routes::Found;
use crate::aws::ACCOUNT;

/// A request that has found its route.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    pub(super) route: Found,
    pub(super) peer: IpAddr,
    pub(super) request_id: String,
    pub(super) at_ms: i64,
}

/// Headers that belong to the connection, not to the request, and those that the event carries elsewhere.
const NOT_PASSED_ON: [&str; 8] = [
    "connection",
    "cookie",
    "expect",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Arrival {
    pub(super) fn event(&self) -> Bytes {
        let query = self.head.uri.query().unwrap_or_default();
        let mut event = Map::from_iter([
            ("version".to_owned(), json!("2.0")),
            ("routeKey".to_owned(), json!(self.route.key)),
            ("rawPath".to_owned(), json!(self.path())),
            ("rawQueryString".to_owned(), json!(query)),
            ("headers".to_owned(), json!(self.headers())),
            ("requestContext".to_owned(), self.context()),
        ]);
        let (text, is_base64) = body(&self.head.headers, &self.body);
        event.insert("isBase64Encoded".to_owned(), json!(is_base64));
        // Empty values are left out.
        let mut optional = |name: &str, value: Value, is_empty: bool| {
            if !is_empty {
                event.insert(name.to_owned(), value);
            }
        };
        let cookies = cookies(&self.head.headers);
        optional("cookies", json!(cookies), cookies.is_empty());
        optional("queryStringParameters", json!(parameters(query)), query.is_empty());
        let in_path = &self.route.parameters;
        optional("pathParameters", json!(in_path), in_path.is_empty());
        optional("body", json!(text), text.is_empty());
        Value::Object(event).to_string().into()
    }

    /// API Gateway decodes the path and drops everything from a decoded question mark on.
    fn path(&self) -> String {
        let decoded = percent_decode_str(self.head.uri.path()).decode_utf8_lossy();
        decoded.split('?').next().unwrap_or_default().to_owned()
    }

    fn headers(&self) -> BTreeMap<String, String> {
        let given = &self.head.headers;
        let mut headers = BTreeMap::new();
        for name in given.keys().filter(|name| !NOT_PASSED_ON.contains(&name.as_str())) {
            headers.insert(name.as_str().to_owned(), joined(given, name.as_str()));
        }
        let forwarded = match headers.get("x-forwarded-for") {
            Some(before) => format!("{before}, {}", self.peer),
            None => self.peer.to_string(),
        };
        let host = headers.get("host").map(String::as_str).unwrap_or_default();
        let port = host.rsplit_once(':').map_or("80", |(_, port)| port).to_owned();
        headers.insert("x-forwarded-for".to_owned(), forwarded);
        headers.insert("x-forwarded-port".to_owned(), port);
        headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
        headers.insert("x-amzn-trace-id".to_owned(), format!("Root=1-{}", self.request_id));
        headers.insert("content-length".to_owned(), self.body.len().to_string());
        headers
    }

    fn context(&self) -> Value {
        let host = joined(&self.head.headers, "host");
        let domain = host.rsplit_once(':').map_or(host.as_str(), |(domain, _)| domain);
        json!({
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": self.head.method.as_str(),
                "path": self.path(),
                "protocol": format!("{:?}", self.head.version),
                "sourceIp": self.peer.to_string(),
                "userAgent": joined(&self.head.headers, "user-agent"),
            },
            "requestId": self.request_id,
            "routeKey": self.route.key,
            "stage": "$default",
            "time": common_log_time(self.at_ms),
            "timeEpoch": self.at_ms,
        })
    }
}

/// In the cloud a request without a valid Host never reaches a function, and the function's library would
/// fail on it.
pub(super) fn has_usable_host(headers: &HeaderMap) -> bool {
    let host = joined(headers, "host");
    let no_userinfo = !host.contains(['@', '/', '\\', '?', '#']);
    no_userinfo && url::Url::parse(&format!("http://{host}/")).is_ok()
}

/// The values of a header, joined by commas. Bytes that are not UTF-8 are read as Latin-1.
fn joined(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter().map(|value| match str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    });
    values.collect::<Vec<_>>().join(",")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split("; ")).map(str::to_owned).collect()
}

/// Decoded. The values of a repeated name are joined by a comma.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|before| *before = format!("{before},{value}"))
            .or_insert_with(|| value.to_string());
    }
    parameters
}

/// Text is passed as it is, everything else in base64. API Gateway's list of text types is short: forms and
/// bodies without a content type are not on it.
fn body(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let content_type = joined(headers, "content-type").to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let listed = ["application/json", "application/javascript", "application/xml"];
    let is_text = essence.starts_with("text/") || listed.contains(&essence);
    match str::from_utf8(body) {
        Ok(text) if is_text || text.is_empty() => (text.to_owned(), false),
        Ok(_) | Err(_) => (BASE64.encode(body), true),
    }
}

/// As in `12/Mar/2020:19:03:58 +0000`.
fn common_log_time(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1000);
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let month: String = at.month().to_string().chars().take(3).collect();
    let (day, year) = (at.day(), at.year());
    let (hour, minute, second) = at.to_hms();
    format!("{day:02}/{month}/{year}:{hour:02}:{minute:02}:{second:02} +0000")
}
