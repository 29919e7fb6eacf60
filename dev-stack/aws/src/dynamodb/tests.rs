//! Tables from descriptions, and what survives.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dynoxide::Database;
use serde_json::{Value, json};

use super::*;

fn attribute(name: &str, kind: &str) -> KeyAttribute {
    KeyAttribute { name: name.to_owned(), kind: kind.to_owned() }
}

fn payments() -> TableDescription {
    let due = Key { hash: attribute("due_s", "N"), range: Some(attribute("due_at", "N")) };
    TableDescription {
        name: "payments".to_owned(),
        key: Key { hash: attribute("pk", "S"), range: None },
        indexes: vec![IndexDescription {
            name: "due".to_owned(),
            key: due,
            projection: Projection::KeysOnly,
        }],
        ttl_attribute: Some("ttl".to_owned()),
    }
}

fn put(database: &Database, item: &Value) {
    let request = json!({ "TableName": "payments", "Item": item });
    database.put_item(serde_json::from_value(request).unwrap()).unwrap();
}

fn keys(database: &Database) -> Vec<String> {
    let request = json!({ "TableName": "payments" });
    let scanned = database.scan(serde_json::from_value(request).unwrap()).unwrap();
    let items = json!(scanned)["Items"].as_array().unwrap().clone();
    items.iter().map(|item| item["pk"]["S"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_described_table_has_its_index_and_is_not_made_twice() {
    let database = open_memory(Clock::system()).unwrap();
    provide(&database, &[payments()]).unwrap();
    put(
        &database,
        &json!({
            "pk": { "S": "O#1" }, "due_s": { "N": "0" }, "due_at": { "N": "7" }, "st": { "S": "OPEN" },
        }),
    );
    provide(&database, &[payments()]).unwrap();
    let query = json!({
        "TableName": "payments", "IndexName": "due",
        "KeyConditionExpression": "due_s = :s AND due_at <= :now",
        "ExpressionAttributeValues": { ":s": { "N": "0" }, ":now": { "N": "8" } },
    });
    let found = database.query(serde_json::from_value(query).unwrap()).unwrap();
    let expected = json!([{
        "pk": { "S": "O#1" }, "due_s": { "N": "0" }, "due_at": { "N": "7" },
    }]);
    assert_eq!(json!(found)["Items"], expected);
}

#[test]
fn an_expired_item_is_swept_by_the_given_clock() {
    let now_ms = Arc::new(AtomicI64::new(1_795_000_000_000));
    let database = open_memory(Clock::fixed(Arc::clone(&now_ms))).unwrap();
    provide(&database, &[payments()]).unwrap();
    put(&database, &json!({ "pk": { "S": "P#1" }, "ttl": { "N": "1795000010" } }));
    database.sweep_ttl().unwrap();
    assert_eq!(keys(&database), ["P#1"]);
    now_ms.fetch_add(11_000, Ordering::SeqCst);
    database.sweep_ttl().unwrap();
    assert!(keys(&database).is_empty());
}

#[test]
fn a_file_keeps_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_file(dir.path()).unwrap();
    provide(&database, &[payments()]).unwrap();
    put(&database, &json!({ "pk": { "S": "O#1" } }));
    drop(database);
    let database = open_file(dir.path()).unwrap();
    provide(&database, &[payments()]).unwrap();
    assert_eq!(keys(&database), ["O#1"]);
}
