//! Headers and URLs that have been tampered with.

use e2e::{KEY, Options, Stack, order_body};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::json;

use super::assert_untouched;
use crate::STACK;

#[tokio::test]
async fn only_application_json_is_taken() {
    let stack = Stack::start(STACK).await;
    let body = order_body().to_string();
    let wrong = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "application/jsonp",
        "json",
        "",
        "text/json",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
        "application/xml",
        "application/json; charset=latin1",
    ];
    for content_type in wrong {
        let request = stack.request(Method::POST, "/api/orders");
        let request = request.header(CONTENT_TYPE, content_type).body(body.clone());
        let answer = stack.send(request).await;
        assert_eq!(answer.slug(), "unsupported-media-type", "{content_type}: {answer}");
        assert_eq!(answer.status, 415);
    }
    let without = stack.request(Method::POST, "/api/orders").body(body.clone());
    stack.send(without).await.expect_problem(415, "unsupported-media-type");
    assert_untouched(&stack).await;
    for content_type in [
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "APPLICATION/JSON",
        " application/json ",
    ] {
        let request = stack.request(Method::POST, "/api/orders");
        let request = request.header(CONTENT_TYPE, content_type).body(body.clone());
        stack.send(request).await.expect(201);
    }
}

#[tokio::test]
async fn a_key_that_is_no_key_is_malformed() {
    let stack = Stack::start(STACK).await;
    let long = "k".repeat(256);
    let wrong: [&[u8]; 7] =
        [b"", long.as_bytes(), b"two words", "schlüssel".as_bytes(), b"a\tb", b"\xff", b"a,b"];
    for key in wrong {
        let request = stack.request(Method::POST, "/api/orders").json(&order_body());
        let request = request.header("idempotency-key", HeaderValue::from_bytes(key).unwrap());
        stack.send(request).await.expect_problem(400, "malformed-idempotency-key");
    }
    assert_untouched(&stack).await;
    for key in ["k", &"k".repeat(255), "!~", "\"quoted\""] {
        stack.post_with_key("/api/orders", key, &order_body()).await.expect(201);
    }
}

#[tokio::test]
async fn only_a_live_key_opens_anything() {
    let stack = Stack::start(STACK).await;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", stack.address("api"));
    let basic = "Basic c2tfdGVzdF9sb2NhbDo=";
    let wrong = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer sk_test_local2",
        "Bearer SK_TEST_LOCAL",
        "Bearer sk_test_local, Bearer sk_test_local",
        "Token sk_test_local",
        KEY,
        basic,
        "Bearer v1.k1.99999999999.AAAA",
        "Bearer sk_test_loca",
        "Bearer \u{a0}",
    ];
    let routes = [
        (Method::POST, "/api/orders"),
        (Method::POST, "/api/payments"),
        (Method::GET, "/api/orders/ORD_00000000000000000000"),
        (Method::GET, "/api/payments/PAY_00000000000000000000000000"),
        (Method::POST, "/api/payments/PAY_00000000000000000000000000/capture"),
        (Method::POST, "/api/payments/PAY_00000000000000000000000000/cancel"),
        (Method::POST, "/api/payments/PAY_00000000000000000000000000/refunds"),
        (Method::POST, "/api/orders/ORD_00000000000000000000/cancel"),
    ];
    for (method, path) in routes {
        let bare = client.request(method.clone(), url(path)).json(&order_body());
        stack.send(bare).await.expect_problem(401, "unauthorized");
        for authorization in wrong {
            let value = HeaderValue::from_bytes(authorization.as_bytes()).unwrap();
            let request = client.request(method.clone(), url(path)).header(AUTHORIZATION, value);
            stack.send(request.json(&order_body())).await.expect_problem(401, "unauthorized");
        }
    }
    assert_untouched(&stack).await;
}

/// A key for each scope, and its hash as `sha256sum` prints it.
const KEYS: [(&str, &str, &str); 4] = [
    (
        "orders:write",
        "sk_test_orders",
        "5b7cef04c24d2f328abc9327090578708d4236203a5f045480097980a37f7f29",
    ),
    (
        "payments:write",
        "sk_test_payments",
        "7cae26b67118fba466c91a7ffcab5b0d04bce7bd79ce20639aa42322a30a07a2",
    ),
    (
        "refunds:write",
        "sk_test_refunds",
        "ee2a9c04e8466e62c71eb43db0cf5f4596941fc3d661425fb5d863f38b79c891",
    ),
    ("read", "sk_test_reader", "f937c220cd3dfa67603d8fa81530c812e6c75e77d13c0c9c4d4d32e1434e4128"),
];

