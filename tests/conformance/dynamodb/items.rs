//! The contents of items: numbers, texts, empty values, keys.

use serde_json::{Value, json};

use super::{Row, set};
use crate::{Case, Desk, Stop};

const TYPES: &str = "Supported data types and naming rules (developer guide)";
const QUOTAS: &str = "Quotas in DynamoDB (developer guide)";
const TTL: &str = "Using time to live (developer guide)";

/// AWS: 38 digits of precision (data types).
const DIGITS: &str = "12345678901234567890123456789012345678";

pub(super) fn cases() -> Vec<Case> {
    [numbers(), arithmetic(), empty(), keys(), expiry()].into_iter().flatten().collect()
}

/// The number as read back, or the refusal.
async fn number(desk: &Desk, text: &str) -> Result<String, Stop> {
    let row = Row::new(desk);
    match row.put_outcome(json!({ "n": { "N": text } })).await?.as_str() {
        "taken" => Ok(row.read().await?["n"]["N"].as_str().unwrap_or_default().to_owned()),
        refusal => Ok(refusal.to_owned()),
    }
}

fn numbers() -> Vec<Case> {
    let long: &'static str = "0.12345678901234567890123456789012345678";
    let table = [
        (DIGITS, DIGITS),
        (long, long),
        ("123456789012345678901234567890123456789", "ValidationException"),
        ("-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"),
        ("007", "7"),
        ("1.500", "1.5"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("1E126", "ValidationException"),
        ("1E-131", "ValidationException"),
        ("", "ValidationException"),
        ("seven", "ValidationException"),
        ("NaN", "ValidationException"),
        ("Infinity", "ValidationException"),
    ];
    let case = |(text, expected): (&'static str, &str)| {
        Case::new(format!("the number `{text}`"), TYPES, expected, move |desk| async move {
            number(&desk, text).await
        })
    };
    table.into_iter().map(case).collect()
}

fn arithmetic() -> Vec<Case> {
    vec![
        Case::new(
            "38 digits are added without loss",
            TYPES,
            "12345678901234567890123456789012345679",
            |desk| async move {
                let row = Row::of(&desk, json!({ "n": { "N": DIGITS } })).await?;
                let members = json!({
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": { ":one": { "N": "1" } },
                });
                row.update(members).await?;
                Ok(row.read().await?["n"]["N"].as_str().unwrap_or_default().to_owned())
            },
        ),
        Case::new("tenths are added as decimals", TYPES, "0.3", |desk| async move {
            let row = Row::of(&desk, json!({ "n": { "N": "0.1" } })).await?;
            let members = json!({
                "UpdateExpression": "SET n = n + :v",
                "ExpressionAttributeValues": { ":v": { "N": "0.2" } },
            });
            row.update(members).await?;
            Ok(row.read().await?["n"]["N"].as_str().unwrap_or_default().to_owned())
        }),
        Case::new(
            "numbers are compared as numbers, not as texts",
            TYPES,
            "taken",
            |desk| async move {
                let row = Row::of(&desk, json!({ "n": { "N": "10" } })).await?;
                let mut members = set("x", json!({ "S": "v" }));
                members["ConditionExpression"] = "n > :nine".into();
                members["ExpressionAttributeValues"][":nine"] = json!({ "N": "9" });
                row.update_outcome(members).await
            },
        ),
    ]
}

fn empty() -> Vec<Case> {
    let values = [
        ("an empty text", json!({ "S": "" }), true),
        ("an empty map", json!({ "M": {} }), true),
        ("an empty list", json!({ "L": [] }), true),
        ("an empty text within a map", json!({ "M": { "a": { "S": "" } } }), true),
        ("a null", json!({ "NULL": true }), true),
        ("an empty set", json!({ "SS": [] }), false),
        ("a set with a value twice", json!({ "SS": ["a", "a"] }), false),
    ];
    let case = |(which, value, is_taken): (&str, Value, bool)| {
        let name = format!("{which} is {}", if is_taken { "kept as it is" } else { "refused" });
        let expected = if is_taken { value.to_string() } else { "ValidationException".to_owned() };
        Case::new(name, TYPES, expected, move |desk| async move {
            let row = Row::new(&desk);
            match row.put_outcome(json!({ "v": value })).await?.as_str() {
                "taken" => Ok(row.read().await?["v"].to_string()),
                refusal => Ok(refusal.to_owned()),
            }
        })
    };
    values.into_iter().map(case).collect()
}

fn keys() -> Vec<Case> {
    let key = |which: &str, length: usize, page, expected: &str| {
        Case::new(format!("a key of {which}"), page, expected, move |desk| async move {
            let mut key = desk.name("key");
            key = if length == 0 { String::new() } else { format!("{key:k<length$}") };
            let item = json!({ "pk": { "S": key } });
            desk.outcome("PutItem", json!({ "TableName": desk.prefix, "Item": item })).await
        })
    };
    vec![
        key("no characters is refused", 0, TYPES, "ValidationException"),
        key("2048 bytes is taken", 2048, QUOTAS, "taken"),
        key("2049 bytes is refused", 2049, QUOTAS, "ValidationException"),
    ]
}

/// An expired item stays until it is deleted some time later.
fn expiry() -> Vec<Case> {
    let kept = |which: &str, ttl: Value| {
        Case::new(
            format!("a time to live {which} deletes nothing"),
            TTL,
            "there",
            move |desk| async move {
                let row = Row::of(&desk, json!({ "ttl": ttl })).await?;
                // Longer than the embedded engine's interval between sweeps.
                tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
                Ok(row.read().await?.as_str().unwrap_or("there").to_owned())
            },
        )
    };
    vec![
        kept("in a text", json!({ "S": "1" })),
        kept("of more than five years ago", json!({ "N": "1600000000" })),
        kept("ahead", json!({ "N": "4000000000" })),
        kept("in milliseconds", json!({ "N": "1795165200000" })),
    ]
}
