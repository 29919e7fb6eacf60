use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::{Mapping, event, handled};
use crate::aws::Ids;
use crate::aws::sqs::{QueueDescription, Received, Sqs};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::lambda::tests::lambda;

const QUEUE: &str = "quittance-deliveries.fifo";

fn sqs() -> Sqs {
    let sqs =
        Sqs::open("http://127.0.0.1:1", Clock::system(), Ids::random(), Disk::none()).unwrap();
    let attributes = [
        ("FifoQueue", "true"),
        ("DeduplicationScope", "messageGroup"),
        ("FifoThroughputLimit", "perMessageGroupId"),
        ("VisibilityTimeout", "1"),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let attributes = BTreeMap::from(attributes);
    sqs.provide(&[QueueDescription { name: QUEUE.to_owned(), attributes }]).unwrap();
    sqs
}

fn send(sqs: &Sqs, group: &str, id: &str, body: &serde_json::Value) {
    let request = json!({
        "QueueUrl": sqs.queue_url(QUEUE),
        "MessageBody": body.to_string(),
        "MessageGroupId": group,
        "MessageDeduplicationId": id,
    });
    sqs.call("SendMessage", request.to_string().as_bytes()).unwrap();
}

fn left(sqs: &Sqs) -> usize {
    let request = json!({ "QueueUrl": sqs.queue_url(QUEUE), "AttributeNames": ["All"] });
    let answer = sqs.call("GetQueueAttributes", request.to_string().as_bytes()).unwrap();
    let count = |name: &str| answer["Attributes"][name].as_str().unwrap().parse::<usize>().unwrap();
    count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible")
}

fn batch() -> Vec<Received> {
    let sqs = sqs();
    for n in ["a", "b"] {
        send(&sqs, n, n, &json!({ "n": n }));
    }
    sqs.receive(QUEUE, 10, None).unwrap()
}

fn bodies(handled: &[&Received]) -> Vec<String> {
    handled.iter().map(|message| message.body.clone()).collect()
}

#[test]
fn an_empty_or_null_answer_means_that_all_was_handled() {
    let batch = batch();
    for answer in ["", "null", "{}", "{\"batchItemFailures\":null}", "{\"batchItemFailures\":[]}"] {
        assert_eq!(handled(answer.as_bytes(), &batch).len(), 2, "{answer}");
    }
}

#[test]
fn a_malformed_answer_fails_the_whole_batch() {
    let batch = batch();
    for answer in [
        "nonsense",
        "{\"batchItemFailures\":{}}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}",
        "{\"batchItemFailures\":[{\"id\":\"x\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"not in the batch\"}]}",
    ] {
        assert!(handled(answer.as_bytes(), &batch).is_empty(), "{answer}");
    }
}

#[test]
fn only_what_is_named_as_failed_stays() {
    let batch = batch();
    let failures = json!({ "batchItemFailures": [{ "itemIdentifier": batch[0].message_id }] });
    assert_eq!(bodies(&handled(failures.to_string().as_bytes(), &batch)), ["{\"n\":\"b\"}"]);
}

#[test]
fn a_batch_becomes_lambdas_event() {
    let batch = batch();
    let event = event(QUEUE, &batch);
    let record = &event["Records"][0];
    assert_eq!(record["body"], "{\"n\":\"a\"}");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], format!("arn:aws:sqs:us-east-1:000000000000:{QUEUE}"));
    assert_eq!(record["attributes"]["MessageGroupId"], "a");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    for name in ["messageId", "receiptHandle", "md5OfBody", "awsRegion"] {
        assert!(record[name].is_string(), "{name}");
    }
    assert_eq!(record["messageAttributes"], json!({}));
}

async fn eventually_left(sqs: &Sqs, expected: usize) {
    for _ in 0..100 {
        if left(sqs) == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left(sqs), expected);
}

#[tokio::test]
async fn messages_reach_the_function_and_leave_the_queue_when_it_succeeds() {
    let sqs = sqs();
    let mapping = Mapping {
        function: "echo".to_owned(),
        queue: QUEUE.to_owned(),
        batch_size: 1,
        partial_answers: true,
        concurrency_max: 4,
    };
    tokio::spawn(mapping.poll(sqs.clone(), lambda(5_000, 4).await));
    for n in 0..10 {
        send(&sqs, &format!("group-{}", n % 3), &n.to_string(), &json!({ "n": n }));
    }
    eventually_left(&sqs, 0).await;
    // The stand-in fails on command: the message stays, and its group waits behind it.
    send(&sqs, "poor", "p1", &json!({ "do": "fail" }));
    send(&sqs, "poor", "p2", &json!({}));
    send(&sqs, "fine", "f1", &json!({}));
    eventually_left(&sqs, 2).await;
}
