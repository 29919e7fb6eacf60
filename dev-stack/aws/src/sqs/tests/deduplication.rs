//! The five minutes in which a repeated message is recognised.

use serde_json::{Value, json};

use super::Desk;

fn send(desk: &Desk, members: &Value) -> Value {
    let mut body = json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "MessageGroupId": "g" });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    desk.call("SendMessage", &body)
}

#[test]
fn a_repeated_id_is_answered_as_the_first_one_and_delivered_once() {
    let desk = Desk::fifo();
    let first = desk.send("g", "m");
    desk.pass(299);
    assert_eq!(desk.send("g", "m"), first);
    assert_eq!(desk.bodies("q.fifo"), "m");
}

#[test]
fn the_id_is_remembered_after_the_message_was_deleted() {
    let desk = Desk::fifo();
    let first = desk.send("g", "m");
    let handle = desk.take("q.fifo");
    desk.sqs.delete("q.fifo", &handle).unwrap();
    assert_eq!(desk.send("g", "m"), first);
    assert_eq!(desk.bodies("q.fifo"), "");
}

#[test]
fn after_five_minutes_the_same_id_is_a_new_message() {
    let desk = Desk::fifo();
    let first = desk.send("g", "m");
    desk.pass(300);
    let second = desk.send("g", "m");
    assert_ne!(second["MessageId"], first["MessageId"]);
    assert!(second["SequenceNumber"].as_str() > first["SequenceNumber"].as_str());
    assert_eq!(desk.bodies("q.fifo"), "m m");
}

#[test]
fn a_repetition_does_not_prolong_the_five_minutes() {
    let desk = Desk::fifo();
    let first = desk.send("g", "m");
    desk.pass(200);
    desk.send("g", "m");
    desk.pass(100);
    assert_ne!(desk.send("g", "m")["MessageId"], first["MessageId"]);
}

#[test]
fn an_id_counts_for_the_whole_queue_unless_its_scope_is_the_group() {
    let desk = Desk::fifo();
    assert_eq!(desk.send("g", "m")["MessageId"], desk.send("h", "m")["MessageId"]);
    let desk = Desk::new();
    let attributes = json!({
        "FifoQueue": "true",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    });
    desk.create("q.fifo", &attributes);
    assert_ne!(desk.send("g", "m")["MessageId"], desk.send("h", "m")["MessageId"]);
    assert_eq!(desk.send("g", "m")["MessageId"], desk.send("g", "m")["MessageId"]);
}

#[test]
fn without_an_id_the_content_decides_where_the_queue_says_so() {
    let desk = Desk::new();
    let attributes = json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" });
    desk.create("q.fifo", &attributes);
    let first = send(&desk, &json!({ "MessageBody": "m" }));
    assert_eq!(send(&desk, &json!({ "MessageBody": "m" })), first);
    // SHA-256 of "m", as SQS computes it.
    let id = "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a";
    let named = send(&desk, &json!({ "MessageBody": "m", "MessageDeduplicationId": id }));
    assert_eq!(named, first);
    let other = send(&desk, &json!({ "MessageBody": "m", "MessageDeduplicationId": "other" }));
    assert_ne!(other["MessageId"], first["MessageId"]);
}

#[test]
fn the_answer_to_a_repetition_carries_the_md5_of_what_was_sent_now() {
    let desk = Desk::fifo();
    let first = send(&desk, &json!({ "MessageBody": "a", "MessageDeduplicationId": "m" }));
    let second = send(&desk, &json!({ "MessageBody": "b", "MessageDeduplicationId": "m" }));
    assert_eq!(second["MessageId"], first["MessageId"]);
    assert_eq!(second["MD5OfMessageBody"], "92eb5ffee6ae2fec3ad71c777531578f");
}
