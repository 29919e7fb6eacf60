//! Every problem that a client can get: its name, its status, its slug.

use http::StatusCode;

/// All problems, in the order in which a request can meet them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    TooLarge,
    Unauthorized,
    Forbidden,
    UnsupportedMediaType,
    MalformedJson,
    MalformedIdempotencyKey,
    IdempotencyKeyRequired,
    InvalidRequest,
    CardDataRefused,
    IdempotencyKeyReused,
    RequestInProgress,
    OrderNotFound,
    PaymentNotFound,
    RefundNotFound,
    GatewayNotFound,
    IdCollision,
    AmountMismatch,
    OrderPaid,
    PaymentInProgress,
    OrderInReview,
    OrderExpired,
    OrderCanceled,
    TooManyAttempts,
    OrderFull,
    NoGateway,
    PaymentDeclined,
    GatewayUnavailable,
    GatewayRefused,
    NotSupportedByGateway,
    PaymentNotAuthorized,
    CaptureInProgress,
    PaymentSucceeded,
    PaymentAbandoned,
    PaymentNotCancelable,
    PaymentNotCaptured,
    RefundNotWhole,
    RefundExceedsCaptured,
    RefundLimit,
    PaymentDisputed,
    OrderUnfinished,
    Unavailable,
}

impl Kind {
    pub const ALL: [Self; 41] = [
        Self::TooLarge,
        Self::Unauthorized,
        Self::Forbidden,
        Self::UnsupportedMediaType,
        Self::MalformedJson,
        Self::MalformedIdempotencyKey,
        Self::IdempotencyKeyRequired,
        Self::InvalidRequest,
        Self::CardDataRefused,
        Self::IdempotencyKeyReused,
        Self::RequestInProgress,
        Self::OrderNotFound,
        Self::PaymentNotFound,
        Self::RefundNotFound,
        Self::GatewayNotFound,
        Self::IdCollision,
        Self::AmountMismatch,
        Self::OrderPaid,
        Self::PaymentInProgress,
        Self::OrderInReview,
        Self::OrderExpired,
        Self::OrderCanceled,
        Self::TooManyAttempts,
        Self::OrderFull,
        Self::NoGateway,
        Self::PaymentDeclined,
        Self::GatewayUnavailable,
        Self::GatewayRefused,
        Self::NotSupportedByGateway,
        Self::PaymentNotAuthorized,
        Self::CaptureInProgress,
        Self::PaymentSucceeded,
        Self::PaymentAbandoned,
        Self::PaymentNotCancelable,
        Self::PaymentNotCaptured,
        Self::RefundNotWhole,
        Self::RefundExceedsCaptured,
        Self::RefundLimit,
        Self::PaymentDisputed,
        Self::OrderUnfinished,
        Self::Unavailable,
    ];

    /// The last part of the problem's `type`.
    pub const fn slug(self) -> &'static str {
        self.row().1
    }

    /// Always a 4xx or a 5xx, which a test over `ALL` checks.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    const fn row(self) -> (u16, &'static str) {
        match self {
            Self::TooLarge => (413, "too-large"),
            Self::Unauthorized => (401, "unauthorized"),
            Self::Forbidden => (403, "forbidden"),
            Self::UnsupportedMediaType => (415, "unsupported-media-type"),
            Self::MalformedJson => (400, "malformed-json"),
            Self::MalformedIdempotencyKey => (400, "malformed-idempotency-key"),
            Self::IdempotencyKeyRequired => (400, "idempotency-key-required"),
            Self::InvalidRequest => (422, "invalid-request"),
            Self::CardDataRefused => (422, "card-data-refused"),
            Self::IdempotencyKeyReused => (422, "idempotency-key-reused"),
            Self::RequestInProgress => (409, "request-in-progress"),
            Self::OrderNotFound => (404, "order-not-found"),
            Self::PaymentNotFound => (404, "payment-not-found"),
            Self::RefundNotFound => (404, "refund-not-found"),
            Self::GatewayNotFound => (404, "gateway-not-found"),
            Self::IdCollision => (409, "id-collision"),
            Self::AmountMismatch => (422, "amount-mismatch"),
            Self::OrderPaid => (409, "order-paid"),
            Self::PaymentInProgress => (409, "payment-in-progress"),
            Self::OrderInReview => (409, "order-in-review"),
            Self::OrderExpired => (410, "order-expired"),
            Self::OrderCanceled => (409, "order-canceled"),
            Self::TooManyAttempts => (409, "too-many-attempts"),
            Self::OrderFull => (409, "order-full"),
            Self::NoGateway => (422, "no-gateway"),
            Self::PaymentDeclined => (402, "payment-declined"),
            Self::GatewayUnavailable => (503, "gateway-unavailable"),
            Self::GatewayRefused => (502, "gateway-refused"),
            Self::NotSupportedByGateway => (409, "not-supported-by-gateway"),
            Self::PaymentNotAuthorized => (409, "payment-not-authorized"),
            Self::CaptureInProgress => (409, "capture-in-progress"),
            Self::PaymentSucceeded => (409, "payment-succeeded"),
            Self::PaymentAbandoned => (409, "payment-abandoned"),
            Self::PaymentNotCancelable => (409, "payment-not-cancelable"),
            Self::PaymentNotCaptured => (409, "payment-not-captured"),
            Self::RefundNotWhole => (422, "refund-not-whole"),
            Self::RefundExceedsCaptured => (422, "refund-exceeds-captured"),
            Self::RefundLimit => (403, "refund-limit"),
            Self::PaymentDisputed => (409, "payment-disputed"),
            Self::OrderUnfinished => (409, "order-unfinished"),
            Self::Unavailable => (503, "unavailable"),
        }
    }

    /// Seconds after which repeating the request may succeed, if waiting alone can help.
    pub fn retry_after(self) -> Option<u32> {
        match self.row().0 {
            503 => Some(5),
            _ if self == Self::RequestInProgress => Some(1),
            _ => None,
        }
    }
}