#[tokio::test]
async fn a_key_opens_the_routes_of_its_scope_and_no_others() {
    let keys = KEYS.map(|(scope, id, hash)| json!({ "id": id, "sha256": hash, "scopes": [scope] }));
    let secrets = json!({ "quittance/api-keys": keys });
    let stack = Stack::with_secrets(STACK, &secrets, Options::default()).await;
    let routes = [
        (Method::POST, "/api/orders", "orders:write"),
        (Method::POST, "/api/orders/ORD_00000000000000000000/cancel", "orders:write"),
        (Method::POST, "/api/payments", "payments:write"),
        (Method::POST, "/api/payments/PAY_0/capture", "payments:write"),
        (Method::POST, "/api/payments/PAY_0/cancel", "payments:write"),
        (Method::POST, "/api/payments/PAY_0/refunds", "refunds:write"),
        (Method::GET, "/api/orders/ORD_0", "read"),
        (Method::GET, "/api/payments/PAY_0", "read"),
        (Method::GET, "/api/payments/PAY_0/refunds/RFD_0", "read"),
    ];
    for (method, path, needed) in routes {
        for (scope, key, _) in KEYS {
            let url = format!("{}{path}", stack.address("api"));
            let request = reqwest::Client::new().request(method.clone(), url).bearer_auth(key);
            let request = request.header("idempotency-key", "k").json(&json!({}));
            let answer = stack.send(request).await;
            let forbidden = (answer.status, answer.slug()) == (403, "forbidden");
            assert_eq!(forbidden, scope != needed, "{method} {path} with {scope}: {answer}");
        }
    }
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn the_order_of_checks_is_size_then_key_then_type_then_body() {
    let stack = Stack::start(STACK).await;
    let url = format!("{}/api/payments", stack.address("api"));
    let large = "x".repeat(64 * 1024 + 1);
    let stranger = |body: &str| reqwest::Client::new().post(&url).body(body.to_owned());
    stack.send(stranger(&large)).await.expect_problem(413, "too-large");
    stack.send(stranger("x")).await.expect_problem(401, "unauthorized");
    let known = |body: &str| {
        stack
            .request(Method::POST, "/api/payments")
            .header("idempotency-key", "")
            .body(body.to_owned())
    };
    stack.send(known("x")).await.expect_problem(415, "unsupported-media-type");
    let json = |body: &str| known(body).header(CONTENT_TYPE, "application/json");
    stack.send(json("x")).await.expect_problem(400, "malformed-json");
    stack.send(json("{\"extra\":1}")).await.expect_problem(400, "malformed-idempotency-key");
    assert_untouched(&stack).await;
}

#[tokio::test]
async fn a_shopper_is_sent_only_to_where_the_merchant_has_said() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&order_body()).await;
    let before = stack.items().await;
    let shop = stack.address("shop").to_owned();
    let host = shop.strip_prefix("http://").unwrap();
    let long = format!("{shop}/{}", "x".repeat(2000 - shop.len()));
    assert_eq!(long.len(), 2001);
    let wrong = [
        "javascript:alert(1)".to_owned(),
        "data:text/html,x".to_owned(),
        String::new(),
        "https://evil.example/".to_owned(),
        "http://evil.example/".to_owned(),
        format!("http://user@{host}/"),
        format!("http://user:pass@{host}/"),
        format!("{shop}@evil.example/"),
        format!("{shop}.evil.example/"),
        format!("//{host}/"),
        format!("https://{host}/"),
        "/return".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://127.0.0.1:1/".to_owned(),
        format!("ftp://{host}/"),
        "http://".to_owned(),
        long,
        // Within the limit only before it is parsed.
        format!("{shop}/{}", "ü".repeat(800)),
    ];
    for url in wrong {
        let answer = stack.pay(&order, json!({ "return_url": url })).await;
        assert_eq!((answer.status, answer.slug()), (422, "invalid-request"), "{url}: {answer}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/return_url", "{url}: {answer}");
        assert!(url.is_empty() || !answer.text.contains("evil"), "{answer}");
    }
    assert_eq!(stack.items().await, before);
    let longest = format!("{shop}/{}", "x".repeat(1999 - shop.len()));
    stack.pay(&order, json!({ "return_url": longest })).await.expect(201);
    let other = stack.order(&order_body()).await;
    let address = format!("{shop}/return?order={other}#paid");
    stack.pay(&other, json!({ "return_url": address })).await.expect(201);
}
