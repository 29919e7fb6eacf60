//! The members of a problem besides those of RFC 9457.

use super::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    Disputes,
    Errors,
    Failure,
    Gateways,
    Payment,
    Refundable,
    RetryAt,
}

impl Member {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disputes => "disputes",
            Self::Errors => "errors",
            Self::Failure => "failure",
            Self::Gateways => "gateways",
            Self::Payment => "payment",
            Self::Refundable => "refundable",
            Self::RetryAt => "retry_at",
        }
    }
}

impl Kind {
    /// The kind's additional members, each with whether it is always present.
    pub const fn members(self) -> &'static [(Member, bool)] {
        match self {
            Self::InvalidRequest | Self::CardDataRefused => &[(Member::Errors, true)],
            Self::NoGateway => &[(Member::Gateways, true)],
            Self::PaymentNotCaptured | Self::RefundNotWhole | Self::RefundExceedsCaptured => {
                &[(Member::Refundable, true)]
            }
            Self::PaymentDisputed => &[(Member::Disputes, true)],
            Self::PaymentDeclined => &[(Member::Payment, true), (Member::Failure, false)],
            Self::RequestInProgress
            | Self::PaymentInProgress
            | Self::OrderInReview
            | Self::TooManyAttempts
            | Self::CaptureInProgress
            | Self::PaymentSucceeded
            | Self::PaymentAbandoned
            | Self::PaymentNotCancelable => &[(Member::Payment, true)],
            // An order may end before anybody tries to pay it.
            Self::OrderPaid | Self::OrderCanceled => &[(Member::Payment, false)],
            Self::NotSupportedByGateway => &[(Member::Payment, false), (Member::RetryAt, false)],
            Self::TooLarge
            | Self::Unauthorized
            | Self::Forbidden
            | Self::UnsupportedMediaType
            | Self::MalformedJson
            | Self::MalformedIdempotencyKey
            | Self::IdempotencyKeyRequired
            | Self::IdempotencyKeyReused
            | Self::OrderNotFound
            | Self::PaymentNotFound
            | Self::RefundNotFound
            | Self::GatewayNotFound
            | Self::IdCollision
            | Self::AmountMismatch
            | Self::OrderExpired
            | Self::OrderFull
            | Self::GatewayUnavailable
            | Self::GatewayRefused
            | Self::PaymentNotAuthorized
            | Self::RefundLimit
            | Self::OrderUnfinished
            | Self::Unavailable => &[],
        }
    }
}
