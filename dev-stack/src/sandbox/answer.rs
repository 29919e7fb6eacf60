//! What a caller gets: an answer, a refusal from one table, or nothing.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::payment::Unfit;
use super::view::{PaymentView, RefundView};

const HTML: &str = "text/html; charset=utf-8";
/// The page runs nothing and loads nothing. `form-action` is left open: browsers apply it to the
/// redirect back to the shop too. The address of the page is a secret, so it is never a referrer.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What became of a call, for a socket or for an imitation of one.
#[derive(Debug)]
pub enum Outcome {
    Answer(Response<Bytes>),
    /// No answer ever comes. What the call asked for may have been done.
    Silence,
    /// The connection ends without an answer. What the call asked for was done.
    Close,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: String,
    pub(super) content_type: &'static str,
    pub(super) location: Option<String>,
    pub(super) replayed: bool,
}

pub(super) type Reply = Result<Answer, Refusal>;

/// Every way to say no.
#[derive(Debug)]
pub(super) enum Refusal {
    MalformedJson,
    Unauthorized,
    Forbidden,
    NotFound,
    /// The gateway has no such call.
    NoSuchCall(&'static str),
    /// The gateway has the call, but does not do this with it.
    NotSupported(String),
    DuplicatePayment(Box<PaymentView>),
    DuplicateRefund(Box<PaymentView>, RefundView),
    KeyReused,
    Unfit(Unfit, Box<PaymentView>),
    TooLarge,
    Invalid(String),
    Internal,
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
        let body = serde_json::to_string(body).map_err(|_| Refusal::Internal)?;
        Ok(Self::new(status, "application/json", body))
    }

    /// One that was given before.
    pub(super) fn stored(status: StatusCode, body: String) -> Self {
        Self {
            replayed: true,
            ..Self::new(status, "application/json", body)
        }
    }

    pub(super) fn html(status: StatusCode, body: String) -> Self {
        Self::new(status, HTML, body)
    }

    pub(super) fn see_other(location: String) -> Self {
        let answer = Self::html(StatusCode::SEE_OTHER, String::new());
        Self {
            location: Some(location),
            ..answer
        }
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        Self {
            status,
            body,
            content_type,
            location: None,
            replayed: false,
        }
    }

    fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.content_type == HTML {
            headers.insert(
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(PAGE_POLICY),
            );
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if let Some(Ok(location)) = self.location.map(HeaderValue::try_from) {
            headers.insert(LOCATION, location);
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl Refusal {
    /// For a gateway that knows no authorization.
    pub(super) fn captures_at_once() -> Self {
        Self::NotSupported("This gateway captures at once.".to_owned())
    }

    /// Status, code, and a sentence for whoever reads the log.
    fn row(&self) -> (StatusCode, &'static str, String) {
        let (status, code, message) = match self {
            Self::MalformedJson => (400, "malformed_json", "The body is not JSON.".to_owned()),
            Self::Unauthorized => (
                401,
                "unauthorized",
                "The API key is missing or wrong.".to_owned(),
            ),
            Self::Forbidden => (
                403,
                "forbidden",
                "Control is for this machine only.".to_owned(),
            ),
            Self::NotFound => (404, "not_found", "There is no such thing here.".to_owned()),
            Self::NoSuchCall(call) => {
                (405, "not_supported", format!("This gateway has no {call}."))
            }
            Self::NotSupported(sentence) => (422, "not_supported", sentence.clone()),
            Self::DuplicatePayment(_) | Self::DuplicateRefund(..) => (
                409,
                "duplicate_reference",
                "The reference is in use; see below.".to_owned(),
            ),
            Self::KeyReused => (
                409,
                "idempotency_key_reused",
                "The idempotency key belongs to another request.".to_owned(),
            ),
            Self::Unfit(unfit, payment) => unfit.row(payment),
            Self::TooLarge => (413, "too_large", "The body is over 64 KiB.".to_owned()),
            Self::Invalid(sentence) => (422, "invalid_request", sentence.clone()),
            Self::Internal => (500, "internal_error", "Something went wrong.".to_owned()),
        };
        (
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message,
        )
    }

    pub(super) fn status(&self) -> StatusCode {
        self.row().0
    }

    pub(super) fn message(&self) -> String {
        self.row().2
    }

    pub(super) fn into_answer(self) -> Answer {
        let (status, code, message) = self.row();
        let (payment, refund) = match self {
            Self::DuplicatePayment(payment) | Self::Unfit(_, payment) => (Some(payment), None),
            Self::DuplicateRefund(payment, refund) => (Some(payment), Some(refund)),
            Self::MalformedJson
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::NoSuchCall(_)
            | Self::NotSupported(_)
            | Self::KeyReused
            | Self::TooLarge
            | Self::Invalid(_)
            | Self::Internal => (None, None),
        };
        let body = ErrorBody {
            error: ErrorView { code, message },
            refund,
            payment,
        };
        let body = serde_json::to_string(&body).unwrap_or_default();
        Answer::new(status, "application/json", body)
    }
}

impl Unfit {
    fn row(self, payment: &PaymentView) -> (u16, &'static str, String) {
        match self {
            Self::WrongStatus => (
                409,
                "wrong_status",
                format!("The payment is {}.", payment.status_word()),
            ),
            Self::Processing => (
                409,
                "payment_processing",
                "The bank has not answered yet.".to_owned(),
            ),
            Self::TooLarge { available } => (
                422,
                "amount_too_large",
                format!("At most {available} minor units are left."),
            ),
        }
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        let answer = reply.unwrap_or_else(Refusal::into_answer);
        Self::Answer(answer.into_response())
    }
}

#[derive(Serialize)]
pub(super) struct ErrorView {
    pub(super) code: &'static str,
    pub(super) message: String,
}

#[derive(Serialize)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refund: Option<RefundView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment: Option<Box<PaymentView>>,
}
