//! Paths that no client library would send unescaped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use e2e::{KEY, Stack, order_body};
use serde_json::Value;

use super::assert_untouched;
use crate::STACK;

/// The status and the body of the answer to a raw request line.
async fn raw(stack: &Stack, method: &str, path: &str) -> (u16, Value) {
    let host = stack.address("api").strip_prefix("http://").unwrap().to_owned();
    let body = if method == "POST" { order_body().to_string() } else { String::new() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: once\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len(),
    );
    let exchange = move || {
        let mut connection = TcpStream::connect(host).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A connection that is reset after its answer was read has still answered.
        let _ = connection.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = tokio::task::spawn_blocking(exchange).await.unwrap();
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn no_detour_leads_to_another_route() {
    let stack = Stack::start(STACK).await;
    let detours = [
        "/api/orders/../payments",
        "/api/orders/%2e%2e/payments",
        "/api/./orders",
        "//api/orders",
        "/api//orders",
        "/api/orders/",
        "/API/ORDERS",
        "/api/orders;x=1",
        "/api%2Forders",
        "/api/orders%00",
        "/api/orders%20",
        "/api/orders/..%2f..%2fapi%2forders",
        "/api\\orders",
        "/api/orders.json",
        "/",
        "/api",
        "/api/webhooks",
        "/api/webhooks/",
        "/%",
        "/api/orders%",
        "/2015-03-31/functions/../functions/nothing/invocations",
        "/.env",
        "/control/payments",
    ];
    for path in detours {
        let (status, body) = raw(&stack, "POST", path).await;
        assert!([400, 404, 405].contains(&status), "{path}: {status} {body}");
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "BREW"] {
        let (status, body) = raw(&stack, method, "/api/orders").await;
        assert!([400, 404, 405].contains(&status), "{method}: {status} {body}");
    }
    assert_untouched(&stack).await;
}

/// Ids of the wrong shape: none of them exists.
fn wrong_ids(prefix: &str, characters: usize) -> Vec<String> {
    let digits = |count: usize| "0".repeat(count);
    vec![
        "x".to_owned(),
        "*".to_owned(),
        "%00".to_owned(),
        "%ff%fe".to_owned(),
        "..%2f".to_owned(),
        prefix.to_owned(),
        format!("{prefix}{}", digits(characters - 1)),
        format!("{prefix}{}", digits(characters + 1)),
        format!("{prefix}{}%00", digits(characters)),
        format!("{prefix}{}%20", digits(characters)),
        format!("{prefix}{}", "I".repeat(characters)),
        format!("{prefix}{}", "a".repeat(characters)),
        format!("{prefix}{}", digits(6000)),
        format!("{}{}", prefix.to_lowercase(), digits(characters)),
        format!("{prefix}{}%C3%A9", digits(characters - 1)),
        format!("%20{prefix}{}", digits(characters)),
        format!("O%23{prefix}{}", digits(characters)),
        "%27%20OR%201%3D1".to_owned(),
        format!("{prefix}{}", "%EF%BC%90".repeat(characters)),
        "%7B%22S%22%3A%22x%22%7D".to_owned(),
    ]
}

#[tokio::test]
async fn an_id_of_the_wrong_shape_names_nothing() {
    let stack = Stack::start(STACK).await;
    for id in wrong_ids("ORD_", 20) {
        let (status, body) = raw(&stack, "GET", &format!("/api/orders/{id}")).await;
        assert_eq!(
            (status, &body["type"]),
            (404, &"/problems/order-not-found".into()),
            "{id} {body}"
        );
    }
    for id in wrong_ids("PAY_", 26) {
        let (status, body) = raw(&stack, "GET", &format!("/api/payments/{id}")).await;
        let slug = "/problems/payment-not-found".into();
        assert_eq!((status, &body["type"]), (404, &slug), "{id} {body}");
    }
    let payment = stack.checkout().await.payment;
    let before = stack.items().await;
    for id in wrong_ids("RFD_", 26) {
        let path = format!("/api/payments/{payment}/refunds/{id}");
        let (status, body) = raw(&stack, "GET", &path).await;
        let slug = "/problems/refund-not-found".into();
        assert_eq!((status, &body["type"]), (404, &slug), "{id} {body}");
    }
    assert_eq!(stack.items().await, before);
    assert_eq!(stack.panics(), Vec::<String>::new());
}
