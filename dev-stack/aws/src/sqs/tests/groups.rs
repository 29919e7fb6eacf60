//! The order of FIFO queues.

use serde_json::json;

use super::Desk;

#[test]
fn a_group_is_given_out_in_order_and_waits_while_one_is_in_flight() {
    let desk = Desk::fifo();
    for text in ["1", "2", "3"] {
        desk.send("g", text);
    }
    let first = desk.take("q.fifo");
    assert_eq!(desk.bodies("q.fifo"), "");
    desk.sqs.delete("q.fifo", &first).unwrap();
    assert_eq!(desk.bodies("q.fifo"), "2 3");
}

#[test]
fn a_locked_group_does_not_hold_up_the_others() {
    let desk = Desk::fifo();
    desk.send("g", "g1");
    desk.send("g", "g2");
    desk.send("h", "h1");
    desk.take("q.fifo");
    assert_eq!(desk.bodies("q.fifo"), "h1");
}

#[test]
fn a_receive_takes_as_much_of_a_group_as_it_can_before_the_next_group() {
    let desk = Desk::fifo();
    for (group, text) in [("g", "g1"), ("h", "h1"), ("g", "g2"), ("h", "h2")] {
        desk.send(group, text);
    }
    assert_eq!(desk.bodies("q.fifo"), "g1 g2 h1 h2");
}

#[test]
fn after_the_visibility_timeout_the_group_starts_again_from_the_same_message() {
    let desk = Desk::fifo();
    desk.send("g", "1");
    desk.send("g", "2");
    desk.take("q.fifo");
    desk.pass(29);
    assert_eq!(desk.bodies("q.fifo"), "");
    desk.pass(1);
    assert_eq!(desk.bodies("q.fifo"), "1 2");
}

#[test]
fn a_message_given_back_waits_for_the_later_one_of_its_group_that_is_still_out() {
    let desk = Desk::fifo();
    desk.send("g", "1");
    desk.send("g", "2");
    let held = desk.sqs.receive("q.fifo", 2, None).unwrap();
    desk.sqs.change_visibility("q.fifo", &held[0].receipt_handle, 0).unwrap();
    assert_eq!(desk.bodies("q.fifo"), "");
    desk.sqs.delete("q.fifo", &held[1].receipt_handle).unwrap();
    assert_eq!(desk.bodies("q.fifo"), "1");
}

#[test]
fn the_delay_of_the_queue_keeps_the_order() {
    let desk = Desk::new();
    desk.create("q.fifo", &json!({ "FifoQueue": "true", "DelaySeconds": "10" }));
    desk.send("g", "1");
    desk.pass(5);
    desk.send("g", "2");
    assert_eq!(desk.counts("q.fifo"), ["0", "0", "2"]);
    desk.pass(5);
    assert_eq!(desk.bodies("q.fifo"), "1");
}

#[test]
fn a_standard_queue_locks_nothing_for_its_groups() {
    let desk = Desk::standard();
    for text in ["1", "2"] {
        let body = json!({
            "QueueUrl": desk.sqs.queue_url("q"), "MessageBody": text, "MessageGroupId": "tenant",
        });
        desk.call("SendMessage", &body);
    }
    desk.take("q");
    assert_eq!(desk.bodies("q"), "2");
}
