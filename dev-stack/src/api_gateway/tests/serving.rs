use std::time::Duration;

use axum::http::Method;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::template;
use crate::api_gateway::{ApiGateway, BODY_MAX};
use crate::clock::Clock;
use crate::lambda::tests::lambda;

fn client() -> Client {
    crate::http_client::builder().build().unwrap()
}

async fn started(api_timeout_ms: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let timeout = Duration::from_millis(api_timeout_ms);
    let gateway = ApiGateway::new(&template(), lambda(3_000, 10).await, Clock::system(), timeout);
    tokio::spawn(gateway.serve(listener));
    url
}

async fn exchange(method: Method, url: String, body: impl Into<reqwest::Body>) -> (u16, String) {
    let request = client().request(method, url).body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_request_reaches_its_function_and_the_answer_comes_back() {
    let url = started(30_000).await;
    let (status, body) = exchange(Method::GET, format!("{url}/api/orders/ORD_1?x=1"), "").await;
    assert_eq!(status, 200);
    let event: Value = serde_json::from_str::<Value>(&body).unwrap()["sent"].clone();
    assert_eq!(event["pathParameters"]["order_id"], "ORD_1");
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
}

#[tokio::test]
async fn api_gateways_own_answers_are_messages() {
    let url = started(30_000).await;
    let not_found = (404, "{\"message\":\"Not Found\"}".to_owned());
    assert_eq!(exchange(Method::GET, format!("{url}/nothing"), "").await, not_found);
    let failed = (500, "{\"message\":\"Internal Server Error\"}".to_owned());
    for what in ["fail", "die", "sleep"] {
        let url = format!("{url}/api/orders/x?do={what}");
        assert_eq!(exchange(Method::GET, url, "").await, failed, "{what}");
    }
    let large = (413, "{\"message\":\"Request Entity Too Large\"}".to_owned());
    let orders = format!("{url}/api/orders");
    let body = vec![b' '; BODY_MAX + 1];
    assert_eq!(exchange(Method::POST, orders.clone(), body).await, large);
    // Within API Gateway's limit, but in base64 beyond Lambda's.
    assert_eq!(exchange(Method::POST, orders, vec![0_u8; 5_000_000]).await, large);
}

#[tokio::test]
async fn request_line_and_header_values_have_a_limit_together() {
    let url = started(30_000).await;
    let orders = format!("{url}/api/orders/x");
    let asked = |padding: usize| {
        let request = client().get(&orders).header("x-padding", "p".repeat(padding));
        async move { request.send().await.unwrap() }
    };
    let sent = asked(1).await.json::<Value>().await.unwrap()["sent"].clone();
    let headers = sent["headers"].as_object().unwrap();
    // Headers that the gateway adds are not the caller's.
    let own = ["x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"];
    let given = headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let values: usize = given
        .filter(|(name, _)| *name != "content-length")
        .map(|(_, v)| v.as_str().unwrap().len())
        .sum();
    let rest = 10_240 - values - "GET /api/orders/x HTTP/1.1".len() + 1;
    assert_eq!(asked(rest).await.status(), 200);
    let answer = asked(rest + 1).await;
    assert_eq!(answer.status(), 431);
    let text = answer.text().await.unwrap();
    assert_eq!(text, "{\"message\":\"Request Header Fields Too Large\"}");
}

#[tokio::test]
async fn a_method_without_a_route_is_not_found() {
    let url = started(30_000).await;
    let not_found = "{\"message\":\"Not Found\"}".to_owned();
    for method in [Method::OPTIONS, Method::DELETE, Method::PUT] {
        let url = format!("{url}/api/orders/x");
        assert_eq!(exchange(method, url, "").await, (404, not_found.clone()));
    }
    // A route for GET takes no HEAD, and an answer to HEAD has no body.
    let answer = exchange(Method::HEAD, format!("{url}/api/orders/x"), "").await;
    assert_eq!(answer, (404, String::new()));
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let url = started(30_000).await;
    for path in ["/api/orders/x", "/nothing"] {
        let answer = client().get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(answer.headers()["apigw-requestid"].len(), 32, "{path}");
    }
}

#[tokio::test]
async fn a_function_that_outlasts_the_api_is_a_503_and_goes_on() {
    let url = started(300).await;
    let timeout = (503, "{\"message\":\"Service Unavailable\"}".to_owned());
    let slow = format!("{url}/api/orders/x?do=sleep");
    assert_eq!(exchange(Method::GET, slow, "").await, timeout);
    let (_, listed) = exchange(Method::GET, format!("{url}/2015-03-31/functions"), "").await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["functions"][0]["name"], "echo");
    assert_eq!(listed["functions"][0]["pids"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn fifty_requests_at_once_are_all_answered() {
    let url = started(30_000).await;
    let requests: Vec<_> = (0..50)
        .map(|n| tokio::spawn(exchange(Method::GET, format!("{url}/api/orders/{n}?do=nap"), "")))
        .collect();
    for (n, request) in requests.into_iter().enumerate() {
        let (status, body) = request.await.unwrap();
        assert_eq!(status, 200);
        assert!(body.contains(&format!("\"order_id\":\"{n}\"")), "{body}");
    }
}

#[tokio::test]
async fn any_function_can_be_invoked_by_name() {
    let url = started(30_000).await;
    let invoke = |name: &str, body: &'static str| {
        let url = format!("{url}/2015-03-31/functions/{name}/invocations");
        async move { client().post(url).body(body).send().await.unwrap() }
    };
    let answer = invoke("echo", "").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("x-amz-function-error").is_none());
    assert_eq!(answer.json::<Value>().await.unwrap()["sent"], json!({}));

    let failed = invoke("echo", "{\"do\":\"fail\"}").await;
    assert_eq!(failed.status(), 200);
    assert_eq!(failed.headers()["x-amz-function-error"], "Unhandled");
    assert!(failed.text().await.unwrap().contains("no such luck"));

    assert_eq!(invoke("nothing", "{}").await.status(), 404);
    assert_eq!(invoke("echo", "{").await.status(), 400);
}

#[tokio::test]
async fn a_body_of_text_is_kept_to_the_byte() {
    let url = started(30_000).await;
    let (_, body) = exchange(Method::POST, format!("{url}/api/orders"), "{\"ä\": 1 }\r\n").await;
    let sent = serde_json::from_str::<Value>(&body).unwrap()["sent"].clone();
    let bytes = data_encoding::BASE64.decode(sent["body"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(bytes, "{\"ä\": 1 }\r\n".as_bytes());
}
