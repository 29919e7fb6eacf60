//! Admits a merchant's request, checking in the order of the contract: size, API key, scope, content type,
//! JSON, idempotency key, card numbers. The function itself then checks its own rules.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};
use lambda_http::{Body, Request, RequestExt};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::idempotency::{Fingerprint, Key};
use crate::http::auth::{Caller, Scope, caller};
use crate::http::card::{self, Place};
use crate::http::fields::{self, FieldError, Fields, invalid};
use crate::http::json;
use crate::http::problem::{Kind, Problem};
use crate::http::query::Query;
use crate::http::route;

const BODY_BYTES_MAX: usize = 64 * 1024;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRule {
    Optional,
    Required,
    /// The route does not use a key.
    Unused,
}

impl KeyRule {
    /// The problems that `admit` returns under this rule, besides those of the caller.
    pub fn refusals(self) -> Vec<Kind> {
        let always = [
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::MalformedJson,
            Kind::InvalidRequest,
            Kind::CardDataRefused,
        ];
        let own: &[Kind] = match self {
            Self::Unused => &[],
            Self::Optional => &[Kind::MalformedIdempotencyKey],
            Self::Required => &[Kind::MalformedIdempotencyKey, Kind::IdempotencyKeyRequired],
        };
        [always.as_slice(), own].concat()
    }
}

/// An admitted request.
#[derive(Debug)]
pub struct Input {
    pub caller: Caller,
    body: Value,
    query: Vec<FieldError>,
    pub key: Option<Key>,
    pub fingerprint: Fingerprint,
}

pub async fn admit(
    app: &App,
    request: &Request,
    scope: Scope,
    rule: KeyRule,
) -> Result<Input, Problem> {
    let bytes = bytes(request.body());
    if bytes.len() > BODY_BYTES_MAX {
        return Err(Problem::new(Kind::TooLarge));
    }
    let caller = caller(app, request.headers(), scope).await?;
    let body = parse(request.headers(), bytes)?;
    let key = idempotency_key(request.headers(), rule)?;
    let cards = card::find(&body, place);
    if !cards.is_empty() {
        return Err(card_data(cards));
    }
    let stated = json::without_nulls(&body);
    let fingerprint = Fingerprint::of(&route(request), &json::canonical(&stated));
    let query = Query::of(request).wrong();
    Ok(Input { caller, body, query, key, fingerprint })
}

/// Who writes the value of a member. An unknown member counts as typed.
pub fn place(pointer: &str) -> Place {
    match pointer {
        "/customer/phone" => Place::Phone,
        "/order_id" => Place::Order,
        "/return_url" => Place::Address,
        "/reference" | "/customer/id" => Place::Made,
        _ if is_product_id(pointer) => Place::Made,
        _ => Place::Typed,
    }
}

fn is_product_id(pointer: &str) -> bool {
    let item = pointer.strip_prefix("/items/").and_then(|rest| rest.strip_suffix("/product_id"));
    item.is_some_and(|item| item.len() < 4 && item.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Input {
    /// The body, or all its mistakes at once.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let read = fields::read(&self.body, read);
        if self.query.is_empty() {
            return read.map_err(invalid);
        }
        Err(invalid([self.query.clone(), read.err().unwrap_or_default()].concat()))
    }

    /// The key of a route that requires one.
    pub fn required_key(&self) -> Result<Key, Problem> {
        self.key.clone().ok_or_else(|| Problem::new(Kind::IdempotencyKeyRequired))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the runtime's enum, not ours")]
pub fn bytes(body: &Body) -> &[u8] {
    match body {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// An absent body counts as an empty object, as some routes need no body.
fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.is_empty() && !headers.contains_key(CONTENT_TYPE) {
        return Ok(Value::Object(Map::new()));
    }
    if !one(headers, &CONTENT_TYPE).is_some_and(is_json) {
        return Err(Problem::new(Kind::UnsupportedMediaType));
    }
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    json::parse(bytes).map_err(|why| Problem::new(Kind::MalformedJson).detail(why.to_string()))
}

/// JSON is always UTF-8. A `charset` that names another encoding would be ignored, so it is refused.
fn is_json(media: &str) -> bool {
    let mut parts = media.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let foreign = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("charset")
            && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    essence.eq_ignore_ascii_case("application/json") && !parts.any(foreign)
}

fn idempotency_key(headers: &HeaderMap, rule: KeyRule) -> Result<Option<Key>, Problem> {
    match rule {
        KeyRule::Unused => Ok(None),
        KeyRule::Optional if !headers.contains_key(IDEMPOTENCY_KEY) => Ok(None),
        KeyRule::Required if !headers.contains_key(IDEMPOTENCY_KEY) => {
            Err(Problem::new(Kind::IdempotencyKeyRequired))
        }
        KeyRule::Optional | KeyRule::Required => {
            let key = one(headers, &IDEMPOTENCY_KEY).and_then(|text| Key::parse(text).ok());
            key.map(Some).ok_or_else(|| Problem::new(Kind::MalformedIdempotencyKey))
        }
    }
}

/// The value of a header that is sent once and contains no comma. API Gateway joins repeated headers with a
/// comma: equal values count as one value, different values as none.
pub fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut only = None;
    for value in headers.get_all(name) {
        for part in value.to_str().ok()?.split(',') {
            let part = part.trim_matches([' ', '\t']);
            if only.is_some_and(|only| only != part) {
                return None;
            }
            only = Some(part);
        }
    }
    only
}

fn card_data(pointers: Vec<String>) -> Problem {
    let errors: Vec<Value> = pointers
        .into_iter()
        .map(|pointer| json!({ "pointer": pointer, "detail": "looks like a card number" }))
        .collect();
    Problem::new(Kind::CardDataRefused).with("errors", errors)
}

/// A malformed id names no order.
pub fn order_id(request: &Request) -> Result<OrderId, Problem> {
    let text = parameter(request, "order_id");
    OrderId::parse(&text).map_err(|_| Problem::new(Kind::OrderNotFound))
}

pub fn payment_id(request: &Request) -> Result<PaymentId, Problem> {
    let text = parameter(request, "payment_id");
    PaymentId::parse(&text).map_err(|_| Problem::new(Kind::PaymentNotFound))
}

pub fn parameter(request: &Request, name: &str) -> String {
    let parameters = request.path_parameters_ref();
    parameters.and_then(|known| known.first(name)).unwrap_or_default().to_owned()
}
