//! What every answer keeps to, whatever was asked.

use http::header::CONTENT_TYPE;
use lambda_http::{Body, Request, RequestExt, Response};
use quittance::http::card::{self, Place};
use quittance::http::input::{bytes, place};
use quittance::http::problem::Kind;
use quittance::http::route;
use quittance::system::unix_ms;
use serde_json::Value;

use super::bench::{Bench, Marks};

/// So long a function may run.
const TIMEOUT_MS: u64 = 25_000;

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// Asks, and holds the answer to the contract.
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
        // Nothing in this world fails, so a 5xx has its reason in the input.
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

/// No number of a card is shown or kept, wherever in a request it stood.
fn assert_no_card(body: &Value, marks: &Marks) {
    assert_eq!(card::find(body, place), [""; 0], "an answer holds a card's number");
    for item in marks.items.values() {
        let found = card::find(item, stored_place);
        assert_eq!(found, [""; 0], "an item holds a card's number");
    }
}

/// Who wrote what an item holds: of what the merchant said, the same as in the request. Hashes and the
/// gateway's names are made.
fn stored_place(pointer: &str) -> Place {
    let Some(said) = pointer.strip_prefix("/req/M") else {
        return if pointer.ends_with("/text/S") { Place::Typed } else { Place::Made };
    };
    // Between the names stand DynamoDB's words for what follows.
    let names = said
        .split('/')
        .step_by(2)
        .skip(1)
        .map(|name| if name == "ref" { "reference" } else { name });
    place(&names.flat_map(|name| ["/", name]).collect::<String>())
}
