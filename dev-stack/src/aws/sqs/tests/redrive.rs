//! Giving up on messages.

use serde_json::json;

use super::{Desk, queue_arn};

fn with_dead_letters(receives_max: u32) -> Desk {
    let desk = Desk::new();
    desk.create("dead.fifo", &json!({ "FifoQueue": "true" }));
    let policy =
        json!({ "deadLetterTargetArn": queue_arn("dead.fifo"), "maxReceiveCount": receives_max });
    desk.create("q.fifo", &json!({ "FifoQueue": "true", "RedrivePolicy": policy.to_string() }));
    desk
}

#[test]
fn a_message_received_too_often_moves_and_unlocks_its_group() {
    let desk = with_dead_letters(2);
    desk.send("g", "bad");
    desk.send("g", "good");
    for _ in 0..2 {
        assert_eq!(desk.sqs.receive("q.fifo", 1, None).unwrap()[0].body, "bad");
        desk.pass(30);
    }
    assert_eq!(desk.bodies("q.fifo"), "good");
    let dead = desk.sqs.receive("dead.fifo", 10, None).unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].body, "bad");
    assert_eq!(dead[0].attributes["ApproximateReceiveCount"], "3");
    assert_eq!(dead[0].attributes["DeadLetterQueueSourceArn"], queue_arn("q.fifo"));
    assert_eq!(dead[0].attributes["MessageGroupId"], "g");
}

#[test]
fn a_group_keeps_its_order_in_the_dead_letter_queue() {
    let desk = with_dead_letters(1);
    for text in ["1", "2", "3"] {
        desk.send("g", text);
    }
    assert_eq!(desk.sqs.receive("q.fifo", 2, None).unwrap().len(), 2);
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "3");
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "");
    assert_eq!(desk.bodies("dead.fifo"), "1 2 3");
}

#[test]
fn a_dead_letter_of_a_fifo_queue_has_its_whole_retention_ahead() {
    let desk = with_dead_letters(1);
    desk.send("g", "m");
    desk.take("q.fifo");
    desk.pass(345_599);
    assert_eq!(desk.bodies("q.fifo"), "");
    desk.pass(345_599);
    assert_eq!(desk.bodies("dead.fifo"), "m");
}

#[test]
fn the_last_allowed_receive_can_still_succeed() {
    let desk = with_dead_letters(1);
    desk.send("g", "m");
    let handle = desk.take("q.fifo");
    desk.sqs.delete("q.fifo", &handle).unwrap();
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "");
    assert_eq!(desk.bodies("dead.fifo"), "");
}

#[test]
fn a_dead_letter_queue_must_be_there_and_of_the_same_kind() {
    let desk = Desk::standard();
    for (target, reason) in [
        ("q", "Dead-letter queue must be same type of queue as the source."),
        ("none.fifo", "Dead letter target does not exist."),
    ] {
        let policy = json!({ "deadLetterTargetArn": queue_arn(target), "maxReceiveCount": "5" });
        let attributes = json!({ "FifoQueue": "true", "RedrivePolicy": policy.to_string() });
        let body = json!({ "QueueName": "s.fifo", "Attributes": attributes });
        let refusal = desk.refused("CreateQueue", &body);
        assert!(refusal.ends_with(reason), "{refusal}");
    }
}
