use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;

use super::*;
use crate::gateways::{Served, serve};

fn alone(core: Arc<Core>, webhooks_to: Option<Url>) -> Vec<Served> {
    vec![Served { name: "sandbox".to_owned(), core, webhooks_to }]
}

/// Answers 500 to the first request and 200 to all others, and passes their heads and bodies on.
async fn merchant(listener: TcpListener, received: mpsc::UnboundedSender<String>) {
    for n in 0.. {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).ends_with('}') {
            assert_ne!(stream.read_buf(&mut text).await.unwrap(), 0);
        }
        let status = if n == 0 { "500 Oh" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        received.send(String::from_utf8(text).unwrap()).unwrap();
    }
}

/// Sends raw bytes; everything that comes until the connection ends.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

fn raw_create(length: usize, body: &str) -> String {
    format!(
        "POST /v1/payments HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {API_KEY}\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// A test that waits forever reports nothing.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it takes too long")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn a_refused_webhook_is_sent_again_until_it_is_acknowledged() {
    let Bench { core, time } = Bench::new(Profile::Full);
    let core = Arc::new(core);
    let (listener, address) = listen().await;
    let (merchants, merchant_address) = listen().await;
    let (sender, mut received) = mpsc::unbounded_channel();
    let merchant = tokio::spawn(merchant(merchants, sender));
    let url = Url::parse(&format!("http://{merchant_address}/api/webhooks/sandbox")).unwrap();
    let serving = tokio::spawn(serve(listener, alone(Arc::clone(&core), Some(url))));

    let body = payment_body(json!({"metadata": {"sandbox": "approve"}})).to_string();
    let answer = raw(address, &raw_create(body.len(), &body)).await;
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    let first = soon(received.recv()).await.unwrap();
    assert!(first.starts_with("POST /api/webhooks/sandbox HTTP/1.1\r\n"), "{first}");
    assert!(first.contains("payment.completed") && first.contains("webhook-signature: v1,"));
    // The test moves the clock until the gateway tries again.
    let second = soon(async {
        loop {
            time.fetch_add(1_000, Ordering::SeqCst);
            let next = tokio::time::timeout(Duration::from_millis(100), received.recv()).await;
            if let Ok(next) = next {
                break next.unwrap();
            }
        }
    })
    .await;
    let id =
        |text: &str| text.lines().find(|line| line.starts_with("webhook-id")).map(str::to_owned);
    assert!(id(&first).is_some());
    assert_eq!(id(&first), id(&second));
    soon(async {
        while core.next_delivery_at().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    serving.abort();
    merchant.abort();
}

#[tokio::test]
async fn silence_and_a_dropped_connection_are_just_that() {
    let core = Arc::new(Bench::new(Profile::Full).core);
    let (listener, address) = listen().await;
    let serving = tokio::spawn(serve(listener, alone(Arc::clone(&core), None)));
    let behave = |mode: &str| {
        let body = json!({"create": mode}).to_string();
        format!(
            "PUT /control/behaviour HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let body = payment_body(json!({})).to_string();
    let create = raw_create(body.len(), &body);

    assert!(raw(address, &behave("close")).await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(raw(address, &create).await, "", "not one byte");
    assert!(raw(address, &behave("timeout_before")).await.starts_with("HTTP/1.1 200 OK"));
    let silence = tokio::time::timeout(Duration::from_millis(200), raw(address, &create)).await;
    assert!(silence.is_err(), "neither an answer nor an end");
    serving.abort();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read_whole() {
    let core = Arc::new(Bench::new(Profile::Full).core);
    let (listener, address) = listen().await;
    let serving = tokio::spawn(serve(listener, alone(core, None)));
    let large = "x".repeat(64 * 1024 + 1);
    let answer = raw(address, &raw_create(large.len(), &large)).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    serving.abort();
}

#[tokio::test]
async fn two_gateways_of_one_socket_have_paths_of_their_own_and_share_the_page() {
    let cores = ["a", "b"].map(|name| {
        (name, Arc::new(Bench::on(Profile::Full, Disk::none(), name.as_bytes()[0]).core))
    });
    let page = {
        let bench = Bench::on(Profile::Full, Disk::none(), b'b');
        bench.create(json!({})).body["client_token"].as_str().unwrap().to_owned()
    };
    let served =
        cores.clone().map(|(name, core)| Served { name: name.to_owned(), core, webhooks_to: None });
    let (listener, address) = listen().await;
    let serving = tokio::spawn(serve(listener, served.into()));
    let body = payment_body(json!({})).to_string();
    let create = raw_create(body.len(), &body).replacen("/v1/payments", "/b/v1/payments", 1);
    assert!(raw(address, &create).await.starts_with("HTTP/1.1 201"), "b has an API");
    let get =
        |path: &str| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    for (path, has) in [
        ("/control/payments", false),
        ("/a/control/payments", false),
        ("/b/control/payments", true),
    ] {
        let shown = raw(address, &get(path)).await;
        assert_eq!(shown.contains("PAY_1"), has, "{path}");
    }
    let shown = raw(address, &get(&format!("/checkout/{page}"))).await;
    assert!(shown.starts_with("HTTP/1.1 200"), "the page is found by its token: {shown}");
    assert!(raw(address, &get("/checkout/tok_nobody")).await.starts_with("HTTP/1.1 404"));
    serving.abort();
}
