//! Arbitrary JSON in place of API Gateway's event, read by the runtime's own library.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dev_stack::template::{Surroundings, Template};
use lambda_http::Request;
use quittance::http::{event, route};

use super::Ran;
use super::answer::ask;
use super::bench::on_a_bench;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Method and path of every route in the template.
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

/// The request that the runtime makes of an event; `None` if it does not recognise the event.
pub(super) fn request(event: &str) -> Option<Request> {
    serde_json::from_str(event).ok().map(|event| Request::from(event::admit(event)))
}

pub(super) fn run(input: &[u8]) -> Ran {
    let Some(request) = str::from_utf8(input).ok().and_then(request) else {
        return Ran::NotPassedOn;
    };
    let asked = route(&request);
    if !routes().iter().any(|(method, path)| format!("{method} {path}") == asked) {
        return Ran::NotPassedOn;
    }
    on_a_bench(async |bench| ask(bench, request).await);
    Ran::Through
}
