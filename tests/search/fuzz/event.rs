//! Any JSON in the place of API Gateway's event, read by the runtime's own library.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use data_encoding::BASE64;
use dev_stack::template::{Surroundings, Template};
use http::Uri;
use lambda_http::Request;
use quittance::http::route;
use serde_json::Value;

use super::Ran;
use super::answer::ask;
use super::bench::on_a_bench;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Headers that API Gateway writes itself.
pub(super) const WRITTEN: [(&str, &str); 2] =
    [("host", "api.example"), ("x-forwarded-proto", "https")];

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

/// The event with what API Gateway itself writes into it, whoever calls. At another host, at a path
/// without a slash, at a query with characters that no address has, at a body that is not in base64
/// though it says so, the runtime's own library panics.
fn sent(event: &str) -> Option<String> {
    let mut event: Value = serde_json::from_str(event).ok()?;
    let encoded = event["isBase64Encoded"] == true;
    let body = event["body"].as_str().unwrap_or_default();
    let path = event["rawPath"].as_str().unwrap_or_default();
    let query = event["rawQueryString"].as_str().unwrap_or_default();
    if !path.starts_with('/')
        || !is_query(query)
        || (encoded && BASE64.decode(body.as_bytes()).is_err())
    {
        return None;
    }
    let headers = event.get_mut("headers")?.as_object_mut()?;
    headers.retain(|name, _| !WRITTEN.iter().any(|(own, _)| name.eq_ignore_ascii_case(own)));
    headers.extend(WRITTEN.map(|(name, value)| (name.to_owned(), value.into())));
    Some(event.to_string())
}

pub(super) fn is_query(text: &str) -> bool {
    format!("/?{text}").parse::<Uri>().is_ok()
}

pub(super) fn run(input: &[u8]) -> Ran {
    let event = str::from_utf8(input).ok().and_then(sent);
    let request = event.as_deref().and_then(request);
    let Some(request) = request else { return Ran::NotPassedOn };
    let asked = route(&request);
    if !routes().iter().any(|(method, path)| format!("{method} {path}") == asked) {
        return Ran::NotPassedOn;
    }
    on_a_bench(async |bench| ask(bench, request).await);
    Ran::Through
}
