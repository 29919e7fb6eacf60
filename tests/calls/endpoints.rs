//! Where the AWS clients send their calls: an endpoint variable that the template leaves empty misdirects
//! none.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use quittance::app::{App, Outside};
use quittance::aws::sdk_config;
use quittance::config::{Config, Need};
use quittance::domain::id::OrderId;
use quittance::system::{HttpTransport, RandomIds, SystemClock};

/// Records the host of every call and sends none.
#[derive(Clone, Debug, Default)]
struct Nowhere(Arc<Mutex<Vec<String>>>);

impl HttpClient for Nowhere {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Nowhere {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().split('/').take(3).collect::<Vec<_>>().join("/");
        self.0.lock().unwrap().push(host);
        HttpConnectorFuture::ready(Err(ConnectorError::user("nothing is called here".into())))
    }
}

/// The hosts that an app calls when all its endpoint variables have this value.
async fn called(endpoint: &str) -> Vec<String> {
    let get = |name: &str| match name {
        "AWS_REGION" => Some("eu-central-1".to_owned()),
        "DUE_SHARDS" => Some("1".to_owned()),
        "CONFIRMATION_QUEUES" => Some(format!("deliveries={QUEUE}")),
        "QUITTANCE_CLOCK_OFFSET_FILE" | "QUITTANCE_PAUSE_AT" => None,
        name if name.starts_with("AWS_ENDPOINT_URL") => Some(endpoint.to_owned()),
        _ => Some("x".to_owned()),
    };
    let config = Config::read(&[Need::Store, Need::Confirmations, Need::ApiKeys], &get).unwrap();
    let calls = Nowhere::default();
    let outside = Outside {
        aws: sdk_config(&config.aws, SharedHttpClient::new(calls.clone())),
        transport: Arc::new(HttpTransport::new(false).unwrap()),
        clock: Arc::new(SystemClock::default()),
        ids: Arc::new(RandomIds),
    };
    let app = App::new(config, outside);
    app.warm_up().await;
    let order = OrderId::parse("ORD_7Q2M9X4KD1T8V3N6B0ZC").unwrap();
    app.store.order(&order).await.unwrap_err();
    app.queues.show_again("arn:aws:sqs:eu-central-1:1:q", "handle", 1).await.unwrap_err();
    let mut hosts = calls.0.lock().unwrap().clone();
    hosts.dedup();
    hosts
}

const QUEUE: &str = "https://sqs.eu-central-1.amazonaws.com/1/q";

#[tokio::test]
async fn an_endpoint_that_is_empty_is_awss_own() {
    let services = ["secretsmanager", "dynamodb", "sqs"];
    let own = services.map(|name| format!("https://{name}.eu-central-1.amazonaws.com"));
    assert_eq!(called("").await, own);
    assert_eq!(called("http://127.0.0.1:9").await, ["http://127.0.0.1:9"]);
}
