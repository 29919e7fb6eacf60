//! Everything that was answered is still there after a stack was killed.

use serde_json::{Value, json};

use super::Desk;
use crate::disk::{Change, Disk};
use crate::sqs::ledger::QUEUES;

#[test]
fn messages_ids_counts_and_visibility_survive() {
    let dir = tempfile::tempdir().unwrap();
    let before = Desk::on(Disk::open(dir.path()).unwrap());
    before.create("q.fifo", &json!({ "FifoQueue": "true", "VisibilityTimeout": "60" }));
    before.send("g", "deleted");
    let deleted = before.take("q.fifo");
    before.sqs.delete("q.fifo", &deleted).unwrap();
    let first = before.send("g", "1");
    before.send("g", "2");
    before.send("h", "3");
    let held = before.take("q.fifo");
    drop(before);

    let after = Desk::on(Disk::open(dir.path()).unwrap());
    assert_eq!(after.counts("q.fifo"), ["2", "1", "0"]);
    assert_eq!(after.attribute("q.fifo", "VisibilityTimeout"), "60");
    assert_eq!(after.send("g", "1"), first, "the window is still open");
    assert_eq!(after.bodies("q.fifo"), "3", "the group is still locked");
    after.sqs.delete("q.fifo", &held).unwrap();
    assert_eq!(after.bodies("q.fifo"), "2");
    after.send("g", "4");
    after.pass(60);
    let received = after.sqs.receive("q.fifo", 10, None).unwrap();
    let counted: Vec<_> = received
        .iter()
        .map(|message| {
            format!("{}x{}", message.body, message.attributes["ApproximateReceiveCount"])
        })
        .collect();
    assert_eq!(counted, ["2x2", "4x1", "3x2"]);
}

/// A folder may come from another version of the stack.
#[test]
fn a_stored_queue_may_have_members_that_nothing_reads() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    Desk::on(disk.clone()).create("q", &json!({ "VisibilityTimeout": "60" }));
    let (name, mut record) = disk.all::<Value>(QUEUES).unwrap().remove(0);
    record["tags"] = json!({ "a": "1" });
    disk.write(&[Change::put(QUEUES, name, &record).unwrap()]).unwrap();
    assert_eq!(Desk::on(disk).attribute("q", "VisibilityTimeout"), "60");
}

#[test]
fn sequence_numbers_go_on_where_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let before = Desk::on(Disk::open(dir.path()).unwrap());
    before.create("q.fifo", &json!({ "FifoQueue": "true" }));
    let last = before.send("g", "m");
    let handle = before.take("q.fifo");
    before.sqs.delete("q.fifo", &handle).unwrap();
    drop(before);
    let after = Desk::on(Disk::open(dir.path()).unwrap());
    let next = after.send("g", "n");
    assert!(next["SequenceNumber"].as_str() > last["SequenceNumber"].as_str());
}

#[test]
fn nothing_of_a_purged_queue_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let before = Desk::on(Disk::open(dir.path()).unwrap());
    before.create("q", &json!({}));
    before.post("m");
    before.call("PurgeQueue", &json!({ "QueueUrl": before.sqs.queue_url("q") }));
    drop(before);
    let after = Desk::on(Disk::open(dir.path()).unwrap());
    assert_eq!(after.counts("q"), ["0", "0", "0"]);
}

#[test]
fn a_dead_letter_survives_in_its_new_queue_only() {
    let dir = tempfile::tempdir().unwrap();
    let before = Desk::on(Disk::open(dir.path()).unwrap());
    before.create("dead.fifo", &json!({ "FifoQueue": "true" }));
    let policy = json!({
        "deadLetterTargetArn": super::queue_arn("dead.fifo"), "maxReceiveCount": 1,
    });
    let attributes = json!({ "FifoQueue": "true", "RedrivePolicy": policy.to_string() });
    before.create("q.fifo", &attributes);
    before.send("g", "m");
    before.take("q.fifo");
    before.pass(30);
    assert_eq!(before.bodies("q.fifo"), "");
    drop(before);
    let after = Desk::on(Disk::open(dir.path()).unwrap());
    assert_eq!(after.counts("q.fifo"), ["0", "0", "0"]);
    assert_eq!(after.bodies("dead.fifo"), "m");
}

#[test]
fn a_move_of_dead_letters_goes_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let before = Desk::on(Disk::open(dir.path()).unwrap());
    before.create("dead.fifo", &json!({ "FifoQueue": "true" }));
    let policy = json!({
        "deadLetterTargetArn": super::queue_arn("dead.fifo"), "maxReceiveCount": 1,
    });
    let attributes = json!({ "FifoQueue": "true", "RedrivePolicy": policy.to_string() });
    before.create("q.fifo", &attributes);
    before.send("g", "1");
    before.send("g", "2");
    assert_eq!(before.bodies("q.fifo"), "1 2");
    before.pass(30);
    assert_eq!(before.bodies("q.fifo"), "");
    let source = super::queue_arn("dead.fifo");
    let slowly = json!({ "SourceArn": source, "MaxNumberOfMessagesPerSecond": 1 });
    before.call("StartMessageMoveTask", &slowly);
    drop(before);
    let after = Desk::on(Disk::open(dir.path()).unwrap());
    after.pass(31);
    assert_eq!(after.bodies("q.fifo"), "1 2");
    let task = &after.call("ListMessageMoveTasks", &json!({ "SourceArn": source }))["Results"][0];
    assert_eq!((&task["Status"], task.get("TaskHandle")), (&json!("COMPLETED"), None));
}

#[test]
fn what_a_dead_consumer_held_is_given_back_and_what_it_put_off_is_not() {
    let desk = Desk::new();
    desk.create("q.fifo", &json!({ "FifoQueue": "true", "VisibilityTimeout": "60" }));
    desk.send("g", "1");
    let put_off = desk.take("q.fifo");
    desk.sqs.change_visibility("q.fifo", &put_off, 300).unwrap();
    desk.send("h", "2");
    desk.take("q.fifo");
    desk.sqs.give_back("q.fifo").unwrap();
    assert_eq!(desk.bodies("q.fifo"), "2");
    desk.pass(300);
    assert_eq!(desk.bodies("q.fifo"), "1 2");
}
