//! Indexes, called directly at the engine: projections, entries, pagination.

use serde_json::{Value, json};

use super::due::TRIES_MAX;
use super::{Row, set};
use crate::{Case, Desk, Stop};

const INDEXES: &str = "Using global secondary indexes (developer guide)";
const SPARSE: &str = "Sparse indexes (developer guide)";
const QUERY: &str = "Query (DynamoDB API reference)";
const PAGES: &str = "Paginating table query results (developer guide)";

/// A shard used by one case only.
#[derive(Clone, Debug)]
struct Shard {
    desk: Desk,
    name: String,
}

impl Shard {
    fn new(desk: &Desk) -> Self {
        Self { desk: desk.clone(), name: desk.name("shard") }
    }

    async fn put(&self, at: i64) -> Result<Row, Stop> {
        let marks = json!({
            "day_s": { "S": self.name }, "day_at": { "N": at.to_string() }, "st": { "S": "open" },
        });
        Row::of(&self.desk, marks).await
    }

    fn question(&self, members: &Value) -> Value {
        let mut question = json!({
            "TableName": self.desk.prefix, "IndexName": "day",
            "KeyConditionExpression": "day_s = :s",
            "ExpressionAttributeValues": { ":s": { "S": self.name } },
        });
        for (name, value) in members.as_object().into_iter().flatten() {
            question[name] = value.clone();
        }
        question
    }

    /// The answer, once the index shows this many entries; the latest state if it never does.
    async fn query(&self, members: Value, entries: usize) -> Result<Value, Stop> {
        let mut answer = Value::Null;
        for _ in 0..TRIES_MAX {
            answer = self.desk.call("Query", self.question(&members)).await?;
            if answer["Count"] == entries {
                break;
            }
            tokio::time::sleep(super::due::TRY_EVERY).await;
        }
        Ok(answer)
    }
}

/// The times of the entries of a page.
fn times(page: &Value) -> String {
    let entries = page["Items"].as_array().into_iter().flatten();
    let times = entries.map(|item| item["day_at"]["N"].as_str().unwrap_or_default());
    times.collect::<Vec<_>>().join(" ")
}

fn members(value: &Value) -> String {
    let mut names: Vec<&String> = value.as_object().into_iter().flatten().map(|(n, _)| n).collect();
    names.sort();
    names.into_iter().cloned().collect::<Vec<_>>().join(" ")
}

pub(super) fn cases() -> Vec<Case> {
    [entries(), pages(), continued(), ranges(), refused()].into_iter().flatten().collect()
}

fn entries() -> Vec<Case> {
    vec![
        Case::new(
            "an index of keys shows keys and no other attribute",
            INDEXES,
            "day_at day_s pk",
            |desk| async move {
                let shard = Shard::new(&desk);
                shard.put(1).await?;
                Ok(members(&shard.query(json!({}), 1).await?["Items"][0]))
            },
        ),
        Case::new(
            "an item with half of an index's key is not in it",
            SPARSE,
            "0",
            |desk| async move {
                let shard = Shard::new(&desk);
                Row::of(&desk, json!({ "day_s": { "S": shard.name } })).await?;
                Ok(shard.query(json!({}), 0).await?["Count"].to_string())
            },
        ),
        Case::new(
            "an item leaves the index with a key attribute",
            SPARSE,
            "1 0",
            |desk| async move {
                let shard = Shard::new(&desk);
                let row = shard.put(1).await?;
                let before = shard.query(json!({}), 1).await?["Count"].to_string();
                row.update(json!({ "UpdateExpression": "REMOVE day_at" })).await?;
                Ok(format!("{before} {}", shard.query(json!({}), 0).await?["Count"]))
            },
        ),
        Case::new("a deleted item leaves the index", INDEXES, "0", |desk| async move {
            let shard = Shard::new(&desk);
            let row = shard.put(1).await?;
            shard.query(json!({}), 1).await?;
            let body = json!({ "TableName": desk.prefix, "Key": row.key() });
            desk.call("DeleteItem", body).await?;
            Ok(shard.query(json!({}), 0).await?["Count"].to_string())
        }),
        Case::new("an item is in both of its indexes", INDEXES, "1", |desk| async move {
            let shard = Shard::new(&desk);
            let row = shard.put(1).await?;
            row.update(set("due_s", json!({ "N": "4294967297" }))).await?;
            row.update(set("due_at", json!({ "N": "1" }))).await?;
            Ok(shard.query(json!({}), 1).await?["Count"].to_string())
        }),
    ]
}

