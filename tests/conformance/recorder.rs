//! Records every expression that the store sends to the table, so that an expression without a case is
//! noticed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value;

/// One expression of one kind of call, such as `UpdateItem ConditionExpression #ver = :read`.
pub type Said = BTreeSet<String>;

/// Cheap to clone; all clones share one record.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Said>>);

impl Recorder {
    pub fn said(&self) -> Said {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `client`, with every call recorded before it is sent.
    pub(super) fn over(&self, client: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Recorded { recorder: self.clone(), client })
    }

    fn write_down(&self, request: &HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let action = target.rsplit('.').next().unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (member, value) in body.as_object().into_iter().flatten() {
            if let Some(text) = value.as_str().filter(|_| member.ends_with("Expression")) {
                said.insert(format!("{action} {member} {text}"));
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Recorded<C> {
    recorder: Recorder,
    client: C,
}

impl HttpClient for Recorded<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let client = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Recorded { recorder: self.recorder.clone(), client })
    }
}

impl HttpConnector for Recorded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.recorder.write_down(&request);
        self.client.call(request)
    }
}
