use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};

use super::template;
use crate::api_gateway::event::{Arrival, has_usable_host};
use crate::api_gateway::routes::Routes;

fn event(request: Request<Vec<u8>>) -> Value {
    let (head, body) = request.into_parts();
    let route = Routes::of(&template()).find(&head.method, head.uri.path()).unwrap();
    let arrival = Arrival {
        head,
        body: body.into(),
        route,
        peer: [192, 0, 2, 7].into(),
        request_id: "0123abcd".to_owned(),
        at_ms: 1_583_348_638_390,
    };
    serde_json::from_slice(&arrival.event()).unwrap()
}

#[test]
fn a_request_becomes_an_event_of_payload_2_0() {
    let request = Request::post("/api/orders?a=1&b=x%20y&a=2")
        .header("Host", "127.0.0.1:3000")
        .header("User-Agent", "agent")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("X-Twice", "one")
        .header("X-Twice", "two")
        .header("Cookie", "s=1; t=2")
        .body(b"{\"n\":1}".to_vec());
    let expected = json!({
        "version": "2.0",
        "routeKey": "POST /api/orders",
        "rawPath": "/api/orders",
        "rawQueryString": "a=1&b=x%20y&a=2",
        "cookies": ["s=1", "t=2"],
        "headers": {
            "host": "127.0.0.1:3000",
            "user-agent": "agent",
            "content-type": "application/json; charset=utf-8",
            "content-length": "7",
            "x-twice": "one,two",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
            "x-amzn-trace-id": "Root=1-0123abcd",
        },
        "queryStringParameters": { "a": "1,2", "b": "x y" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "127.0.0.1",
            "domainPrefix": "127",
            "http": {
                "method": "POST",
                "path": "/api/orders",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "agent",
            },
            "requestId": "0123abcd",
            "routeKey": "POST /api/orders",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_i64,
        },
        "body": "{\"n\":1}",
        "isBase64Encoded": false,
    });
    assert_eq!(event(request.unwrap()), expected);
}

#[test]
fn cookies_of_several_headers_are_one_list_and_no_header() {
    let request = Request::post("/api/orders")
        .header("cookie", "a=1; b=2")
        .header("Cookie", "c=3")
        .body(Vec::new());
    let event = event(request.unwrap());
    assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
    assert_eq!(event["headers"].get("cookie"), None);
}

#[test]
fn a_query_is_given_as_it_came_and_decoded() {
    let query = |query: &str| {
        let request = Request::post(format!("/api/orders?{query}")).body(Vec::new());
        let event = event(request.unwrap());
        assert_eq!(event["rawQueryString"], query);
        event["queryStringParameters"].clone()
    };
    assert_eq!(query("a%5B%5D=1&a[]=2"), json!({ "a[]": "1,2" }));
    assert_eq!(query("a=&b"), json!({ "a": "", "b": "" }));
    assert_eq!(query("a=1%2C2&a=3"), json!({ "a": "1,2,3" }));
    assert_eq!(query("a=%C3%A9%26"), json!({ "a": "é&" }));
}

#[test]
fn names_of_headers_are_in_small_letters() {
    let request = Request::post("/api/orders").header("X-Mixed-Case", "Kept").body(Vec::new());
    assert_eq!(event(request.unwrap())["headers"]["x-mixed-case"], "Kept");
}

#[test]
fn what_is_empty_is_absent_from_the_event() {
    let event = event(Request::get("/api/orders/ORD_1").body(Vec::new()).unwrap());
    for name in ["body", "cookies", "queryStringParameters"] {
        assert_eq!(event.get(name), None, "{name}");
    }
    assert_eq!(event["pathParameters"], json!({ "order_id": "ORD_1" }));
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event["rawQueryString"], "");
}

#[test]
fn only_listed_content_types_travel_as_text() {
    let body = |content_type: Option<&str>, body: &[u8]| {
        let request = Request::post("/api/orders");
        let request = match content_type {
            Some(value) => request.header("content-type", value),
            None => request,
        };
        let event = event(request.body(body.to_vec()).unwrap());
        (event["isBase64Encoded"].as_bool().unwrap(), event["body"].as_str().unwrap().to_owned())
    };
    for text in ["text/csv", "application/json", "APPLICATION/XML", "application/javascript;v=1"] {
        assert_eq!(body(Some(text), b"hi"), (false, "hi".to_owned()), "{text}");
    }
    for binary in ["application/x-www-form-urlencoded", "application/problem+json", "image/png", ""]
    {
        assert_eq!(body(Some(binary), b"hi"), (true, "aGk=".to_owned()), "{binary}");
    }
    assert_eq!(body(None, b"hi"), (true, "aGk=".to_owned()));
    assert_eq!(body(Some("application/json"), b"\xff"), (true, "/w==".to_owned()));
}

#[test]
fn the_path_is_decoded_and_loses_what_follows_a_decoded_question_mark() {
    let event = event(Request::get("/api/orders/a%20b%3Fc").body(Vec::new()).unwrap());
    assert_eq!(event["rawPath"], "/api/orders/a b");
    assert_eq!(event["pathParameters"]["order_id"], "a b?c");
}

#[test]
fn an_unusable_host_is_recognised() {
    let usable = |host: &str| {
        has_usable_host(&HeaderMap::from_iter([("host".parse().unwrap(), host.parse().unwrap())]))
    };
    assert!(usable("127.0.0.1:3000") && usable("[::1]:3000") && usable("shop.example"));
    assert!(!usable("") && !usable("a b") && !usable("[") && !usable("x@y") && !usable("x:99999"));
}
