//! The payments API as the shop's server calls it. The key never leaves this file.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::visits::Visit;

/// What the shop reads of a payment. All but the status may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    pub(super) status: String,
    pub(super) amount_captured: u64,
    pub(super) amount_refunded: u64,
    pub(super) next_action: Option<NextAction>,
    pub(super) failure: Option<Failure>,
    pub(super) refunds: Vec<SeenRefund>,
    pub(super) history: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NextAction {
    pub(super) url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeenRefund {
    pub(super) status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) at: String,
    pub(super) source: String,
    pub(super) what: String,
}

impl Seen {
    /// Whether the shopper can still pay.
    pub(super) fn is_open(&self) -> bool {
        self.status == "pending" && self.next_action.is_some()
    }
}

/// A problem of the API's own, or API Gateway's message.
#[derive(Debug, Deserialize)]
struct Problem {
    detail: Option<String>,
    title: Option<String>,
    message: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("The payments API said no: {0}")]
    Refused(String),
    #[error("The payments API did not answer. It is safe to try again.")]
    NoAnswer(#[from] reqwest::Error),
}

#[derive(Debug)]
pub(super) struct Api {
    pub(super) url: String,
    pub(super) key: String,
    pub(super) client: reqwest::Client,
}

impl Api {
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<T, ApiError> {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key);
        let answer = request.header("idempotency-key", key).json(body).send().await?;
        if answer.status().is_success() {
            return Ok(answer.json().await?);
        }
        let problem: Problem = answer.json().await?;
        let words = problem.detail.or(problem.title).or(problem.message);
        Err(ApiError::Refused(words.unwrap_or_default()))
    }

    /// No answer is no news: the page asks again.
    pub(super) async fn payment(&self, visit: &Visit) -> Seen {
        let url = format!("{}/api/payments/{}", self.url, visit.payment_id);
        let Ok(answer) = self.client.get(url).bearer_auth(&self.key).send().await else {
            return Seen::default();
        };
        answer.json().await.unwrap_or_default()
    }
}
