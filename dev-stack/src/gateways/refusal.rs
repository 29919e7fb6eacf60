//! Every refusal, in one table.

use http::StatusCode;
use serde::Serialize;

use super::answer::Answer;
use super::ledger::money::Currency;
use super::ledger::payment::Method;
use super::ledger::steps::Unfit;
use super::view::{PaymentView, RefundView};

pub(crate) type Reply = Result<Answer, Refusal>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The body is not JSON.")]
    MalformedJson,
    #[error("The API key is missing or wrong.")]
    Unauthorized,
    #[error("Only this machine may use /control.")]
    Forbidden,
    #[error("This request came from another site, so nothing was done.")]
    Elsewhere,
    #[error("Not found.")]
    NotFound,
    #[error("This gateway does not support {0}.")]
    NoSuchCall(&'static str),
    /// The gateway has the call, but does not support this use of it.
    #[error("{0}")]
    NotSupported(String),
    #[error("The reference is already in use.")]
    DuplicatePayment(Box<PaymentView>),
    #[error("The reference is already in use.")]
    DuplicateRefund(Box<PaymentView>, Box<RefundView>),
    #[error("The idempotency key was used for another request.")]
    KeyReused,
    #[error("{0}")]
    Unfit(Unfit, Box<PaymentView>),
    #[error("The body is over 64 KiB.")]
    TooLarge,
    #[error("{0}")]
    Invalid(String),
    #[error("Something went wrong.")]
    Internal,
}

impl Refusal {
    /// For a gateway that cannot authorize.
    pub(crate) fn captures_at_once() -> Self {
        Self::NotSupported("This gateway always captures immediately.".to_owned())
    }

    /// For create calls, and for forms that were made by hand: the page does not offer the method.
    pub(crate) fn does_not_move(method: Method, currency: &Currency) -> Self {
        Self::NotSupported(format!("{} does not support {currency}.", method.label()))
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.row().0
    }

    fn row(&self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Elsewhere => (StatusCode::FORBIDDEN, "cross_site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::NoSuchCall(_) => (StatusCode::METHOD_NOT_ALLOWED, "not_supported"),
            Self::NotSupported(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not_supported"),
            Self::DuplicatePayment(_) | Self::DuplicateRefund(..) => {
                (StatusCode::CONFLICT, "duplicate_reference")
            }
            Self::KeyReused => (StatusCode::CONFLICT, "idempotency_key_reused"),
            Self::Unfit(Unfit::WrongStatus, _) => (StatusCode::CONFLICT, "wrong_status"),
            Self::Unfit(Unfit::Processing, _) => (StatusCode::CONFLICT, "payment_processing"),
            Self::Unfit(Unfit::TooLarge { .. }, _) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "amount_too_large")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_request"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
        }
    }

    /// Includes the objects as they are, so that the caller need not look them up.
    pub(crate) fn into_answer(self) -> Answer {
        let (status, code) = self.row();
        let error = ErrorView { code, message: self.to_string() };
        let (payment, refund) = match self {
            Self::DuplicatePayment(payment) | Self::Unfit(_, payment) => (Some(payment), None),
            Self::DuplicateRefund(payment, refund) => (Some(payment), Some(refund)),
            Self::MalformedJson
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Elsewhere
            | Self::NotFound
            | Self::NoSuchCall(_)
            | Self::NotSupported(_)
            | Self::KeyReused
            | Self::TooLarge
            | Self::Invalid(_)
            | Self::Internal => (None, None),
        };
        let body = serde_json::to_string(&ErrorBody { error, refund, payment });
        Answer::json_text(status, body.unwrap_or_default())
    }
}

#[derive(Serialize)]
pub(crate) struct ErrorView {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

#[derive(Serialize)]
pub(crate) struct ErrorBody {
    pub(crate) error: ErrorView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refund: Option<Box<RefundView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment: Option<Box<PaymentView>>,
}
