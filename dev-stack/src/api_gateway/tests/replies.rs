use serde_json::json;

use crate::api_gateway::reply;

async fn shown(answer: &str) -> Option<String> {
    let response = reply::read(answer.as_bytes())?;
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers =
        head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    let headers = headers.collect::<Vec<_>>().join(", ");
    Some(format!("{} [{headers}] {}", head.status.as_u16(), String::from_utf8_lossy(&body)))
}

#[tokio::test]
async fn an_answer_with_a_status_is_mapped() {
    let answer = json!({
        "statusCode": 201,
        "headers": { "Content-Type": "application/json", "X-Number": 1, "Content-Length": "99" },
        "multiValueHeaders": {},
        "cookies": ["a=1", "b=2"],
        "body": "aGk=",
        "isBase64Encoded": true,
    });
    let expected =
        "201 [content-type: application/json, x-number: 1, set-cookie: a=1, set-cookie: b=2] hi";
    assert_eq!(shown(&answer.to_string()).await.unwrap(), expected);
    let bare = "204 [content-type: text/plain; charset=utf-8] ";
    assert_eq!(shown("{\"statusCode\":204}").await.unwrap(), bare);
}

#[tokio::test]
async fn an_answer_without_a_status_is_a_json_body() {
    assert_eq!(shown("{\"a\":1}").await.unwrap(), "200 [content-type: application/json] {\"a\":1}");
    assert_eq!(shown("\"hi\"").await.unwrap(), "200 [content-type: application/json] hi");
    assert_eq!(shown("null").await.unwrap(), "200 [content-type: application/json] null");
}

#[tokio::test]
async fn an_answer_that_is_no_response_is_refused() {
    for answer in [
        "",
        "nonsense",
        "{\"statusCode\":\"200\"}",
        "{\"statusCode\":99}",
        "{\"statusCode\":101}",
        "{\"statusCode\":200,\"body\":{}}",
        "{\"statusCode\":200,\"headers\":[]}",
        "{\"statusCode\":200,\"headers\":{\"a b\":\"c\"}}",
        "{\"statusCode\":200,\"body\":\"*\",\"isBase64Encoded\":true}",
    ] {
        assert_eq!(shown(answer).await, None, "{answer}");
    }
}
