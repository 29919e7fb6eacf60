//! Maps every failure of an operation to the problem that the client reads. The matches are exhaustive: a
//! new failure does not compile until it has an answer.

mod redaction;

use serde_json::{Map, Value, json};

use crate::domain::id::PaymentId;
use crate::domain::limit::OverLimit;
use crate::domain::names::DisputeId;
use crate::domain::order::Order;
use crate::domain::reservations::{CaptureRefused, RefundRefused};
use crate::domain::standing::Room;
use crate::http::fields::invalid_member;
use crate::http::problem::{Kind, Problem};
use crate::http::views;
use crate::operations::Unavailable;
use crate::operations::cancel_order::CancelOrderError;
use crate::operations::cancel_payment::CancelPaymentError;
use crate::operations::capture_payment::CaptureError;
use crate::operations::create_order::CreateOrderError;
use crate::operations::new_payment::CreatePaymentError;
use crate::operations::park::NoRoom;
use crate::operations::receive_webhook::WebhookError;
use crate::operations::refund_payment::RefundError;
use crate::operations::requested::Mismatch;
use crate::ports::SignatureError;
use crate::secrets::SecretError;

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::new(Kind::Unavailable).because(error)
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        Self::new(Kind::Unavailable).because(error)
    }
}

impl From<CreateOrderError> for Problem {
    fn from(error: CreateOrderError) -> Self {
        match error {
            CreateOrderError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            CreateOrderError::IdCollision => Self::new(Kind::IdCollision),
            CreateOrderError::TooLarge => invalid_member("", "is too large to be stored"),
            CreateOrderError::Store(error) => Self::new(Kind::Unavailable).because(error),
        }
    }
}

impl From<CreatePaymentError> for Problem {
    fn from(error: CreatePaymentError) -> Self {
        use CreatePaymentError as E;
        match error {
            E::GatewayUnavailable => Self::new(Kind::GatewayUnavailable).because(error),
            E::GatewayRefused(_) => Self::new(Kind::GatewayRefused).because(error),
            E::NoSuchOrder => Self::new(Kind::OrderNotFound),
            E::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            E::IdCollision => Self::new(Kind::IdCollision),
            E::AmountMismatch => Self::new(Kind::AmountMismatch),
            E::InProgress(order, id) => showing(Kind::RequestInProgress, &order, &id),
            E::Declined(order, id) => declined(&order, &id),
            E::Paid(order, Some(id)) => showing(Kind::OrderPaid, &order, &id),
            E::Paid(_, None) => Self::new(Kind::OrderPaid),
            E::Live(order, id, wait) => {
                let problem = showing(Kind::PaymentInProgress, &order, &id);
                match wait.map(u32::try_from) {
                    Some(Ok(seconds)) => problem.retry_after(seconds),
                    Some(Err(_)) | None => problem.retry_after(RELEASE_WAIT_SECONDS),
                }
            }
            E::InReview(order) => showing_nearest(Kind::OrderInReview, &order),
            E::Expired => Self::new(Kind::OrderExpired),
            E::Canceled(order) => showing_nearest(Kind::OrderCanceled, &order),
            E::TooManyAttempts(order) => showing_nearest(Kind::TooManyAttempts, &order),
            E::NoGateway(reasons) => {
                let reasons: Map<String, Value> = reasons
                    .into_iter()
                    .map(|(name, why)| (name.as_str().to_owned(), json!(why)))
                    .collect();
                Self::new(Kind::NoGateway).with("gateways", reasons)
            }
            E::Unavailable(error) => error.into(),
        }
    }
}

/// When it is worth looking again at a payment in the way.
const RELEASE_WAIT_SECONDS: u32 = 30;

const RETURNED: &str = "The payment was captured but is not kept: its money goes back automatically, and \
                        nothing is left to cancel.";

fn showing(kind: Kind, order: &Order, id: &PaymentId) -> Problem {
    Problem::new(kind).with("payment", views::payment_in_the_way(order, id))
}

