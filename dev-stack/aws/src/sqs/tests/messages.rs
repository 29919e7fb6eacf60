//! Which messages are allowed, and which parts of them are shown.

use serde_json::{Value, json};

use super::Desk;

/// A message to `q.fifo` (or `q`) that is valid except for the given members.
fn refusal(desk: &Desk, queue: &str, members: &Value) -> String {
    let mut body = json!({ "QueueUrl": desk.sqs.queue_url(queue), "MessageBody": "m" });
    if queue == "q.fifo" {
        body["MessageGroupId"] = "g".into();
        body["MessageDeduplicationId"] = "m".into();
    }
    for (name, value) in members.as_object().unwrap().clone() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(&name);
        } else {
            body[name] = value;
        }
    }
    desk.refused("SendMessage", &body)
}

#[test]
fn what_a_fifo_queue_needs_and_what_it_does_not_take() {
    let desk = Desk::fifo();
    let cases = [
        (json!({ "MessageGroupId": null }), "MissingParameter: "),
        (json!({ "MessageDeduplicationId": null }), "InvalidParameterValue: "),
        (json!({ "MessageGroupId": "two words" }), "InvalidParameterValue: "),
        (json!({ "MessageGroupId": "g".repeat(129) }), "InvalidParameterValue: "),
        (json!({ "MessageDeduplicationId": "" }), "InvalidParameterValue: "),
        (json!({ "DelaySeconds": 1 }), "InvalidParameterValue: "),
    ];
    for (members, expected) in cases {
        let refusal = refusal(&desk, "q.fifo", &members);
        assert!(refusal.starts_with(expected), "{members}: {refusal}");
    }
}

#[test]
fn what_a_standard_queue_does_not_take() {
    let desk = Desk::standard();
    for members in [json!({ "MessageDeduplicationId": "m" }), json!({ "DelaySeconds": 901 })] {
        let refusal = refusal(&desk, "q", &members);
        assert!(refusal.starts_with("InvalidParameterValue: "), "{refusal}");
    }
}

#[test]
fn a_body_is_text_that_xml_could_hold() {
    let desk = Desk::standard();
    assert!(refusal(&desk, "q", &json!({ "MessageBody": "" })).starts_with("MissingParameter: "));
    for character in ['\0', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        let refusal = refusal(&desk, "q", &json!({ "MessageBody": format!("a{character}") }));
        assert!(refusal.starts_with("InvalidMessageContents: "), "{character:?}: {refusal}");
    }
    let allowed = "\t\r\n ~\u{7f}\u{fffd}\u{10000}\u{10ffff}";
    desk.post(allowed);
    assert_eq!(desk.bodies("q"), allowed);
}

#[test]
fn the_limit_of_the_queue_counts_body_and_attributes_in_bytes() {
    let desk = Desk::new();
    desk.create("q", &json!({ "MaximumMessageSize": "1024" }));
    let message = |body: String| {
        json!({
            "MessageBody": body,
            "MessageAttributes": { "name": { "DataType": "String", "StringValue": "✓" } },
        })
    };
    let too_long = refusal(&desk, "q", &message("m".repeat(1024 - 12)));
    assert!(too_long.ends_with("Message must be shorter than 1024 bytes."), "{too_long}");
    let mut fits = message("m".repeat(1024 - 13));
    fits["QueueUrl"] = "http://h/0/q".into();
    desk.call("SendMessage", &fits);
}

#[test]
fn an_attribute_has_an_allowed_name_and_a_value_of_its_type() {
    let desk = Desk::standard();
    let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
    let cases = [
        ("AWS.name", text("v")),
        (".name", text("v")),
        ("na..me", text("v")),
        ("na me", text("v")),
        ("name", text("")),
        ("name", json!({ "DataType": "Text", "StringValue": "v" })),
        ("name", json!({ "DataType": "Number", "StringValue": "four" })),
        ("name", json!({ "DataType": "Number", "StringValue": "nan" })),
        ("name", json!({ "DataType": "Binary", "StringValue": "v" })),
        ("name", json!({ "DataType": "Binary", "BinaryValue": "not base64" })),
    ];
    for (name, attribute) in cases {
        let refusal = refusal(&desk, "q", &json!({ "MessageAttributes": { name: attribute } }));
        assert!(refusal.starts_with("InvalidParameterValue: "), "{name} {attribute}: {refusal}");
    }
    let eleven: Value = (0..11).map(|n| (format!("a{n}"), text("v"))).collect();
    let refusal = refusal(&desk, "q", &json!({ "MessageAttributes": eleven }));
    assert!(refusal.contains("At most 10 attributes"), "{refusal}");
}

