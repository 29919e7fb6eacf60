//! The table as the store uses it, and the engine below it as the API reference describes it.

mod changes;
mod claims;
mod creating;
mod due;
mod expressions;
mod failures;
mod indexes;
mod items;
mod limits;
mod orders;
mod parking;
mod transactions;

use serde_json::{Value, json};

use super::{Case, Desk, Stop};

const POLLS_MAX: usize = 60;

pub(super) fn cases() -> Vec<Case> {
    let chapters = [
        creating::cases(),
        claims::cases(),
        changes::cases(),
        due::cases(),
        parking::cases(),
        failures::cases(),
        expressions::cases(),
        items::cases(),
        limits::cases(),
        indexes::cases(),
        transactions::cases(),
    ];
    chapters.into_iter().flatten().collect()
}

/// One table for all cases, as the template describes it. Each case uses its own keys.
pub(super) async fn make_table(desk: &Desk) -> Result<(), Stop> {
    let key = |name: &str, role: &str| json!({ "AttributeName": name, "KeyType": role });
    let attribute =
        |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
    let index = |name: &str, hash: &str, range: &str| {
        json!({
            "IndexName": name,
            "KeySchema": [key(hash, "HASH"), key(range, "RANGE")],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        })
    };
    let request = json!({
        "TableName": desk.prefix,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [key("pk", "HASH")],
        "AttributeDefinitions": [
            attribute("pk", "S"),
            attribute("due_s", "N"), attribute("due_at", "N"),
            attribute("day_s", "S"), attribute("day_at", "N"),
        ],
        "GlobalSecondaryIndexes": [
            index("due", "due_s", "due_at"), index("day", "day_s", "day_at"),
        ],
    });
    desk.call("CreateTable", request).await?;
    for _ in 0..POLLS_MAX {
        let name = json!({ "TableName": desk.prefix });
        let described = desk.call("DescribeTable", name).await?;
        if described["Table"]["TableStatus"] == "ACTIVE" {
            let specification = json!({ "AttributeName": "ttl", "Enabled": true });
            let request = json!({
                "TableName": desk.prefix, "TimeToLiveSpecification": specification,
            });
            return desk.call("UpdateTimeToLive", request).await.map(drop);
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    Err(Stop::Silent("the table does not become active".to_owned()))
}

/// An item of one case, accessed by direct calls to the engine.
#[derive(Clone, Debug)]
struct Row {
    desk: Desk,
    key: String,
}

impl Row {
    fn new(desk: &Desk) -> Self {
        Self { desk: desk.clone(), key: desk.name("item") }
    }

    /// With these attributes.
    async fn of(desk: &Desk, attributes: Value) -> Result<Self, Stop> {
        let row = Self::new(desk);
        row.put(attributes).await?;
        Ok(row)
    }

    fn key(&self) -> Value {
        json!({ "pk": { "S": self.key } })
    }

    fn item(&self, mut attributes: Value) -> Value {
        attributes["pk"] = json!({ "S": self.key });
        attributes
    }

    async fn put(&self, attributes: Value) -> Result<Value, Stop> {
        let body = json!({ "TableName": self.desk.prefix, "Item": self.item(attributes) });
        self.desk.call("PutItem", body).await
    }

    async fn put_outcome(&self, attributes: Value) -> Result<String, Stop> {
        let body = json!({ "TableName": self.desk.prefix, "Item": self.item(attributes) });
        self.desk.outcome("PutItem", body).await
    }

    fn update_body(&self, mut members: Value) -> Value {
        members["TableName"] = self.desk.prefix.clone().into();
        members["Key"] = self.key();
        members
    }

    async fn update(&self, members: Value) -> Result<Value, Stop> {
        self.desk.call("UpdateItem", self.update_body(members)).await
    }

    async fn update_outcome(&self, members: Value) -> Result<String, Stop> {
        self.desk.outcome("UpdateItem", self.update_body(members)).await
    }

    /// The attributes without the key; `absent` if there is no item.
    async fn read(&self) -> Result<Value, Stop> {
        let body = json!({
            "TableName": self.desk.prefix, "Key": self.key(), "ConsistentRead": true,
        });
        let mut item = self.desk.call("GetItem", body).await?["Item"].clone();
        match item.as_object_mut() {
            Some(members) => drop(members.remove("pk")),
            None => return Ok("absent".into()),
        }
        Ok(item)
    }
}

/// `SET #a = :v`.
fn set(name: &str, value: Value) -> Value {
    json!({
        "UpdateExpression": "SET #a = :v",
        "ExpressionAttributeNames": { "#a": name },
        "ExpressionAttributeValues": { ":v": value },
    })
}
