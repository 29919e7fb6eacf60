//! Sizes at their limit.

use serde_json::{Value, json};

use super::due::{TRIES_MAX, TRY_EVERY};
use super::{Row, set};
use crate::Case;

const QUOTAS: &str = "Quotas in DynamoDB (developer guide)";
const SIZES: &str = "Item sizes and formats (developer guide)";
const PAGES: &str = "Paginating table query results (developer guide)";

/// AWS: 400 KB, names and values together (quotas).
const ITEM_BYTES_MAX: usize = 400 * 1024;

/// An attribute `b` that brings the item to this size.
fn filling(row: &Row, size: usize) -> Value {
    let rest = size - "pk".len() - row.key.len() - "b".len();
    json!({ "b": { "S": "b".repeat(rest) } })
}

pub(super) fn cases() -> Vec<Case> {
    [items(), pages(), counted()].into_iter().flatten().collect()
}

fn items() -> Vec<Case> {
    let put = |name: &str, size: usize, expected: &str| {
        Case::new(name, QUOTAS, expected, move |desk| async move {
            let row = Row::new(&desk);
            let attributes = filling(&row, size);
            row.put_outcome(attributes).await
        })
    };
    vec![
        put("an item of 400 KB is written", ITEM_BYTES_MAX, "taken"),
        put("an item of one byte more is refused", ITEM_BYTES_MAX + 1, "ValidationException"),
        Case::new(
            "an update that makes an item too large is refused, and changes nothing",
            QUOTAS,
            "ValidationException same",
            |desk| async move {
                let row = Row::new(&desk);
                let attributes = filling(&row, ITEM_BYTES_MAX - 10);
                row.put(attributes.clone()).await?;
                let outcome = row.update_outcome(set("c", json!({ "S": "0123456789" }))).await?;
                let same = row.read().await? == attributes;
                Ok(format!("{outcome} {}", if same { "same" } else { "other" }))
            },
        ),
        Case::new("an update that fills an item is taken", SIZES, "taken", |desk| async move {
            let row = Row::new(&desk);
            row.put(filling(&row, ITEM_BYTES_MAX - 10)).await?;
            row.update_outcome(set("c", json!({ "S": "012345678" }))).await
        }),
        Case::new(
            "a character of two bytes counts as two",
            SIZES,
            "taken ValidationException",
            |desk| async move {
                let mut outcomes = Vec::new();
                for more in [0, 1] {
                    let row = Row::new(&desk);
                    let rest = ITEM_BYTES_MAX - "pk".len() - row.key.len() - "b".len();
                    let padding = "b".repeat(rest % 2);
                    let text = format!("{padding}{}", "é".repeat(rest / 2 + more));
                    outcomes.push(row.put_outcome(json!({ "b": { "S": text } })).await?);
                }
                Ok(outcomes.join(" "))
            },
        ),
        Case::new(
            "a failure carries an old item of nearly 400 KB",
            SIZES,
            "true",
            |desk| async move {
                let row = Row::new(&desk);
                row.put(filling(&row, ITEM_BYTES_MAX)).await?;
                let mut members = set("c", json!({ "S": "v" }));
                members["ConditionExpression"] = "attribute_not_exists(pk)".into();
                members["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD".into();
                let answer = desk.send("UpdateItem", row.update_body(members)).await?;
                let length = answer.body["Item"]["b"]["S"].as_str().map_or(0, str::len);
                Ok((length > 400_000).to_string())
            },
        ),
    ]
}

fn pages() -> Vec<Case> {
    vec![
        Case::new(
            "a condition of 4 KB is taken, a longer one is refused",
            QUOTAS,
            "taken ValidationException",
            |desk| async move {
                let mut outcomes = Vec::new();
                for clauses in [100, 200] {
                    let clause = "attribute_not_exists(#name_n)";
                    let condition = vec![clause; clauses].join(" OR ");
                    let mut members = set("c", json!({ "S": "v" }));
                    members["ConditionExpression"] = condition.into();
                    members["ExpressionAttributeNames"]["#name_n"] = "n".into();
                    outcomes.push(Row::of(&desk, json!({})).await?.update_outcome(members).await?);
                }
                Ok(outcomes.join(" "))
            },
        ),
        Case::new(
            "a list of 32 levels is taken, one of 33 is refused",
            QUOTAS,
            "taken ValidationException",
            |desk| async move {
                let mut outcomes = Vec::new();
                for levels in [32, 33] {
                    let mut value = json!({ "S": "v" });
                    for _ in 1..levels {
                        value = json!({ "L": [value] });
                    }
                    outcomes.push(Row::new(&desk).put_outcome(json!({ "v": value })).await?);
                }
                Ok(outcomes.join(" "))
            },
        ),
    ]
}

fn counted() -> Vec<Case> {
    vec![Case::new(
        "the size of a page of an index is that of its entries, not of their items",
        PAGES,
        "4 true",
        |desk| async move {
            let shard = json!({ "N": "4294967296" });
            for at in 1..=4 {
                let row = Row::new(&desk);
                let mut attributes = filling(&row, 300_000);
                attributes["due_s"] = shard.clone();
                attributes["due_at"] = json!({ "N": at.to_string() });
                row.put(attributes).await?;
            }
            let query = json!({
                "TableName": desk.prefix, "IndexName": "due",
                "KeyConditionExpression": "due_s = :shard",
                "ExpressionAttributeValues": { ":shard": shard },
            });
            let mut page = desk.call("Query", query.clone()).await?;
            for _ in 0..TRIES_MAX {
                if page["Count"] == 4 {
                    break;
                }
                tokio::time::sleep(TRY_EVERY).await;
                page = desk.call("Query", query.clone()).await?;
            }
            Ok(format!("{} {}", page["Count"], page["LastEvaluatedKey"].is_null()))
        },
    )]
}
