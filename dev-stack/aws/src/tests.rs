//! The services over HTTP, byte for byte as a client sees them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::dynamodb;
use super::secrets_manager::SecretsManager;
use super::sqs::Sqs;
use super::{AwsJson, Ids, serve};
use crate::clock::Clock;
use crate::disk::Disk;

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

/// One request on a connection of its own.
async fn ask(to: SocketAddr, method: &'static str, target: &str, body: Value) -> Answer {
    let body = body.to_string();
    let request = format!(
        "{method} / HTTP/1.1\r\nHost: {to}\r\nX-Amz-Target: {target}\r\nX-Amz-Date: 20261120T090000Z\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=0\r\n\
         Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len(),
    );
    let exchange = move || {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    };
    let response = spawn_blocking(exchange).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: serde_json::from_str(body).unwrap(),
    }
}

async fn start<S: AwsJson>(service: impl FnOnce(&str) -> S) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, service(&format!("http://{address}"))));
    address
}

fn sqs(base_url: &str) -> Sqs {
    Sqs::open(base_url, Clock::system(), Ids::counting(), Disk::none()).unwrap()
}

#[tokio::test]
async fn a_queue_is_used_through_the_url_it_was_given() {
    let sqs = start(sqs).await;
    let created = ask(sqs, "POST", "AmazonSQS.CreateQueue", json!({ "QueueName": "q" })).await;
    let url = format!("http://{sqs}/000000000000/q");
    assert_eq!((created.status, &created.body), (200, &json!({ "QueueUrl": url })));
    assert!(created.head.contains("content-type: application/x-amz-json-1.0"));
    assert!(created.head.contains("x-amzn-requestid: "));
    let message = json!({ "QueueUrl": url, "MessageBody": "m" });
    let sent = ask(sqs, "POST", "AmazonSQS.SendMessage", message).await;
    let received = ask(sqs, "POST", "AmazonSQS.ReceiveMessage", json!({ "QueueUrl": url })).await;
    assert_eq!(received.body["Messages"][0]["MessageId"], sent.body["MessageId"]);
    let handle = &received.body["Messages"][0]["ReceiptHandle"];
    let delete = json!({ "QueueUrl": url, "ReceiptHandle": handle });
    let deleted = ask(sqs, "POST", "AmazonSQS.DeleteMessage", delete).await;
    assert_eq!((deleted.status, deleted.body), (200, json!({})));
}

#[tokio::test]
async fn a_refusal_has_the_names_of_both_protocols() {
    let sqs = start(sqs).await;
    let answer = ask(sqs, "POST", "AmazonSQS.GetQueueUrl", json!({ "QueueName": "none" })).await;
    let message = "The specified queue does not exist.";
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, json!({ "__type": "QueueDoesNotExist", "message": message }));
    let header = "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender";
    assert!(answer.head.contains(header), "{}", answer.head);
}

#[tokio::test]
async fn what_is_not_a_call_of_this_service_is_refused() {
    let sqs = start(sqs).await;
    for (method, target) in
        [("GET", "AmazonSQS.ListQueues"), ("POST", "secretsmanager.ListSecrets"), ("POST", "")]
    {
        let answer = ask(sqs, method, target, json!({})).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.body["__type"], "UnknownOperationException");
    }
    let huge = json!({ "MessageBody": "m".repeat(9 << 20) });
    let answer = ask(sqs, "POST", "AmazonSQS.SendMessage", huge).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_by_a_message() {
    let sqs = start(sqs).await;
    ask(sqs, "POST", "AmazonSQS.CreateQueue", json!({ "QueueName": "q" })).await;
    let url = format!("http://{sqs}/000000000000/q");
    let wait = json!({ "QueueUrl": url, "WaitTimeSeconds": 20 });
    let waiting = tokio::spawn(ask(sqs, "POST", "AmazonSQS.ReceiveMessage", wait));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let message = json!({ "QueueUrl": url, "MessageBody": "m" });
    ask(sqs, "POST", "AmazonSQS.SendMessage", message).await;
    let sent = Instant::now();
    assert_eq!(waiting.await.unwrap().body["Messages"][0]["Body"], "m");
    assert!(sent.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_waits_as_long_as_it_said_or_as_the_queue_says() {
    let sqs = sqs("http://h");
    let create = json!({
        "QueueName": "q", "Attributes": { "ReceiveMessageWaitTimeSeconds": "7" },
    });
    sqs.call("CreateQueue", create.to_string().as_bytes()).unwrap();
    for (wait, expected) in [(json!(3), 3), (Value::Null, 7), (json!(0), 0)] {
        let started = tokio::time::Instant::now();
        let body = json!({ "QueueUrl": "http://h/0/q", "WaitTimeSeconds": wait }).to_string();
        let answer = sqs.answer("ReceiveMessage", body.as_bytes()).await.unwrap();
        assert_eq!(answer, json!({}));
        assert_eq!(started.elapsed().as_secs(), expected);
    }
}

#[tokio::test]
async fn secrets_are_served_too() {
    let secrets =
        start(|_| SecretsManager::open(Clock::system(), Ids::counting(), Disk::none()).unwrap())
            .await;
    let create = json!({ "Name": "quittance/delivery", "SecretString": "s" });
    ask(secrets, "POST", "secretsmanager.CreateSecret", create).await;
    let get = json!({ "SecretId": "quittance/delivery" });
    let answer = ask(secrets, "POST", "secretsmanager.GetSecretValue", get).await;
    assert_eq!(answer.body["SecretString"], "s");
    assert!(answer.head.contains("content-type: application/x-amz-json-1.1"));
    let none = json!({ "SecretId": "none" });
    let answer = ask(secrets, "POST", "secretsmanager.GetSecretValue", none).await;
    let message = "Secrets Manager can't find the specified secret.";
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, json!({ "__type": "ResourceNotFoundException", "Message": message }));
    assert!(!answer.head.contains("x-amzn-query-error"));
}

#[tokio::test]
async fn the_database_is_served_until_it_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynamodb::open_memory(Clock::system()).unwrap();
    let served = dynamodb::serve(database, listener).unwrap();
    let answer = ask(address, "POST", "DynamoDB_20120810.ListTables", json!({})).await;
    assert_eq!((answer.status, answer.body), (200, json!({ "TableNames": [] })));
    drop(served);
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "it is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
