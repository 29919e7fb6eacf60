//! Giving up on messages.

use serde_json::{Value, json};

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

/// `count` messages of one group, all of them given up.
fn with_dead(count: usize) -> Desk {
    let desk = with_dead_letters(1);
    for n in 1..=count {
        desk.send("g", &n.to_string());
    }
    desk.sqs.receive("q.fifo", 10, None).unwrap();
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "");
    desk
}

fn start(desk: &Desk, more: &Value) -> String {
    let mut body = json!({ "SourceArn": queue_arn("dead.fifo") });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    desk.call("StartMessageMoveTask", &body)["TaskHandle"].as_str().unwrap().to_owned()
}

fn latest(desk: &Desk) -> Value {
    let body = json!({ "SourceArn": queue_arn("dead.fifo") });
    desk.call("ListMessageMoveTasks", &body)["Results"][0].clone()
}

#[test]
fn dead_letters_are_remembered_by_their_own_id_and_their_time_starts_over() {
    let desk = with_dead_letters(1);
    let sent = desk.send("g", "m");
    let first = desk.sqs.receive("q.fifo", 1, None).unwrap().remove(0);
    assert_eq!(first.attributes["MessageDeduplicationId"], "m");
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "");
    let dead = desk.sqs.receive("dead.fifo", 1, None).unwrap().remove(0);
    assert_eq!(sent["MessageId"], dead.message_id);
    assert_eq!(dead.attributes["MessageDeduplicationId"], dead.message_id);
    let sent_ms = |message: &super::super::Received| {
        message.attributes["SentTimestamp"].parse::<i64>().unwrap()
    };
    assert_eq!(sent_ms(&dead) - sent_ms(&first), 30_000);
}

#[test]
fn a_rate_is_kept_by_the_clock() {
    let desk = with_dead(4);
    let handle = start(&desk, &json!({ "MaxNumberOfMessagesPerSecond": 1 }));
    assert_eq!(
        (latest(&desk)["Status"].clone(), desk.bodies("q.fifo")),
        (json!("RUNNING"), "1".into())
    );
    desk.pass(1);
    assert_eq!(latest(&desk)["ApproximateNumberOfMessagesMoved"], 2);
    let refused =
        desk.refused("StartMessageMoveTask", &json!({ "SourceArn": queue_arn("dead.fifo") }));
    assert!(refused.starts_with("InvalidParameterValue: There is already a task"), "{refused}");
    desk.call("CancelMessageMoveTask", &json!({ "TaskHandle": handle }));
    desk.pass(60);
    assert_eq!(latest(&desk)["Status"], "CANCELLED");
    assert_eq!(desk.bodies("dead.fifo"), "3 4");
}

#[test]
fn a_task_that_finds_no_way_back_for_a_message_has_failed() {
    let desk = with_dead(1);
    let body = json!({
        "QueueUrl": desk.sqs.queue_url("dead.fifo"), "MessageBody": "sent here",
        "MessageGroupId": "g", "MessageDeduplicationId": "sent-here",
    });
    desk.call("SendMessage", &body);
    start(&desk, &json!({ "MaxNumberOfMessagesPerSecond": 1 }));
    desk.pass(5);
    let task = latest(&desk);
    assert_eq!(task["FailureReason"], "CouldNotDetermineMessageSource");
    assert_eq!(
        (task["Status"].clone(), desk.bodies("dead.fifo")),
        (json!("FAILED"), "sent here".into())
    );
}
