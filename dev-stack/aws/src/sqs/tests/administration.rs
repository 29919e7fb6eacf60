//! Queues themselves.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Desk, queue_arn};
use crate::sqs::QueueDescription;

#[test]
fn creating_again_answers_the_queue_unless_an_attribute_differs() {
    let desk = Desk::new();
    let create = |attributes| json!({ "QueueName": "q", "Attributes": attributes });
    let url = json!({ "QueueUrl": "http://127.0.0.1:3003/000000000000/q" });
    let first = create(json!({ "VisibilityTimeout": "45" }));
    assert_eq!(desk.call("CreateQueue", &first), url);
    assert_eq!(desk.call("CreateQueue", &first), url);
    assert_eq!(desk.call("CreateQueue", &create(json!({}))), url);
    let refusal = desk.refused("CreateQueue", &create(json!({ "VisibilityTimeout": "46" })));
    assert!(refusal.starts_with("QueueAlreadyExists: "), "{refusal}");
    assert_eq!(desk.attribute("q", "VisibilityTimeout"), "45");
}

#[test]
fn a_name_says_what_kind_of_queue_it_is() {
    let desk = Desk::new();
    let fifo = json!({ "FifoQueue": "true" });
    let long = "q".repeat(81);
    for (name, attributes) in [
        ("q.fifo", &json!({})),
        ("q", &fifo),
        (".fifo", &fifo),
        ("a/b", &json!({})),
        ("", &json!({})),
        (long.as_str(), &json!({})),
    ] {
        let body = json!({ "QueueName": name, "Attributes": attributes });
        let refusal = desk.refused("CreateQueue", &body);
        assert!(refusal.starts_with("InvalidParameterValue: "), "{name}: {refusal}");
    }
}

#[test]
fn attributes_have_names_and_ranges() {
    let desk = Desk::fifo();
    desk.create("q", &json!({}));
    let cases = [
        ("q", "VisibilityTimeout", "43201", "InvalidAttributeValue"),
        ("q", "DelaySeconds", "soon", "InvalidAttributeValue"),
        ("q", "ContentBasedDeduplication", "true", "InvalidAttributeName"),
        ("q", "FifoQueue", "true", "InvalidAttributeName"),
        ("q", "Nonsense", "1", "InvalidAttributeName"),
        ("q", "RedrivePolicy", "{}", "InvalidParameterValue"),
        ("q.fifo", "DeduplicationScope", "everything", "InvalidAttributeValue"),
        ("q.fifo", "FifoThroughputLimit", "perMessageGroupId", "InvalidAttributeValue"),
    ];
    for (queue, name, value, expected) in cases {
        let body = json!({ "QueueUrl": desk.sqs.queue_url(queue), "Attributes": { name: value } });
        let refusal = desk.refused("SetQueueAttributes", &body);
        assert!(refusal.starts_with(expected), "{name}={value}: {refusal}");
    }
}

#[test]
fn attributes_are_set_one_by_one_and_shown_with_the_defaults() {
    let desk = Desk::fifo();
    let set =
        json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "Attributes": { "DelaySeconds": "5" } });
    desk.pass(10);
    desk.call("SetQueueAttributes", &set);
    let body = json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "AttributeNames": ["All"] });
    assert_eq!(
        desk.call("GetQueueAttributes", &body)["Attributes"],
        json!({
            "ApproximateNumberOfMessages": "0",
            "ApproximateNumberOfMessagesDelayed": "0",
            "ApproximateNumberOfMessagesNotVisible": "0",
            "ContentBasedDeduplication": "false",
            "CreatedTimestamp": "1795000000",
            "DeduplicationScope": "queue",
            "DelaySeconds": "5",
            "FifoQueue": "true",
            "FifoThroughputLimit": "perQueue",
            "LastModifiedTimestamp": "1795000010",
            "MaximumMessageSize": "1048576",
            "MessageRetentionPeriod": "345600",
            "QueueArn": "arn:aws:sqs:us-east-1:000000000000:q.fifo",
            "ReceiveMessageWaitTimeSeconds": "0",
            "VisibilityTimeout": "30",
        })
    );
    let body = json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "AttributeNames": ["Nonsense"] });
    assert_eq!(
        desk.refused("GetQueueAttributes", &body),
        "InvalidAttributeName: Unknown Attribute Nonsense."
    );
    let unset = json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "AttributeNames": ["Policy"] });
    assert_eq!(desk.call("GetQueueAttributes", &unset), json!({}));
}

#[test]
fn queues_are_listed_by_prefix_and_in_pages() {
    let desk = Desk::new();
    for name in ["a1", "a2", "a3", "b"] {
        desk.create(name, &json!({}));
    }
    let first = desk.call("ListQueues", &json!({ "QueueNamePrefix": "a", "MaxResults": 2 }));
    assert_eq!(first["QueueUrls"], json!([desk.sqs.queue_url("a1"), desk.sqs.queue_url("a2")]));
    let body = json!({
        "QueueNamePrefix": "a", "MaxResults": 2, "NextToken": first["NextToken"],
    });
    let second = desk.call("ListQueues", &body);
    assert_eq!(second, json!({ "QueueUrls": [desk.sqs.queue_url("a3")] }));
}

#[test]
fn a_purged_queue_is_empty_and_not_purged_again_for_a_minute() {
    let desk = Desk::standard();
    let queue = json!({ "QueueUrl": desk.sqs.queue_url("q") });
    desk.post("1");
    desk.post("2");
    desk.take("q");
    desk.call("PurgeQueue", &queue);
    assert_eq!(desk.counts("q"), ["0", "0", "0"]);
    let refusal = desk.refused("PurgeQueue", &queue);
    assert!(refusal.starts_with("AWS.SimpleQueueService.PurgeQueueInProgress: "), "{refusal}");
    desk.pass(60);
    desk.call("PurgeQueue", &queue);
}

#[test]
fn a_described_queue_is_created_once_and_configured_every_time() {
    let desk = Desk::new();
    let describe = |name: &str, attributes: &[(&str, &str)]| QueueDescription {
        name: name.to_owned(),
        attributes: attributes
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    };
    let policy =
        json!({ "deadLetterTargetArn": queue_arn("dead.fifo"), "maxReceiveCount": 15 }).to_string();
    let source = |timeout: &str| {
        describe(
            "q.fifo",
            &[("FifoQueue", "true"), ("VisibilityTimeout", timeout), ("RedrivePolicy", &policy)],
        )
    };
    // The dead-letter queue comes last, as it may in a template.
    let dead = describe("dead.fifo", &[("FifoQueue", "true")]);
    desk.sqs.provide(&[source("30"), dead.clone()]).unwrap();
    desk.send("g", "m");
    desk.sqs.provide(&[source("60"), dead]).unwrap();
    assert_eq!(desk.attribute("q.fifo", "VisibilityTimeout"), "60");
    assert_eq!(desk.bodies("q.fifo"), "m");
}

#[test]
fn a_body_of_the_wrong_shape_is_refused_without_being_quoted() {
    let desk = Desk::new();
    let missing = desk.refused("GetQueueUrl", &json!({}));
    assert_eq!(missing, "MissingParameter: The request must contain the parameter QueueName.");
    let wrong = desk.refused("GetQueueUrl", &json!({ "QueueName": ["secret"] }));
    assert!(wrong.starts_with("SerializationException: "), "{wrong}");
    assert!(!wrong.contains("secret"), "{wrong}");
    assert!(desk.refused("AddPermission", &json!({})).starts_with("InvalidAction: "));
}
