//! Visibility, receipt handles, retention.

use serde_json::json;

use super::{Desk, START_MS};

const HOUR: i64 = 3_600;

#[test]
fn a_message_is_hidden_for_the_time_of_the_queue_or_of_the_receive() {
    let desk = Desk::standard();
    desk.post("m");
    desk.take("q");
    assert_eq!(desk.counts("q"), ["0", "1", "0"]);
    desk.pass(30);
    assert_eq!(desk.counts("q"), ["1", "0", "0"]);
    desk.sqs.receive("q", 1, Some(5)).unwrap();
    desk.pass(5);
    assert_eq!(desk.bodies("q"), "m");
}

#[test]
fn an_old_handle_of_a_standard_queue_deletes_nothing() {
    let desk = Desk::standard();
    desk.post("m");
    let old = desk.take("q");
    desk.pass(30);
    let latest = desk.take("q");
    desk.sqs.delete("q", &old).unwrap();
    assert_eq!(desk.counts("q"), ["0", "1", "0"]);
    desk.pass(31);
    desk.sqs.delete("q", &latest).unwrap();
    assert_eq!(desk.counts("q"), ["0", "0", "0"]);
}

#[test]
fn a_handle_of_a_fifo_queue_ends_with_its_visibility_timeout() {
    let desk = Desk::fifo();
    desk.send("g", "m");
    let handle = desk.take("q.fifo");
    desk.pass(30);
    let error = desk.sqs.delete("q.fifo", &handle).unwrap_err();
    assert!(error.to_string().ends_with("Reason: The receipt handle has expired."), "{error}");
    assert_eq!(desk.bodies("q.fifo"), "m");
}

#[test]
fn deleting_twice_is_no_error() {
    let desk = Desk::fifo();
    desk.send("g", "m");
    let handle = desk.take("q.fifo");
    desk.sqs.delete("q.fifo", &handle).unwrap();
    desk.sqs.delete("q.fifo", &handle).unwrap();
}

#[test]
fn a_handle_that_was_never_given_out_or_belongs_elsewhere_is_refused() {
    let desk = Desk::standard();
    desk.create("other", &json!({}));
    desk.post("m");
    let handle = desk.take("q");
    for (queue, handle) in [("q", "garbage"), ("q", "Z2FyYmFnZQ=="), ("other", handle.as_str())] {
        let body = json!({ "QueueUrl": desk.sqs.queue_url(queue), "ReceiptHandle": handle });
        let refusal = desk.refused("DeleteMessage", &body);
        assert!(refusal.starts_with("ReceiptHandleIsInvalid: "), "{refusal}");
    }
}

#[test]
fn visibility_is_changed_from_now_on_and_up_to_twelve_hours_from_the_receive() {
    let desk = Desk::fifo();
    desk.send("g", "m");
    let handle = desk.take("q.fifo");
    let change = |seconds| desk.sqs.change_visibility("q.fifo", &handle, seconds);
    desk.pass(20);
    change(11 * HOUR).unwrap();
    desk.pass(11 * HOUR - 1);
    assert_eq!(desk.bodies("q.fifo"), "");
    let refusal = change(HOUR).unwrap_err().to_string();
    assert!(refusal.contains("Total VisibilityTimeout"), "{refusal}");
    assert!(change(12 * HOUR + 1).is_err());
    change(0).unwrap();
    assert_eq!(desk.bodies("q.fifo"), "m");
}

#[test]
fn visibility_of_a_message_that_is_not_out_cannot_be_changed() {
    let desk = Desk::standard();
    desk.post("m");
    let handle = desk.take("q");
    let body = |handle: &str| {
        let url = desk.sqs.queue_url("q");
        json!({ "QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 5 })
    };
    desk.pass(30);
    let refusal = desk.refused("ChangeMessageVisibility", &body(&handle));
    assert!(refusal.starts_with("AWS.SimpleQueueService.MessageNotInflight: "), "{refusal}");
    let latest = desk.take("q");
    let refusal = desk.refused("ChangeMessageVisibility", &body(&handle));
    assert!(refusal.contains("not available for visibility timeout change"), "{refusal}");
    desk.sqs.delete("q", &latest).unwrap();
    let refusal = desk.refused("ChangeMessageVisibility", &body(&latest));
    assert!(refusal.contains("Message does not exist"), "{refusal}");
}

#[test]
fn receives_are_counted_and_the_first_one_is_remembered() {
    let desk = Desk::fifo();
    desk.send("g", "m");
    desk.pass(1);
    desk.take("q.fifo");
    desk.pass(30);
    let message = desk.sqs.receive("q.fifo", 1, None).unwrap().remove(0);
    assert_eq!(message.attributes["SentTimestamp"], START_MS.to_string());
    assert_eq!(message.attributes["ApproximateReceiveCount"], "2");
    let first = (START_MS + 1_000).to_string();
    assert_eq!(message.attributes["ApproximateFirstReceiveTimestamp"], first);
}

#[test]
fn what_is_older_than_the_retention_period_is_gone() {
    let desk = Desk::new();
    desk.create("q", &json!({ "MessageRetentionPeriod": "60" }));
    desk.post("old");
    desk.pass(59);
    desk.post("young");
    desk.pass(1);
    assert_eq!(desk.bodies("q"), "young");
}
