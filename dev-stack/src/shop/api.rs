//! The payments API as the shop's server calls it. The key never leaves this file.

use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The part of a payment that the shop reads. Everything but the status may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    pub(super) status: String,
    pub(super) amount_captured: u64,
    pub(super) amount_refunded: u64,
    pub(super) next_action: Option<NextAction>,
    pub(super) failure: Option<Failure>,
    pub(super) captures: Vec<SeenCapture>,
    pub(super) refunds: Vec<SeenRefund>,
    pub(super) disputes: Vec<SeenDispute>,
    pub(super) history: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NextAction {
    pub(super) url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeenCapture {
    pub(super) amount: u64,
    pub(super) amount_refunded: u64,
    #[serde(default)]
    pub(super) amount_charged_back: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeenDispute {
    pub(super) status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeenRefund {
    pub(super) status: String,
    pub(super) amount: u64,
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

    /// Refunds that were requested and are still pending.
    pub(super) fn amount_on_its_way(&self) -> u64 {
        let pending = self.refunds.iter().filter(|refund| refund.status == "pending");
        pending.map(|refund| refund.amount).sum()
    }

    /// The amount of the latest refund, if it failed.
    pub(super) fn amount_not_given_back(&self) -> Option<u64> {
        let latest = self.refunds.last().filter(|refund| refund.status == "failed");
        latest.map(|refund| refund.amount)
    }

    /// Whether captured money has not all gone back yet.
    pub(super) fn is_held(&self) -> bool {
        let gone = |it: &SeenCapture| it.amount_refunded.saturating_add(it.amount_charged_back);
        self.captures.iter().any(|capture| gone(capture) < capture.amount)
    }

    /// The most that a refund can still ask for.
    pub(super) fn amount_left(&self) -> u64 {
        let gone = self.amount_refunded.saturating_add(self.amount_on_its_way());
        self.amount_captured.saturating_sub(gone)
    }
}

/// One of the API's problems, or API Gateway's message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refused {
    #[serde(skip)]
    status: StatusCode,
    #[serde(rename = "type")]
    kind: String,
    detail: Option<String>,
    message: Option<String>,
    /// The amount left, if a refund asked for more.
    pub(super) refundable: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("The payments backend refused this: {}", .0.words())]
    Refused(Refused),
    #[error("The payments backend did not answer. It is safe to try again.")]
    NoAnswer(#[from] reqwest::Error),
}

impl Refused {
    /// The problem's name.
    pub(super) fn slug(&self) -> &str {
        self.kind.strip_prefix("/problems/").unwrap_or_default()
    }

    fn words(&self) -> &str {
        self.detail.as_deref().or(self.message.as_deref()).unwrap_or_default()
    }
}

impl ApiError {
    /// A mistake in the request stays the caller's; a key without permission is the shop's own mistake.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(Refused { status, .. })
                if status.is_client_error()
                    && !matches!(*status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) =>
            {
                *status
            }
            Self::Refused(_) | Self::NoAnswer(_) => StatusCode::BAD_GATEWAY,
        }
    }
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
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.json().await?);
        }
        let refused: Refused = answer.json().await?;
        Err(ApiError::Refused(Refused { status, ..refused }))
    }

    /// Without an answer nothing is known: the page asks again.
    pub(super) async fn payment(&self, payment_id: &str) -> Seen {
        let url = format!("{}/api/payments/{payment_id}", self.url);
        let Ok(answer) = self.client.get(url).bearer_auth(&self.key).send().await else {
            return Seen::default();
        };
        answer.json().await.unwrap_or_default()
    }
}
