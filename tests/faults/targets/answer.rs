//! Checks that hold for every answer, whatever the request.

use http::header::CONTENT_TYPE;
use lambda_http::{Body, Request, RequestExt, Response};
use quittance::http::card::{self, Place};
use quittance::http::input::{bytes, place};
use quittance::http::problem::Kind;
use quittance::http::route;
use quittance::system::unix_ms;
use serde_json::Value;

use super::bench::{Bench, Marks};

/// How long a function may run.
const TIMEOUT_MS: u64 = 25_000;

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// Sends a request and checks the answer against the contract.
pub(super) async fn ask(bench: &Bench, mut request: Request) -> Answer {
    let mut context = lambda_http::Context::default();
    context.deadline = unix_ms() + TIMEOUT_MS;
    request = request.with_lambda_context(context);
    let route = route(&request);
    let before = bench.marks();
    let response = bench.dispatch(request).await;
    let answer = read(&response);
    let Answer { status, body } = &answer;
    match status {
        200..=202 => assert!(body.is_object(), "{status} {body}"),
        204 => assert!(body.is_null(), "{body}"),
        400..=499 => assert_is_problem(&response, *status, body),
        // Nothing fails in this world, so the input must have caused a 5xx.
        _ => panic!("{route} was answered {status}: {body}"),
    }
    if matches!(status, 400 | 401 | 403 | 404 | 413 | 415 | 422) {
        assert_eq!(bench.marks(), before, "{route} did something and was answered {status}");
    }
    if !route.contains("/webhooks/") {
        assert_no_card(body, &bench.marks());
    }
    answer
}

fn read(response: &Response<Body>) -> Answer {
    let text = bytes(response.body());
    let body = if text.is_empty() { Value::Null } else { serde_json::from_slice(text).unwrap() };
    Answer { status: response.status().as_u16(), body }
}

fn assert_is_problem(response: &Response<Body>, status: u16, body: &Value) {
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    assert_eq!(media, Some("application/problem+json"), "{body}");
    let slug = body["type"].as_str().and_then(|name| name.strip_prefix("/problems/"));
    let known = Kind::ALL.iter().find(|kind| Some(kind.slug()) == slug);
    let stated = known.map(|kind| kind.status().as_u16());
    assert_eq!((stated, body["status"].as_u64()), (Some(status), Some(status.into())), "{body}");
    assert!(body["title"].is_string() && body["instance"].is_string(), "{body}");
}

/// No card number is shown or stored, wherever it stood in the request.
fn assert_no_card(body: &Value, marks: &Marks) {
    assert_eq!(card::find(body, place), [""; 0], "an answer contains a card number");
    for item in marks.items.values() {
        let found = card::find(item, stored_place);
        assert_eq!(found, [""; 0], "an item contains a card number");
    }
}

/// The author of a stored value: for the merchant's own words, the same as in the request. Hashes and the
/// gateway's ids are generated.
fn stored_place(pointer: &str) -> Place {
    let Some(said) = pointer.strip_prefix("/req/M") else {
        return if pointer.ends_with("/text/S") { Place::Typed } else { Place::Made };
    };
    // Between the names stand DynamoDB's type names.
    let names = said
        .split('/')
        .step_by(2)
        .skip(1)
        .map(|name| if name == "ref" { "reference" } else { name });
    place(&names.flat_map(|name| ["/", name]).collect::<String>())
}
