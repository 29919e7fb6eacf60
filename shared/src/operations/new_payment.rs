//! The request for a payment, and why it may fail.

use crate::domain::attempt::{CaptureMode, Method};
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::idempotency::{Fingerprint, Key};
use crate::domain::money::Money;
use crate::domain::names::GatewayName;
use crate::domain::order::Order;
use crate::operations::Unavailable;
use crate::operations::start::Refusal;
use crate::store::StoreError;

#[derive(Clone, Debug)]
pub struct NewPayment {
    pub order: OrderId,
    pub amount: Money,
    pub gateway: Option<GatewayName>,
    pub method: Option<Method>,
    pub mode: Option<CaptureMode>,
    pub return_url: Option<String>,
    pub replace: bool,
    pub key: Option<Key>,
    pub fingerprint: Fingerprint,
}

#[derive(Debug, thiserror::Error)]
pub enum CreatePaymentError {
    #[error("no such order")]
    NoSuchOrder,
    #[error("the key was used for another request")]
    KeyReused,
    #[error("another key has the same id")]
    IdCollision,
    #[error("amount or currency differ from the order's")]
    AmountMismatch,
    #[error("the payment is being created by another call")]
    InProgress(Box<Order>, PaymentId),
    #[error("the payment was declined")]
    Declined(Box<Order>, PaymentId),
    #[error("the order is paid")]
    Paid(Box<Order>, Option<PaymentId>),
    #[error("another payment is in progress")]
    Live(Box<Order>, PaymentId, Option<i64>),
    #[error("a capture of another amount is in review")]
    InReview(Box<Order>),
    #[error("the order has expired")]
    Expired,
    #[error("the order is canceled")]
    Canceled(Box<Order>),
    #[error("too many attempts")]
    TooManyAttempts(Box<Order>),
    #[error("no gateway takes it")]
    NoGateway(Vec<(GatewayName, &'static str)>),
    #[error("no gateway could be reached")]
    GatewayUnavailable,
    #[error("every gateway refused ({})", listed(.0))]
    GatewayRefused(Vec<Refusal>),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Each gateway with its reason code, for the log.
fn listed(refusals: &[Refusal]) -> String {
    let words = refusals.iter().map(|refusal| format!("{}: {}", refusal.gateway, refusal.code));
    words.collect::<Vec<_>>().join(", ")
}

impl From<StoreError> for CreatePaymentError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}
