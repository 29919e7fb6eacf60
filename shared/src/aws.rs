//! One configuration and one HTTP client for every AWS client. `aws-config` is not used: in Lambda,
//! everything that it would look up is in the environment.

use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::{RetryConfig, SharedCredentialsProvider, TimeoutConfig};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::config::AwsConfig;

/// Amazon Root CA 1 to 4, as published in November 2026: the only roots that AWS endpoints chain to.
const AMAZON_ROOTS_PEM: &str = include_str!("amazon-roots.pem");

/// The SDK's defaults never time out an attempt and back off for up to 20 s, longer than an HTTP API waits
/// for the whole answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(4);
const ATTEMPTS_MAX: u32 = 3;
const INITIAL_BACKOFF: Duration = Duration::from_millis(50);

#[derive(Debug, thiserror::Error)]
#[error("the TLS configuration of the AWS client is unusable")]
pub struct AwsError;

/// HTTPS with compiled-in roots: reading the system's roots costs 10 to 20 million instructions.
pub fn http_client() -> Result<SharedHttpClient, AwsError> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS_PEM);
    let context = TlsContext::builder().with_trust_store(roots).build().map_err(|_| AwsError)?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}

pub fn sdk_config(config: &AwsConfig, http_client: SharedHttpClient) -> SdkConfig {
    let credentials = Credentials::new(
        &config.access_key_id,
        &config.secret_access_key,
        config.session_token.clone(),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS_MAX)
        .with_initial_backoff(INITIAL_BACKOFF);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SharedTimeSource::default())
        .timeout_config(timeouts)
        .retry_config(retries)
        .service_config(Endpoints(config.endpoints.clone()))
        .build()
}

/// The values of `AWS_ENDPOINT_URL_<SERVICE>`, which `aws-config` would have read.
struct Endpoints(std::collections::BTreeMap<&'static str, String>);

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoints")
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let wanted = key.env() == "AWS_ENDPOINT_URL";
        self.0.get(key.service_id()).filter(|_| wanted).cloned()
    }
}
