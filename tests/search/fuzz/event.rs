//! Any JSON in the place of API Gateway's event, read by the runtime's own library.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use data_encoding::BASE64;
use dev_stack::template::{Surroundings, Template};
use lambda_http::Request;
use quittance::http::route;
use serde_json::Value;

use super::Ran;
use super::answer::ask;
use super::bench::on_a_bench;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Method and path of every route that the template gives to a function.
pub(super) fn routes() -> &'static [(String, String)] {
    static ROUTES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ROUTES.get_or_init(|| {
        let text = String::new;
        let around = Surroundings {
            stack_name: text(),
            region: text(),
            account_id: text(),
            parameters: BTreeMap::new(),
            sqs_url: text(),
            api_url: text(),
        };
        let template = Template::read(TEMPLATE, &around).unwrap();
        let routes = template.functions.iter().flat_map(|function| &function.routes);
        routes.map(|route| (route.method.clone(), route.path.clone())).collect()
    })
}

/// As the runtime makes it of an event; `None` if it takes the event for none.
pub(super) fn request(event: &str) -> Option<Request> {
    lambda_http::request::from_str(event).ok()
}

/// API Gateway encodes what it says it encoded; at anything else the runtime's own library panics.
fn is_sent(event: &str) -> bool {
    let Ok(event) = serde_json::from_str::<Value>(event) else { return false };
    let body = event["body"].as_str().unwrap_or_default();
    event["isBase64Encoded"] != true || BASE64.decode(body.as_bytes()).is_ok()
}

pub(super) fn run(input: &[u8]) -> Ran {
    let event = str::from_utf8(input).ok().filter(|event| is_sent(event));
    let Some(request) = event.and_then(request) else { return Ran::NotPassedOn };
    let asked = route(&request);
    if !routes().iter().any(|(method, path)| format!("{method} {path}") == asked) {
        return Ran::NotPassedOn;
    }
    on_a_bench(async |bench| ask(bench, request).await);
    Ran::Through
}
