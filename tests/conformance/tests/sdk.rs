//! Refusals as the stock Rust SDKs parse them.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use local_aws::clock::Clock;
use local_aws::disk::Disk;
use local_aws::secrets_manager::SecretsManager;
use local_aws::sqs::Sqs;
use local_aws::{AwsJson, Ids, dynamodb, serve};
use quittance::config::AwsConfig;

async fn start<S: AwsJson>(service: impl FnOnce(&str) -> S) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, service(&url)));
    url
}

fn config(service: &'static str, url: String) -> aws_types::SdkConfig {
    let account = conformance::local(None);
    let account = AwsConfig { endpoints: [(service, url)].into(), ..account };
    quittance::aws::sdk_config(&account, quittance::aws::http_client().unwrap())
}

#[tokio::test]
async fn the_sdk_of_sqs_knows_its_errors() {
    let url =
        start(|url| Sqs::open(url, Clock::system(), Ids::random(), Disk::none()).unwrap()).await;
    let client = aws_sdk_sqs::Client::new(&config("SQS", url));
    let none = client.get_queue_url().queue_name("none").send().await.unwrap_err();
    assert!(none.as_service_error().unwrap().is_queue_does_not_exist());
    assert_eq!(none.code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    assert_eq!(none.message(), Some("The specified queue does not exist."));

    let created = client.create_queue().queue_name("q").send().await.unwrap();
    let queue = created.queue_url().unwrap();
    let garbage = client.delete_message().queue_url(queue).receipt_handle("garbage").send().await;
    assert!(garbage.unwrap_err().as_service_error().unwrap().is_receipt_handle_is_invalid());
    client.send_message().queue_url(queue).message_body("m").send().await.unwrap();
    let received = client.receive_message().queue_url(queue).send().await.unwrap();
    let handle = received.messages()[0].receipt_handle().unwrap();
    let change = |seconds| {
        let call = client.change_message_visibility().queue_url(queue).receipt_handle(handle);
        call.visibility_timeout(seconds).send()
    };
    change(0).await.unwrap();
    let later = change(5).await.unwrap_err();
    assert!(later.as_service_error().unwrap().is_message_not_inflight());
    let batch = client.send_message_batch().queue_url(queue).set_entries(Some(vec![]));
    assert!(batch.send().await.unwrap_err().as_service_error().unwrap().is_empty_batch_request());
}

#[tokio::test]
async fn the_sdk_of_secrets_manager_knows_its_errors() {
    let url =
        start(|_| SecretsManager::open(Clock::system(), Ids::random(), Disk::none()).unwrap())
            .await;
    let client = aws_sdk_secretsmanager::Client::new(&config("Secrets Manager", url));
    let none = client.get_secret_value().secret_id("none").send().await.unwrap_err();
    assert!(none.as_service_error().unwrap().is_resource_not_found_exception());
    assert_eq!(none.message(), Some("Secrets Manager can't find the specified secret."));
    client.create_secret().name("s").secret_string("one").send().await.unwrap();
    let again = client.create_secret().name("s").secret_string("two").send().await.unwrap_err();
    assert!(again.as_service_error().unwrap().is_resource_exists_exception());
    client.delete_secret().secret_id("s").send().await.unwrap();
    let gone = client.get_secret_value().secret_id("s").send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_invalid_request_exception());
    let short = client.delete_secret().secret_id("s").recovery_window_in_days(1).send().await;
    assert!(short.unwrap_err().as_service_error().unwrap().is_invalid_parameter_exception());
}

#[tokio::test]
async fn the_sdk_of_dynamodb_knows_its_errors() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let database = dynamodb::open_memory(Clock::system()).unwrap();
    let key = |name: &str| dynamodb::KeyAttribute { name: name.to_owned(), kind: "S".to_owned() };
    let table = dynamodb::TableDescription {
        name: "orders".to_owned(),
        key: dynamodb::Key { hash: key("pk"), range: None },
        indexes: Vec::new(),
        ttl_attribute: None,
    };
    dynamodb::provide(&database, &[table]).unwrap();
    let _served = dynamodb::serve(database, listener).unwrap();
    let client = aws_sdk_dynamodb::Client::new(&config("DynamoDB", url));
    let none = client.get_item().table_name("none").key("pk", text("k")).send().await;
    assert!(none.unwrap_err().as_service_error().unwrap().is_resource_not_found_exception());
    let put = || {
        client
            .put_item()
            .table_name("orders")
            .item("pk", text("k"))
            .item("v", text("1"))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    put().await.unwrap();
    let refused = put().await.unwrap_err();
    assert_eq!(refused.message(), Some("The conditional request failed"));
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(
        failed,
    ) = refused.into_service_error()
    else {
        panic!("another error");
    };
    assert_eq!(failed.item().unwrap()["v"], text("1"));
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