/// Shows the payment that explains the order's state, if the order has any payment.
fn showing_nearest(kind: Kind, order: &Order) -> Problem {
    match order.nearest_payment() {
        Some(id) => showing(kind, order, id),
        None => Problem::new(kind),
    }
}

fn declined(order: &Order, id: &PaymentId) -> Problem {
    let problem = showing(Kind::PaymentDeclined, order, id);
    let failure = order.attempts.get(id).and_then(|attempt| attempt.failure.as_ref());
    match failure {
        Some(why) => problem.with("failure", json!({ "code": why.code, "message": why.message })),
        None => problem,
    }
}

impl From<Mismatch> for Problem {
    fn from(error: Mismatch) -> Self {
        match error {
            Mismatch::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            Mismatch::IdCollision => Self::new(Kind::IdCollision),
        }
    }
}

impl From<CaptureError> for Problem {
    fn from(error: CaptureError) -> Self {
        match error {
            CaptureError::NoSuchPayment => Self::new(Kind::PaymentNotFound),
            CaptureError::Mismatch(error) => error.into(),
            CaptureError::Refused(why) => match why {
                CaptureRefused::NotAuthorized | CaptureRefused::Closing => {
                    Self::new(Kind::PaymentNotAuthorized)
                }
                CaptureRefused::ExceedsAuthorized { capturable_minor } => invalid_member(
                    "/amount",
                    &format!("must be an integer between 1 and {capturable_minor}"),
                ),
                CaptureRefused::AutomaticInPart { authorized_minor } => invalid_member(
                    "/amount",
                    &format!("must be {authorized_minor}: the payment's capture is automatic"),
                ),
                CaptureRefused::PartialNotSupported => Self::new(Kind::NotSupportedByGateway)
                    .detail("The gateway can only capture the whole authorization."),
                CaptureRefused::OrderFull => Self::new(Kind::OrderFull),
            },
            CaptureError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RefundError> for Problem {
    fn from(error: RefundError) -> Self {
        match error {
            RefundError::NoSuchPayment => Self::new(Kind::PaymentNotFound),
            RefundError::Mismatch(error) => error.into(),
            RefundError::Refused(why) => why.into(),
            RefundError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RefundRefused> for Problem {
    fn from(why: RefundRefused) -> Self {
        match why {
            RefundRefused::NotCaptured => Self::new(Kind::PaymentNotCaptured).with("refundable", 0),
            RefundRefused::GoesBack => Self::new(Kind::RefundExceedsCaptured)
                .detail(
                    "The order did not need this payment: its money goes back automatically, and nothing is \
                     left to refund.",
                )
                .with("refundable", 0),
            RefundRefused::OnlyWhole { whole } => Self::new(Kind::RefundNotWhole)
                .detail(format!(
                    "The payment is in review: only the full {whole} can be refunded. Send that amount, or none."
                ))
                .with("refundable", whole.amount_minor),
            RefundRefused::Exceeds(room) => Self::new(Kind::RefundExceedsCaptured)
                .detail(what_is_left(room))
                .with("refundable", room.left_minor),
            RefundRefused::OverLimit(over) => over_limit(over),
            RefundRefused::OrderFull => Self::new(Kind::OrderFull),
            RefundRefused::Disputed(disputes) => {
                let names: Vec<&str> = disputes.iter().map(DisputeId::as_str).collect();
                Self::new(Kind::PaymentDisputed).with("disputes", names)
            }
        }
    }
}

fn what_is_left(room: Room) -> String {
    let gone = [
        (room.refunded_minor, "refunded"),
        (room.under_way_minor, "being refunded"),
        (room.lost_minor, "lost in a dispute"),
    ];
    let gone = gone.iter().filter(|(amount, _)| *amount > 0);
    let gone: Vec<String> = gone.map(|(amount, what)| format!("{amount} {what}")).collect();
    let gone = if gone.is_empty() { String::new() } else { format!(" ({})", gone.join(", ")) };
    format!("Of {} captured{gone}, {} can be refunded.", room.captured, room.left_minor)
}

fn over_limit(OverLimit { currency, most_minor }: OverLimit) -> Problem {
    let currency = currency.code();
    let detail = match most_minor {
        Some(most) => format!(
            "This API key may refund at most {most} at once, in the minor unit of {currency}."
        ),
        None => format!("This API key may not refund {currency}."),
    };
    Problem::new(Kind::RefundLimit).detail(detail)
}

impl CancelPaymentError {
    /// The problem shows the payment `id`.
    pub fn problem(self, id: &PaymentId) -> Problem {
        match self {
            Self::NoSuchPayment => Problem::new(Kind::PaymentNotFound),
            Self::Succeeded(order) if order.is_returned(id) => {
                showing(Kind::PaymentSucceeded, &order, id).detail(RETURNED)
            }
            Self::Succeeded(order) => showing(Kind::PaymentSucceeded, &order, id),
            Self::CaptureInProgress(order) => showing(Kind::CaptureInProgress, &order, id),
            Self::Abandoned(order) => showing(Kind::PaymentAbandoned, &order, id),
            Self::NotCancelable(order) => showing(Kind::PaymentNotCancelable, &order, id),
            Self::NotSupported(order, retry_at) => {
                let problem = showing(Kind::NotSupportedByGateway, &order, id);
                match retry_at {
                    Some(at) => problem.with("retry_at", at.rfc3339()),
                    None => problem,
                }
            }
            Self::Unavailable(error) => error.into(),
        }
    }
}

impl From<CancelOrderError> for Problem {
    fn from(error: CancelOrderError) -> Self {
        match error {
            CancelOrderError::NoSuchOrder => Self::new(Kind::OrderNotFound),
            CancelOrderError::Paid(order) => showing_nearest(Kind::OrderPaid, &order),
            CancelOrderError::Expired => Self::new(Kind::OrderExpired),
            CancelOrderError::CaptureInProgress(order) => {
                showing_nearest(Kind::CaptureInProgress, &order)
            }
            CancelOrderError::OverLimit(over) => over_limit(over),
            CancelOrderError::Unavailable(error) => error.into(),
        }
    }
}

/// An order's room does not free itself, but within an hour somebody may have acted on the alarm.
const ORDER_WAIT_SECONDS: u32 = 3600;

fn no_room(what: NoRoom) -> Problem {
    let (detail, wait) = match what {
        NoRoom::Hour { seconds_left } => {
            ("No more events of unknown orders are stored this hour.", seconds_left)
        }
        NoRoom::Order => ("No more unmerged events of this order are stored.", ORDER_WAIT_SECONDS),
    };
    Problem::new(Kind::Unavailable).public_detail(detail).retry_after(wait)
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::UnknownGateway => Self::new(Kind::GatewayNotFound),
            // Without a usable secret, no event can be authenticated.
            WebhookError::NotConfigured(error) => {
                Self::new(Kind::Unavailable).because(error).counted_elsewhere()
            }
            WebhookError::NoRoom(what) => no_room(what).because(error).counted_elsewhere(),
            WebhookError::Signature(error) => {
                let detail = match error {
                    SignatureError::Missing => "The webhook's signature is missing.",
                    SignatureError::Malformed => "The webhook's signature is malformed.",
                    SignatureError::Mismatch => "The webhook's signature does not match.",
                    SignatureError::Stale => "The webhook's timestamp is too far from now.",
                };
                Self::new(Kind::Unauthorized).detail(detail)
            }
            WebhookError::Unreadable(_) => {
                Self::new(Kind::MalformedJson).detail("The event is signed but cannot be read.")
            }
            WebhookError::Unavailable(error) => error.into(),
        }
    }
}
