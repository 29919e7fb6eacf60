//! The samples in `events/`, each fed to its function's handler.

use std::collections::{BTreeMap, BTreeSet};

use dev_stack::functions::{NAMES, REQUESTS};
use lambda_runtime::LambdaEvent;
use quittance::http::route;
use serde_json::{Value, json};

use crate::STACK;
use crate::bench::{Bench, Outcome};
use crate::event::{Event, context};

/// The samples for the API, each with the answer of a stack that does not know its ids: the status, and the
/// problem's slug if there is one. `tests/local` expects the same.
fn asked() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("samples.json")).unwrap()
}

/// The secret that signs the sample webhook.
const SAMPLE_SECRET: &str = "whsec_cXVpdHRhbmNlIHNhbXBsZSBldmVudCBzZWNyZXQgMDE=";

/// A stack whose gateway also signs with the samples' secret.
async fn bench() -> Bench {
    let stack = e2e::Stack::start(STACK).await;
    let mut secret = stack.secret("quittance/gateways/sandbox").await;
    let ours = json!({ "id": "sample", "key": SAMPLE_SECRET, "not_after": null });
    secret["webhook_secrets"].as_array_mut().unwrap().push(ours);
    stack.set_secret("quittance/gateways/sandbox", &secret).await;
    Bench::on(stack).await
}

/// Asks at the time when API Gateway received the event.
async fn ask(bench: &Bench, event: &Event) -> Outcome {
    bench.set_now(event.taken_at());
    bench.ask(event).await
}

fn names() -> BTreeSet<String> {
    let folder = format!("{}/../events", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    files.map(|name| name.into_string().unwrap().trim_end_matches(".json").to_owned()).collect()
}

#[test]
fn every_sample_is_fed_to_its_function() {
    // Events of the schedule and the queue have the name of their function.
    let others = NAMES.into_iter().filter(|name| !REQUESTS.contains(name)).map(str::to_owned);
    assert_eq!(names(), asked().into_keys().chain(others).collect());
}

#[test]
fn a_sample_is_what_api_gateway_sends() {
    for name in asked().keys() {
        let event = Event::of(name);
        let value = event.value();
        assert_eq!(json!(route(&event.request())), value["routeKey"], "{name}");
        let length = value["headers"]["content-length"].as_str().unwrap_or("0");
        assert_eq!(length, event.text().len().to_string(), "{name}: content-length");
        let parameters = value["pathParameters"].as_object().cloned().unwrap_or_default();
        let mut path = value["routeKey"].as_str().unwrap().split_once(' ').unwrap().1.to_owned();
        for (parameter, given) in parameters {
            path = path.replace(&format!("{{{parameter}}}"), given.as_str().unwrap());
        }
        assert_eq!(value["rawPath"], path, "{name}");
        assert_eq!(value["requestContext"]["http"]["path"], path, "{name}");
    }
}

#[tokio::test]
async fn each_sample_is_answered_as_it_stands() {
    for (name, expected) in asked() {
        let bench = bench().await;
        let (status, slug) = expected.split_once(' ').unwrap_or((&expected, ""));
        let status = status.parse().unwrap();
        let answer = ask(&bench, &Event::of(&name)).await.answered(status);
        let problem = answer.word("type");
        assert_eq!(problem.trim_start_matches("/problems/"), slug, "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_sample_webhook_verifies_at_the_time_that_it_names() {
    let bench = bench().await;
    let event = Event::of("webhook-receiver");
    let parked = ask(&bench, &event).await.answered(200);
    assert_eq!(parked.body, json!({ "received": "parked" }), "its order is unknown");
    ask(&bench, &event.clone().in_base64()).await.answered(200);
    bench.set_now(event.taken_at() + 3600);
    let late = bench.ask(&event).await.answered(401);
    assert_eq!(late.word("type"), "/problems/unauthorized");
}

#[tokio::test]
async fn the_answer_to_the_invalid_sample_lists_every_mistake() {
    let bench = bench().await;
    let event = Event::of("create-order-invalid");
    let answer = ask(&bench, &event).await.answered(422);
    let errors = answer.body["errors"].as_array().unwrap();
    let pointers: Vec<&Value> = errors.iter().map(|error| &error["pointer"]).collect();
    assert_eq!(
        json!(pointers),
        json!([
            "/items/0/product_id",
            "/items/0/quantity",
            "/items/0/colour",
            "/total_amount",
            "/currency"
        ]),
    );
}

#[tokio::test]
async fn the_samples_form_one_story() {
    let bench = bench().await;
    let order = ask(&bench, &Event::of("create-order")).await.answered(201);
    let order = order.word("order_id");
    let event = Event::of("create-payment").about(&order, "");
    let made = ask(&bench, &event).await.answered(201);
    let payment = made.word("payment_id");
    let sample = |name: &str| Event::of(name).about(&order, &payment);

    bench.stack.choose(&made.word("checkout_url"), "approve").await.expect(200);
    let mut body: Value = serde_json::from_str(&sample("webhook-receiver").text()).unwrap();
    body["id"] = bench.stack.truth(&payment).await[0]["id"].clone();
    let event = sample("webhook-receiver").body(&body);
    let event = event.signed(SAMPLE_SECRET, "evt_1", Event::of("webhook-receiver").taken_at());
    let heard = ask(&bench, &event).await.answered(200);
    assert_eq!(heard.body, json!({ "received": "committed" }));

    let shown = ask(&bench, &sample("status-check")).await.answered(200);
    assert_eq!(shown.word("status"), "succeeded");
    let shown = ask(&bench, &sample("status-check-order")).await.answered(200);
    assert_eq!(shown.word("status"), "paid");
    for (name, slug) in [
        ("capture-payment", "payment-not-authorized"),
        ("cancel-payment", "payment-succeeded"),
        ("cancel-payment-order", "order-paid"),
    ] {
        let refused = ask(&bench, &sample(name)).await.answered(409);
        assert_eq!(refused.word("type"), format!("/problems/{slug}"), "{name}");
    }
    let refund = ask(&bench, &sample("refund-payment")).await.answered(201);
    assert_eq!(
        (refund.body["amount"].clone(), refund.word("status")),
        (json!(2500), "succeeded".into())
    );
    let event = sample("status-check-refund").naming_refund(&refund.word("refund_id"));
    let shown = ask(&bench, &event).await.answered(200);
    assert_eq!(shown.body, refund.body);
}

#[tokio::test]
async fn the_schedules_sample_runs_a_sweep() {
    let bench = bench().await;
    let event = LambdaEvent::new(Event::of("sweep-due").value().clone(), context());
    let swept = sweep_due::handle(&bench.app, event).await.unwrap();
    assert_eq!(swept, json!({ "due": 0, "failed": 0, "left": 0 }));
}

#[tokio::test]
async fn the_queues_sample_is_posted_to_the_shop() {
    let bench = bench().await;
    let sample = Event::of("deliver-confirmation");
    let event = serde_json::from_value(sample.value().clone()).unwrap();
    let event = LambdaEvent::new(event, context());
    let response = deliver_confirmation::handle(&bench.app, event).await.unwrap();
    assert!(response.batch_item_failures.is_empty(), "{response:?}");
    let body: Value =
        serde_json::from_str(sample.value()["Records"][0]["body"].as_str().unwrap()).unwrap();
    let order = body["data"]["order_id"].as_str().unwrap();
    let inbox = bench.stack.inbox(order).await;
    assert_eq!(inbox.len(), 1, "{inbox:?}");
    assert_eq!(inbox[0]["type"], "payment.completed");
}