/// The digests are those that the stock SDK for Python computes.
#[test]
fn digests_are_those_that_sdks_compute_and_cover_what_is_shown() {
    let desk = Desk::standard();
    let sent = desk.call(
        "SendMessage",
        &json!({
            "QueueUrl": "http://h/0/q",
            "MessageBody": "m1 ✓",
            "MessageAttributes": {
                "n": { "DataType": "Number.int", "StringValue": "42" },
                "b": { "DataType": "Binary", "BinaryValue": "AAH/" },
                "a": { "DataType": "String", "StringValue": "x" },
            },
        }),
    );
    assert_eq!(sent["MD5OfMessageBody"], "0403ad416d81a3bec3cce7c25b5400a0");
    assert_eq!(sent["MD5OfMessageAttributes"], "8b450274866015dd57b5c5139ad66259");
    let shown = |names: Value| {
        let url = "http://h/0/q";
        let body =
            json!({ "QueueUrl": url, "VisibilityTimeout": 0, "MessageAttributeNames": names });
        let received = desk.call("ReceiveMessage", &body);
        let message = &received["Messages"][0];
        let attributes = message["MessageAttributes"].as_object().cloned().unwrap_or_default();
        let names: Vec<String> = attributes.keys().cloned().collect();
        (names.join(" "), message["MD5OfMessageAttributes"].as_str().map(str::to_owned))
    };
    let all = Some("8b450274866015dd57b5c5139ad66259".to_owned());
    assert_eq!(shown(json!(["All"])), ("a b n".to_owned(), all.clone()));
    assert_eq!(shown(json!([".*"])), ("a b n".to_owned(), all));
    assert_eq!(shown(json!(["b.*", "n"])).0, "b n");
    assert_eq!(shown(json!([])), (String::new(), None));
}

#[test]
fn system_attributes_are_shown_under_both_names_of_the_list() {
    let desk = Desk::fifo();
    desk.send("g", "m");
    for list in ["AttributeNames", "MessageSystemAttributeNames"] {
        let url = desk.sqs.queue_url("q.fifo");
        let body = json!({ "QueueUrl": url, "VisibilityTimeout": 0, list: ["MessageGroupId"] });
        let attributes = desk.call("ReceiveMessage", &body)["Messages"][0]["Attributes"].clone();
        assert_eq!(attributes, json!({ "MessageGroupId": "g" }));
        let body = json!({ "QueueUrl": url, list: ["Nonsense"] });
        let refusal = desk.refused("ReceiveMessage", &body);
        assert_eq!(refusal, "InvalidAttributeName: Unknown Attribute Nonsense.");
    }
}

#[test]
fn a_trace_header_travels_along() {
    let desk = Desk::standard();
    let header = json!({ "AWSTraceHeader": { "DataType": "String", "StringValue": "Root=1-2" } });
    let body = json!({
        "QueueUrl": "http://h/0/q", "MessageBody": "m", "MessageSystemAttributes": header,
    });
    assert!(desk.call("SendMessage", &body)["MD5OfMessageSystemAttributes"].is_string());
    let received = desk.sqs.receive("q", 1, None).unwrap();
    assert_eq!(received[0].attributes["AWSTraceHeader"], "Root=1-2");
    let other = json!({ "MessageSystemAttributes": { "Other": header["AWSTraceHeader"] } });
    assert!(refusal(&desk, "q", &other).starts_with("InvalidParameterValue: "));
}

#[test]
fn a_delay_is_that_of_the_message_or_else_of_the_queue() {
    let desk = Desk::new();
    desk.create("q", &json!({ "DelaySeconds": "10" }));
    desk.post("slow");
    let url = desk.sqs.queue_url("q");
    desk.call("SendMessage", &json!({ "QueueUrl": url, "MessageBody": "now", "DelaySeconds": 0 }));
    assert_eq!(desk.counts("q"), ["1", "0", "1"]);
    assert_eq!(desk.bodies("q"), "now");
    desk.pass(10);
    assert_eq!(desk.bodies("q"), "slow");
}

#[test]
fn a_receive_asks_within_limits() {
    let desk = Desk::standard();
    for (parameter, value) in [
        ("MaxNumberOfMessages", 0),
        ("MaxNumberOfMessages", 11),
        ("VisibilityTimeout", 43_201),
        ("WaitTimeSeconds", 21),
    ] {
        let refusal = desk
            .refused("ReceiveMessage", &json!({ "QueueUrl": "http://h/0/q", parameter: value }));
        let expected = format!("Value {value} for parameter {parameter} is invalid.");
        assert!(refusal.contains(&expected), "{refusal}");
    }
}
