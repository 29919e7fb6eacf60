//! A flood of requests on the public routes leaves the merchant's own routes unaffected.

use serde_json::Value;

use crate::source::read;
use crate::template::{functions, ours, parse};
use crate::{found, none};

/// Routes that need no API key; other checks admit their callers.
const OPEN: [&str; 3] = [
    "GET /api/payments/{payment_id}",
    "OPTIONS /api/payments/{payment_id}",
    "POST /api/webhooks/{gateway}",
];

fn routes(template: &Value) -> Vec<String> {
    let mut routes = Vec::new();
    for (_, function) in functions(template) {
        for (_, event) in function["Events"].as_object().into_iter().flatten() {
            if event["Type"] == "HttpApi" {
                let part = |name: &str| event["Properties"][name].as_str().unwrap_or_default();
                routes.push(format!("{} {}", part("Method"), part("Path")));
            }
        }
    }
    routes
}

fn violations(template: &Value, open: &[&str]) -> Vec<String> {
    let routes = routes(template);
    let settings = template["Resources"]["Api"]["Properties"]["RouteSettings"].clone();
    let limited = settings.as_object().cloned().unwrap_or_default();
    let own = |route: &str| {
        let limit = |name: &str| limited[route][name]["Ref"].as_str().unwrap_or_default();
        (limit("ThrottlingRateLimit"), limit("ThrottlingBurstLimit")) == ("OpenRate", "OpenBurst")
    };
    let unlimited = open.iter().filter(|route| !limited.contains_key(**route) || !own(route));
    let unlimited = unlimited.map(|route| format!("{route} has no throttle of its own"));
    let idle = limited.keys().filter(|route| !routes.contains(route));
    let idle = idle.map(|route| format!("no route {route}: API Gateway refuses its settings"));
    unlimited.chain(idle).collect()
}

#[test]
fn each_route_that_needs_no_key_has_a_throttle_of_its_own() {
    none(&violations(&ours(), &OPEN));
    let described: Value = serde_json::from_str(&read("docs/openapi.json")).unwrap();
    let mut open = Vec::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schemes = operation["security"].as_array().cloned().unwrap_or_default();
            let merchants =
                !schemes.is_empty() && schemes.iter().all(|s| s.get("apiKey").is_some());
            if !merchants && operation.get("responses").is_some() {
                open.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    open.sort();
    assert_eq!(open, OPEN, "by the API's description");
}

#[test]
fn an_open_route_without_a_throttle_is_found() {
    let template = parse(
        "Resources:\n  Api:\n    Properties:\n      RouteSettings:\n        \
         GET /a: {ThrottlingRateLimit: !Ref OpenRate, ThrottlingBurstLimit: !Ref OpenBurst}\n        \
         GET /c: {ThrottlingRateLimit: !Ref OpenRate}\n        GET /gone: {}\n  \
         F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n        \
         A: {Type: HttpApi, Properties: {Method: GET, Path: /a}}\n        \
         B: {Type: HttpApi, Properties: {Method: GET, Path: /b}}\n        \
         C: {Type: HttpApi, Properties: {Method: GET, Path: /c}}\n",
    );
    found(
        &violations(&template, &["GET /a", "GET /b", "GET /c"]),
        &[
            "GET /b has no throttle of its own",
            "GET /c has no throttle of its own",
            "no route GET /gone: API Gateway refuses its settings",
        ],
    );
}
