//! Batches: whole refusals and partial failures.

use serde_json::{Value, json};

use super::Desk;

fn entry(id: &str, body: &str) -> Value {
    json!({ "Id": id, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": id })
}

fn batch(desk: &Desk, entries: &[Value]) -> Value {
    json!({ "QueueUrl": desk.sqs.queue_url("q.fifo"), "Entries": entries })
}

#[test]
fn a_batch_of_the_wrong_form_is_refused_whole() {
    let desk = Desk::fifo();
    let eleven: Vec<Value> = (0..11).map(|n| entry(&n.to_string(), "m")).collect();
    let large = "m".repeat(600_000);
    let cases = [
        (vec![], "EmptyBatchRequest"),
        (eleven, "TooManyEntriesInBatchRequest"),
        (vec![entry("a", "1"), entry("a", "2")], "BatchEntryIdsNotDistinct"),
        (vec![entry("a b", "m")], "InvalidBatchEntryId"),
        (vec![entry(&"a".repeat(81), "m")], "InvalidBatchEntryId"),
        (vec![entry("a", &large), entry("b", &large)], "BatchRequestTooLong"),
    ];
    for (entries, expected) in cases {
        let refusal = desk.refused("SendMessageBatch", &batch(&desk, &entries));
        assert!(refusal.starts_with(&format!("AWS.SimpleQueueService.{expected}: ")), "{refusal}");
    }
    assert_eq!(desk.counts("q.fifo"), ["0", "0", "0"]);
}

#[test]
fn one_entry_can_fail_while_the_others_succeed() {
    let desk = Desk::fifo();
    let bad = json!({ "Id": "bad", "MessageBody": "m", "MessageDeduplicationId": "bad" });
    let entries = [entry("1", "one"), bad, entry("2", "two")];
    let answer = desk.call("SendMessageBatch", &batch(&desk, &entries));
    let ids: Vec<&Value> =
        answer["Successful"].as_array().unwrap().iter().map(|entry| &entry["Id"]).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(
        answer["Failed"],
        json!([{
            "Id": "bad",
            "Code": "MissingParameter",
            "Message": "The request must contain the parameter MessageGroupId.",
            "SenderFault": true,
        }])
    );
    assert_eq!(desk.bodies("q.fifo"), "one two");
}

#[test]
fn entries_are_sent_in_order_and_recognised_among_themselves() {
    let desk = Desk::fifo();
    let mut twin = entry("b", "same");
    twin["MessageDeduplicationId"] = "a".into();
    let entries = [entry("a", "same"), twin, entry("c", "last")];
    let answer = desk.call("SendMessageBatch", &batch(&desk, &entries));
    let sent = &answer["Successful"];
    assert_eq!(sent[0]["MessageId"], sent[1]["MessageId"]);
    assert!(answer.get("Failed").is_none());
    assert_eq!(desk.bodies("q.fifo"), "same last");
}

#[test]
fn handles_are_deleted_and_prolonged_in_batches_too() {
    let desk = Desk::fifo();
    desk.send("g", "1");
    desk.send("h", "2");
    let held = desk.sqs.receive("q.fifo", 2, None).unwrap();
    let of = |id: &str, handle: &str, seconds: i64| json!({ "Id": id, "ReceiptHandle": handle, "VisibilityTimeout": seconds });
    let (first, second) = (&held[0].receipt_handle, &held[1].receipt_handle);
    let entries = [of("a", first, 600), of("b", second, 43_201), of("c", "garbage", 1)];
    let answer = desk.call("ChangeMessageVisibilityBatch", &batch(&desk, &entries));
    assert_eq!(answer["Successful"], json!([{ "Id": "a" }]));
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameterValue");
    assert_eq!(answer["Failed"][1]["Code"], "ReceiptHandleIsInvalid");
    let answer = desk.call("DeleteMessageBatch", &batch(&desk, &[of("a", first, 0)]));
    assert_eq!(answer, json!({ "Successful": [{ "Id": "a" }] }));
    desk.pass(30);
    assert_eq!(desk.bodies("q.fifo"), "2");
}
