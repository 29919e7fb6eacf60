//! One signed awsJson call to an endpoint or to an engine in this process.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use dynoxide::Database;
use http::Request;
use quittance::config::AwsConfig;
use quittance::ports::Transport;
use quittance::system::{HttpTransport, unix_ms};
use serde_json::Value;

use super::case::Stop;
use super::engine;
use super::service::Service;

/// Longer than any of our long polls.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(super) enum Wire {
    Socket { transport: HttpTransport, endpoint: String, account: AwsConfig },
    Engine(Database),
}

/// The parts of an answer that SDKs read.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// `x-amzn-query-error`: the code, and which side is at fault.
    pub query_error: Option<String>,
    pub body: Value,
}

impl Answer {
    /// The error's name without its namespace.
    pub fn kind(&self) -> &str {
        let kind = self.body["__type"].as_str().unwrap_or_default();
        kind.rsplit('#').next().unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        let message = self.body["message"].as_str().or(self.body["Message"].as_str());
        message.unwrap_or_default()
    }

    /// The code by which an SDK identifies the refusal: the query protocol's where there is one.
    pub fn code(&self) -> String {
        let query = self.query_error.as_deref().and_then(|both| both.split(';').next());
        query.unwrap_or(self.kind()).to_owned()
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Socket { endpoint, .. } => f.write_str(endpoint),
            Self::Engine(_) => f.write_str("in process"),
        }
    }
}

impl Wire {
    pub(super) async fn send(
        &self,
        service: Service,
        action: &str,
        body: &Value,
    ) -> Result<Answer, Stop> {
        match self {
            Self::Engine(database) => {
                let (status, body) = engine::answer(database, action, body);
                let body = serde_json::from_str(&body).unwrap_or_default();
                Ok(Answer { status, body, ..Answer::default() })
            }
            Self::Socket { transport, endpoint, account } => {
                let request = signed(service, endpoint, account, action, body)?;
                let answer = transport.send(request, TIMEOUT).await;
                let answer = answer.map_err(|error| Stop::Silent(error.to_string()))?;
                let header = |name| {
                    let value = answer.headers().get(name)?;
                    value.to_str().ok().map(str::to_owned)
                };
                Ok(Answer {
                    status: answer.status().as_u16(),
                    content_type: header("content-type").unwrap_or_default(),
                    query_error: header("x-amzn-query-error"),
                    body: serde_json::from_slice(answer.body()).unwrap_or_default(),
                })
            }
        }
    }
}

fn signed(
    service: Service,
    endpoint: &str,
    account: &AwsConfig,
    action: &str,
    body: &Value,
) -> Result<Request<Bytes>, Stop> {
    let unsendable = |error: &dyn std::fmt::Display| Stop::Silent(error.to_string());
    let body = Bytes::from(body.to_string());
    let mut request = Request::post(endpoint)
        .header("content-type", service.content_type())
        .header("x-amz-target", format!("{}.{action}", service.target()))
        .body(body.clone())
        .map_err(|error| unsendable(&error))?;
    let session = account.session_token.clone();
    let credentials =
        Credentials::new(&account.access_key_id, &account.secret_access_key, session, None, "");
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&account.region)
        .name(service.word())
        .time(SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms()))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| unsendable(&error))?;
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new("POST", endpoint, headers, SignableBody::Bytes(&body))
        .map_err(|error| unsendable(&error))?;
    let (instructions, _) =
        sign(signable, &parameters.into()).map_err(|error| unsendable(&error))?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