fn pages() -> Vec<Case> {
    vec![
        Case::new("entries come by number, not by text", QUERY, "2 10 100", |desk| async move {
            let shard = Shard::new(&desk);
            for at in [10, 100, 2] {
                shard.put(at).await?;
            }
            Ok(times(&shard.query(json!({}), 3).await?))
        }),
        Case::new("the newest come first if asked for", QUERY, "100 10 2", |desk| async move {
            let shard = Shard::new(&desk);
            for at in [10, 100, 2] {
                shard.put(at).await?;
            }
            Ok(times(&shard.query(json!({ "ScanIndexForward": false }), 3).await?))
        }),
    ]
}

fn continued() -> Vec<Case> {
    vec![
        Case::new(
            "a page goes on after its last entry, to the end",
            PAGES,
            "1 2, 3 4, 5",
            |desk| async move {
                let shard = Shard::new(&desk);
                for at in 1..=5 {
                    shard.put(at).await?;
                }
                shard.query(json!({}), 5).await?;
                let mut pages = Vec::new();
                let mut members = json!({ "Limit": 2 });
                loop {
                    let page = desk.call("Query", shard.question(&members)).await?;
                    pages.push(times(&page));
                    let last = page["LastEvaluatedKey"].clone();
                    if last.is_null() || pages.len() > 4 {
                        pages.retain(|page| !page.is_empty());
                        return Ok(pages.join(", "));
                    }
                    members["ExclusiveStartKey"] = last;
                }
            },
        ),
        Case::new(
            "entries with the same time are each shown once",
            PAGES,
            "3 of 3",
            |desk| async move {
                let shard = Shard::new(&desk);
                for _ in 0..3 {
                    shard.put(7).await?;
                }
                shard.query(json!({}), 3).await?;
                let mut keys = std::collections::BTreeSet::new();
                let mut members = json!({ "Limit": 1 });
                for _ in 0..4 {
                    let page = desk.call("Query", shard.question(&members)).await?;
                    let items = page["Items"].as_array().into_iter().flatten();
                    keys.extend(items.map(|item| item["pk"].to_string()));
                    if page["LastEvaluatedKey"].is_null() {
                        break;
                    }
                    members["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
                }
                Ok(format!("{} of 3", keys.len()))
            },
        ),
    ]
}

fn ranges() -> Vec<Case> {
    vec![
        Case::new(
            "a continuation names the keys of index and table",
            PAGES,
            "day_at day_s pk",
            |desk| async move {
                let shard = Shard::new(&desk);
                shard.put(1).await?;
                shard.put(2).await?;
                let page = shard.query(json!({ "Limit": 1 }), 1).await?;
                Ok(members(&page["LastEvaluatedKey"]))
            },
        ),
        Case::new("a range includes both its ends", QUERY, "2 3", |desk| async move {
            let shard = Shard::new(&desk);
            for at in 1..=4 {
                shard.put(at).await?;
            }
            let members = json!({
                "KeyConditionExpression": "day_s = :s AND day_at BETWEEN :from AND :to",
                "ExpressionAttributeValues": {
                    ":s": { "S": shard.name }, ":from": { "N": "2" }, ":to": { "N": "3" },
                },
            });
            Ok(times(&shard.query(members, 2).await?))
        }),
    ]
}

fn refused() -> Vec<Case> {
    let question = |which: &str, page, members: Value| {
        Case::new(
            format!("{which} is refused"),
            page,
            "ValidationException",
            move |desk| async move {
                let shard = Shard::new(&desk);
                desk.outcome("Query", shard.question(&members)).await
            },
        )
    };
    vec![
        question("a consistent read of a global index", INDEXES, json!({ "ConsistentRead": true })),
        question("a missing index", QUERY, json!({ "IndexName": "none" })),
        question("a page of no entries", QUERY, json!({ "Limit": 0 })),
        question(
            "a query without the hash key",
            QUERY,
            json!({
                "KeyConditionExpression": "day_at = :s",
            }),
        ),
        Case::new(
            "an index's key of the wrong type is refused",
            INDEXES,
            "ValidationException",
            |desk| async move {
                Row::new(&desk).put_outcome(json!({ "due_at": { "S": "soon" } })).await
            },
        ),
        Case::new(
            "an empty key of an index is refused",
            INDEXES,
            "ValidationException",
            |desk| async move { Row::new(&desk).put_outcome(json!({ "day_s": { "S": "" } })).await },
        ),
    ]
}
