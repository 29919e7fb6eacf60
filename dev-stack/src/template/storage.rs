//! Tables, queues and secrets as the template describes them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::Fields;
use super::intrinsics::{Attributes, plain};
use super::{Surroundings, TemplateError};
use crate::aws::dynamodb::{IndexDescription, Key, KeyAttribute, Projection, TableDescription};
use crate::aws::sqs::QueueDescription;

#[derive(Debug, Clone)]
pub struct Secret {
    pub name: String,
    /// What a deployment puts into it: a placeholder that fails closed.
    pub placeholder: Option<String>,
}

/// The template's shapes of a table, which are those of `CreateTable`. Members that they do not name are
/// refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Definition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct KeyPart {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Index {
    #[serde(rename = "IndexName")]
    name: String,
    key_schema: Vec<KeyPart>,
    projection: Projected,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Projected {
    projection_type: String,
    #[serde(default)]
    non_key_attributes: Vec<String>,
}

const TABLE_CLOUD_ONLY: [&str; 7] = [
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TableClass",
    "Tags",
];

pub(super) fn table(mut properties: Fields<'_>) -> Result<TableDescription, TemplateError> {
    if properties.required("BillingMode")? != "PAY_PER_REQUEST" {
        return Err(TemplateError::at(&properties.place, "a table must be on demand"));
    }
    let definitions: Vec<Definition> = properties.shape("AttributeDefinitions")?;
    let kinds = definitions.into_iter().map(|it| (it.attribute_name, it.attribute_type)).collect();
    let schema: Vec<KeyPart> = properties.shape("KeySchema")?;
    let indexes: Vec<Index> = properties.shape("GlobalSecondaryIndexes")?;
    let unusable = || TemplateError::at(&properties.place, "a key that is not understood");
    let key = key(schema, &kinds).ok_or_else(unusable)?;
    let indexes = indexes.into_iter().map(|index| index_of(index, &kinds));
    let indexes = indexes.collect::<Option<Vec<_>>>().ok_or_else(unusable)?;
    let name = properties.required("TableName")?;
    let mut ttl = properties.inner("TimeToLiveSpecification")?;
    let ttl_attribute = ttl.text("AttributeName")?;
    let enabled = ttl.text("Enabled")?.is_none_or(|enabled| enabled == "true");
    ttl.end()?;
    properties.cloud_only(&TABLE_CLOUD_ONLY);
    properties.end()?;
    Ok(TableDescription { name, key, indexes, ttl_attribute: ttl_attribute.filter(|_| enabled) })
}

fn key(schema: Vec<KeyPart>, kinds: &BTreeMap<String, String>) -> Option<Key> {
    let (mut hash, mut range) = (None, None);
    for part in schema {
        let kind = kinds.get(&part.attribute_name)?.clone();
        let attribute = KeyAttribute { name: part.attribute_name, kind };
        match part.key_type.as_str() {
            "HASH" => hash = Some(attribute),
            "RANGE" => range = Some(attribute),
            _ => return None,
        }
    }
    Some(Key { hash: hash?, range })
}

fn index_of(index: Index, kinds: &BTreeMap<String, String>) -> Option<IndexDescription> {
    let projection = match index.projection.projection_type.as_str() {
        "ALL" => Projection::All,
        "KEYS_ONLY" => Projection::KeysOnly,
        "INCLUDE" => Projection::Include(index.projection.non_key_attributes),
        _ => return None,
    };
    Some(IndexDescription { name: index.name, key: key(index.key_schema, kinds)?, projection })
}

const QUEUE_WORDS: [&str; 9] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
];

pub(super) fn queue(mut properties: Fields<'_>) -> Result<QueueDescription, TemplateError> {
    let name = properties.required("QueueName")?;
    let mut attributes = BTreeMap::new();
    for word in QUEUE_WORDS {
        if let Some(value) = properties.text(word)? {
            attributes.insert(word.to_owned(), value);
        }
    }
    for policy in ["RedrivePolicy", "RedriveAllowPolicy"] {
        if let Some(value) = properties.take(policy)? {
            attributes.insert(policy.to_owned(), plain(&value));
        }
    }
    properties.cloud_only(&["KmsMasterKeyId", "SqsManagedSseEnabled", "Tags"]);
    properties.end()?;
    Ok(QueueDescription { name, attributes })
}

pub(super) fn secret(mut properties: Fields<'_>) -> Result<Secret, TemplateError> {
    let name = properties.required("Name")?;
    let placeholder = properties.text("SecretString")?;
    properties.cloud_only(&["Description", "GenerateSecretString", "KmsKeyId", "Tags"]);
    properties.end()?;
    Ok(Secret { name, placeholder })
}

pub(super) fn table_attributes(
    properties: &mut Fields<'_>,
    around: &Surroundings,
) -> Result<Attributes, TemplateError> {
    let name = properties.required("TableName")?;
    let arn = around.arn("dynamodb", &format!("table/{name}"));
    Ok(Attributes { reference: Some(name), by_name: BTreeMap::from([("Arn", arn)]) })
}

pub(super) fn queue_attributes(
    properties: &mut Fields<'_>,
    around: &Surroundings,
) -> Result<Attributes, TemplateError> {
    let name = properties.required("QueueName")?;
    let url = format!("{}/{}/{name}", around.sqs_url, around.account_id);
    let by_name = BTreeMap::from([
        ("Arn", around.arn("sqs", &name)),
        ("QueueName", name),
        ("QueueUrl", url.clone()),
    ]);
    Ok(Attributes { reference: Some(url), by_name })
}

pub(super) fn secret_attributes(
    properties: &mut Fields<'_>,
    around: &Surroundings,
) -> Result<Attributes, TemplateError> {
    let arn = around.arn("secretsmanager", &format!("secret:{}", properties.required("Name")?));
    Ok(Attributes { reference: Some(arn.clone()), by_name: BTreeMap::from([("Id", arn)]) })
}

impl Surroundings {
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account_id)
    }
}
