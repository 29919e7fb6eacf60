//! Tables as the template describes them, and how they are created.

use std::collections::BTreeMap;

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use serde_json::{Value, json};

use super::DynamoDbError;

/// Always on demand.
#[derive(Clone, Debug)]
pub struct TableDescription {
    pub name: String,
    pub key: Key,
    pub indexes: Vec<IndexDescription>,
    pub ttl_attribute: Option<String>,
}

#[derive(Clone, Debug)]
pub struct IndexDescription {
    pub name: String,
    pub key: Key,
    pub projection: Projection,
}

#[derive(Clone, Debug)]
pub struct Key {
    pub hash: KeyAttribute,
    pub range: Option<KeyAttribute>,
}

#[derive(Clone, Debug)]
pub struct KeyAttribute {
    pub name: String,
    /// `S`, `N` or `B`.
    pub kind: String,
}

#[derive(Clone, Debug)]
pub enum Projection {
    All,
    KeysOnly,
    Include(Vec<String>),
}

impl TableDescription {
    /// Creates the table unless it exists.
    pub(super) fn create_in(&self, database: &Database) -> Result<(), DynamoDbError> {
        let failed = |source| DynamoDbError::Table { table: self.name.clone(), source };
        if database.get_table_metadata(&self.name).map_err(failed)?.is_none() {
            let request: CreateTableRequest =
                serde_json::from_value(self.request()).map_err(|source| {
                    DynamoDbError::Description { table: self.name.clone(), source }
                })?;
            database.create_table(request).map_err(failed)?;
        }
        let Some(attribute_name) = self.ttl_attribute.clone() else {
            return Ok(());
        };
        let request = UpdateTimeToLiveRequest {
            table_name: self.name.clone(),
            time_to_live_specification: TimeToLiveSpecification { attribute_name, enabled: true },
        };
        database.update_time_to_live(request).map_err(failed)?;
        Ok(())
    }

    /// The request to `CreateTable`.
    fn request(&self) -> Value {
        let keys = self.indexes.iter().map(|index| &index.key).chain([&self.key]);
        let types: BTreeMap<&str, &str> =
            keys.flat_map(Key::attributes).map(|it| (it.name.as_str(), it.kind.as_str())).collect();
        let definition = |(name, kind)| json!({ "AttributeName": name, "AttributeType": kind });
        let indexes: Vec<Value> = self.indexes.iter().map(IndexDescription::request).collect();
        json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": self.key.schema(),
            "AttributeDefinitions": types.into_iter().map(definition).collect::<Vec<_>>(),
            // The list may be absent but not empty.
            "GlobalSecondaryIndexes": if indexes.is_empty() { Value::Null } else { indexes.into() },
        })
    }
}

impl IndexDescription {
    fn request(&self) -> Value {
        let projection = match &self.projection {
            Projection::All => json!({ "ProjectionType": "ALL" }),
            Projection::KeysOnly => json!({ "ProjectionType": "KEYS_ONLY" }),
            Projection::Include(names) => {
                json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": names })
            }
        };
        json!({ "IndexName": self.name, "KeySchema": self.key.schema(), "Projection": projection })
    }
}

impl Key {
    fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        [&self.hash].into_iter().chain(&self.range)
    }

    fn schema(&self) -> Vec<Value> {
        let roles = self.attributes().zip(["HASH", "RANGE"]);
        roles.map(|(it, role)| json!({ "AttributeName": it.name, "KeyType": role })).collect()
    }
}
