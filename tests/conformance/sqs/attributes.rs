//! Message attributes: allowed values, digests, and which ones a receiver gets.

use serde_json::{Value, json};

use super::{Queue, text};
use crate::Case;

const METADATA: &str = "Amazon SQS message metadata (developer guide)";
const RECEIVE: &str = "ReceiveMessage (SQS API reference)";

/// The stock SDK for Python computes these digests.
const BODY: &str = "m1 ✓";
const MD5_OF_BODY: &str = "0403ad416d81a3bec3cce7c25b5400a0";
const MD5_OF_ATTRIBUTES: &str = "8b450274866015dd57b5c5139ad66259";

fn three() -> Value {
    json!({
        "n": { "DataType": "Number.int", "StringValue": "42" },
        "b": { "DataType": "Binary", "BinaryValue": "AAH/" },
        "a": { "DataType": "String", "StringValue": "x" },
    })
}

fn string(value: &str) -> Value {
    json!({ "DataType": "String", "StringValue": value })
}

pub(super) fn cases() -> Vec<Case> {
    [digests(), shown(), refused()].into_iter().flatten().collect()
}

fn digests() -> Vec<Case> {
    vec![
        Case::new(
            "a sender gets the digests of body and attributes",
            METADATA,
            format!("{MD5_OF_BODY} {MD5_OF_ATTRIBUTES}"),
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let message = json!({ "MessageBody": BODY, "MessageAttributes": three() });
                let sent = queue.call("SendMessage", message).await?;
                let digests = ["MD5OfMessageBody", "MD5OfMessageAttributes"];
                Ok(digests.map(|name| text(&sent[name])).join(" "))
            },
        ),
        Case::new(
            "a sender gets the digest of the system attributes",
            METADATA,
            // For AWSTraceHeader, String, Root=1-2, by the recipe for attributes.
            "eea8f494e51df9c126b8b85f54ccabf7",
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let trace = json!({ "AWSTraceHeader": string("Root=1-2") });
                let message = json!({ "MessageBody": "m", "MessageSystemAttributes": trace });
                let sent = queue.call("SendMessage", message).await?;
                Ok(text(&sent["MD5OfMessageSystemAttributes"]))
            },
        ),
        Case::new(
            "a receiver gets the digest of the attributes that it is shown",
            RECEIVE,
            format!("{MD5_OF_BODY} {MD5_OF_ATTRIBUTES}"),
            |desk| async move {
                let queue = Queue::standard(&desk, json!({})).await?;
                let message = json!({ "MessageBody": BODY, "MessageAttributes": three() });
                queue.call("SendMessage", message).await?;
                let received = queue.receive(json!({ "MessageAttributeNames": ["All"] })).await?;
                let message = received.first().cloned().unwrap_or_default();
                let digests = ["MD5OfBody", "MD5OfMessageAttributes"];
                Ok(digests.map(|name| text(&message[name])).join(" "))
            },
        ),
    ]
}

fn shown() -> Vec<Case> {
    let asked = [
        (json!([]), "null"),
        (json!(["All"]), "a b.c b.d"),
        (json!([".*"]), "a b.c b.d"),
        (json!(["b.*"]), "b.c b.d"),
        (json!(["a", "none"]), "a"),
    ];
    let mut cases: Vec<Case> = asked
        .into_iter()
        .map(|(names, expected)| {
            Case::new(
                format!("a receiver who asks for the attributes {names} sees just these"),
                RECEIVE,
                expected,
                |desk| async move {
                    let queue = Queue::standard(&desk, json!({})).await?;
                    let given = ["a", "b.c", "b.d"].map(|name| (name.to_owned(), string("v")));
                    let given: Value = given.into_iter().collect();
                    let message = json!({ "MessageBody": "m", "MessageAttributes": given });
                    queue.call("SendMessage", message).await?;
                    let received = queue.receive(json!({ "MessageAttributeNames": names })).await?;
                    let message = received.first().cloned().unwrap_or_default();
                    let seen = message["MessageAttributes"].as_object().map(|seen| {
                        let mut names: Vec<String> = seen.keys().cloned().collect();
                        names.sort();
                        names.join(" ")
                    });
                    Ok(seen.unwrap_or("null".to_owned()))
                },
            )
        })
        .collect();
    for list in ["AttributeNames", "MessageSystemAttributeNames"] {
        cases.push(Case::new(
            format!("system attributes are asked for in {list}"),
            RECEIVE,
            r#"{"MessageGroupId":"g"}"#,
            move |desk| async move {
                let queue = Queue::fifo(&desk, json!({})).await?;
                queue.send("g", "m").await?;
                let received = queue.receive(json!({ list: ["MessageGroupId"] })).await?;
                Ok(received.first().cloned().unwrap_or_default()["Attributes"].to_string())
            },
        ));
    }
    cases.push(Case::new("a trace header travels along", RECEIVE, "Root=1-2", |desk| async move {
        let queue = Queue::standard(&desk, json!({})).await?;
        let trace = json!({ "AWSTraceHeader": string("Root=1-2") });
        let message = json!({ "MessageBody": "m", "MessageSystemAttributes": trace });
        queue.call("SendMessage", message).await?;
        let received = queue.receive(json!({ "AttributeNames": ["All"] })).await?;
        let message = received.first().cloned().unwrap_or_default();
        Ok(text(&message["Attributes"]["AWSTraceHeader"]))
    }));
    cases
}

fn refused() -> Vec<Case> {
    let eleven: Value = (0..11).map(|n| (format!("a{n}"), string("v"))).collect();
    let rules = [
        ("whose name begins with AWS.", json!({ "AWS.name": string("v") })),
        ("whose name begins with a period", json!({ ".name": string("v") })),
        ("whose name has two periods in a row", json!({ "na..me": string("v") })),
        ("whose name has a space", json!({ "na me": string("v") })),
        ("whose name has 257 characters", json!({ "n".repeat(257): string("v") })),
        ("without a value", json!({ "name": string("") })),
        ("of an unknown type", json!({ "name": { "DataType": "Text", "StringValue": "v" } })),
        (
            "of type Number that is not a number",
            json!({ "name": { "DataType": "Number", "StringValue": "four" } }),
        ),
        ("beyond the tenth", eleven),
    ];
    rules
        .into_iter()
        .map(|(which, attributes)| {
            Case::new(
                format!("an attribute {which} is refused"),
                METADATA,
                "InvalidParameterValue",
                |desk| async move {
                    let queue = Queue::standard(&desk, json!({})).await?;
                    let message = json!({ "MessageBody": "m", "MessageAttributes": attributes });
                    queue.outcome("SendMessage", message).await
                },
            )
        })
        .collect()
}
