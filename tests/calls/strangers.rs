//! What any AWS client sees of the dev stack: the table, the queues and the secrets of the template. The
//! clients are those of the stock SDK; only the addresses are ours.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, ProjectionType, TimeToLiveStatus};
use aws_sdk_sqs::types::QueueAttributeName;
use e2e::{Stack, TABLE};
use quittance::aws::{http_client, sdk_config};
use quittance::config::AwsConfig;
use serde_json::{Value, json};

use crate::STACK;

const QUEUES: [&str; 3] = ["deliveries", "fulfilment", "notifications"];

fn shared(stack: &Stack) -> aws_types::SdkConfig {
    let endpoint = |service: &str| stack.address(service).to_owned();
    let config = AwsConfig {
        region: endpoint("region"),
        access_key_id: "any".to_owned(),
        secret_access_key: "any".to_owned(),
        session_token: None,
        endpoints: BTreeMap::from([
            ("DynamoDB", endpoint("dynamodb")),
            ("SQS", endpoint("sqs")),
            ("Secrets Manager", endpoint("secrets_manager")),
        ]),
    };
    sdk_config(&config, http_client().unwrap())
}

fn keys(schema: &[KeySchemaElement]) -> Vec<(&str, &KeyType)> {
    schema.iter().map(|key| (key.attribute_name(), key.key_type())).collect()
}

#[tokio::test]
async fn the_table_is_that_of_the_template() {
    let stack = Stack::start(STACK).await;
    let client = aws_sdk_dynamodb::Client::new(&shared(&stack));
    let tables = client.list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), [TABLE]);
    let table = client.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap();
    assert_eq!(keys(table.key_schema()), [("pk", &KeyType::Hash)]);
    let mut indexes: Vec<_> = table
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            let projection = index.projection().and_then(|p| p.projection_type()).cloned();
            (index.index_name().unwrap(), keys(index.key_schema()), projection.unwrap())
        })
        .collect();
    indexes.sort_by_key(|(name, ..)| *name);
    let keys_only = ProjectionType::KeysOnly;
    assert_eq!(
        indexes,
        [
            (
                "day",
                vec![("day_s", &KeyType::Hash), ("day_at", &KeyType::Range)],
                keys_only.clone()
            ),
            ("due", vec![("due_s", &KeyType::Hash), ("due_at", &KeyType::Range)], keys_only),
        ]
    );
    let ttl = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    let ttl = ttl.time_to_live_description.unwrap();
    assert_eq!(ttl.attribute_name(), Some("ttl"));
    assert_eq!(ttl.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
}

#[tokio::test]
async fn an_order_is_one_item_that_anybody_can_read() {
    let stack = Stack::start(STACK).await;
    let order = stack.order(&e2e::order_body()).await;
    let client = aws_sdk_dynamodb::Client::new(&shared(&stack));
    let found = client.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(found.count(), 1);
    let key = found.items()[0]["pk"].as_s().unwrap();
    assert_eq!(key, &format!("O#{order}"));
}

#[tokio::test]
async fn the_queues_are_those_of_the_template() {
    let stack = Stack::start(STACK).await;
    let client = aws_sdk_sqs::Client::new(&shared(&stack));
    let listed = client.list_queues().queue_name_prefix("quittance-").send().await.unwrap();
    assert_eq!(listed.queue_urls().len(), 2 * QUEUES.len(), "{:?}", listed.queue_urls());
    for queue in QUEUES {
        let live = attributes(&client, &format!("quittance-{queue}.fifo")).await;
        let dead = attributes(&client, &format!("quittance-{queue}-dead.fifo")).await;
        for queue in [&live, &dead] {
            assert_eq!(queue["FifoQueue"], "true");
            assert_eq!(queue["DeduplicationScope"], "messageGroup");
            assert_eq!(queue["FifoThroughputLimit"], "perMessageGroupId");
            assert_eq!(queue["MessageRetentionPeriod"], "1209600", "14 days");
        }
        assert_eq!(live["VisibilityTimeout"], "150");
        assert_eq!(live["ContentBasedDeduplication"], "false");
        let redrive: Value = serde_json::from_str(&live["RedrivePolicy"]).unwrap();
        assert_eq!(redrive["deadLetterTargetArn"], json!(dead["QueueArn"]));
        assert_eq!(redrive["maxReceiveCount"].to_string().trim_matches('"'), "15");
        assert!(!dead.contains_key("RedrivePolicy"), "{dead:?}");
    }
}

async fn attributes(client: &aws_sdk_sqs::Client, name: &str) -> BTreeMap<String, String> {
    let url = client.get_queue_url().queue_name(name).send().await.unwrap().queue_url.unwrap();
    let all = QueueAttributeName::All;
    let answer = client.get_queue_attributes().queue_url(url).attribute_names(all).send().await;
    let attributes = answer.unwrap().attributes.unwrap();
    attributes.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

#[tokio::test]
async fn the_secrets_are_those_of_the_template() {
    let stack = Stack::start(STACK).await;
    let client = aws_sdk_secretsmanager::Client::new(&shared(&stack));
    let listed = client.list_secrets().send().await.unwrap();
    let mut names: Vec<&str> = listed.secret_list().iter().filter_map(|s| s.name()).collect();
    names.sort_unstable();
    let expected = ["api-keys", "delivery", "gateways/sandbox", "status-token"];
    assert_eq!(names, expected.map(|name| format!("quittance/{name}")));
    for name in names {
        let read = client.get_secret_value().secret_id(name).send().await.unwrap();
        let value: Value = serde_json::from_str(read.secret_string().unwrap()).unwrap();
        assert!(value.is_object() || value.is_array(), "{name}");
        assert_eq!(read.version_stages(), ["AWSCURRENT"], "{name}");
    }
    let keys = client.get_secret_value().secret_id("quittance/api-keys").send().await.unwrap();
    assert!(!keys.secret_string().unwrap().contains(e2e::KEY), "only a hash of the key is kept");
}
