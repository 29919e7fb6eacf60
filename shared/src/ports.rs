//! The ports to the outside world: gateways, the transport under them, the clock, and names. A test may
//! replace the last three; it replaces a gateway by a transport that answers as the gateway would.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use crate::domain::attempt::{CaptureMode, Failure, Method};
use crate::domain::capabilities::{Capabilities, GatewayMode};
use crate::domain::cart::Cart;
use crate::domain::fact::{Seen, SeenRefund};
use crate::domain::id::{OperationId, OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::names::{CaptureId, DisputeId, GatewayName, GatewayRefundId, Nonce, ObjectId};
use crate::domain::phase::{DisputePhase, OperationPhase, Phase};
use crate::domain::time::Timestamp;

/// The current time.
pub trait Clock: Send + Sync + fmt::Debug {
    fn now(&self) -> Timestamp;

    /// The time on other machines' clocks, which differs only if the dev stack's clock was moved.
    fn outside(&self) -> Timestamp {
        self.now()
    }
}

/// Names that cannot be computed: those of writes, and of orders created without a key.
pub trait Ids: Send + Sync + fmt::Debug {
    fn nonce(&self) -> Nonce;
    fn order_id(&self) -> OrderId;
}

/// Sends one HTTP request, once: a repeat that the caller does not know of could be a second charge.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Provably no byte of the request was written (name, connection or TLS failed).
    #[error("the request was not sent")]
    NotSent,
    /// It may have arrived.
    #[error("no answer came")]
    Unknown,
    /// It may have arrived: the answer is unreadable or incomplete.
    #[error("the answer cannot be read")]
    Broken,
}

/// The outcome of a request for an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The gateway shows the object; a decline is an object that failed.
    Seen(Seen),
    /// The gateway refused this request, which proves that it has no effect.
    Refused(Failure),
    NotSent,
    /// Not a failure: the outcome must be looked up by name.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Create {
    /// Idempotency key and reference at once.
    pub payment: PaymentId,
    pub order: OrderId,
    pub amount: Money,
    pub mode: CaptureMode,
    pub method: Option<Method>,
    pub return_url: Option<String>,
    /// The lifetime of the page, computed from stored times, so that a repeat is the same request.
    pub expires_in_seconds: i64,
    pub metadata: std::collections::BTreeMap<String, String>,
    /// Sent with the metadata, so that events name their stack; absent if the first call named none.
    pub stack: Option<String>,
    /// The cart, if every item has a price. It is only for the shopper to read; no decision depends on it.
    pub cart: Option<Cart>,
}

/// The payment to look up: by our name, and by the gateway's if it is known.
#[derive(Clone, Debug)]
pub struct Sought {
    pub create: Create,
    pub objects: Vec<ObjectId>,
}

/// A capture, void or refund of one object.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Idempotency key and reference at once.
    pub operation: OperationId,
    pub payment: PaymentId,
    pub object: ObjectId,
    pub capture: Option<CaptureId>,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookUpError {
    #[error("the gateway cannot be asked now")]
    Unavailable,
    #[error("the gateway offers no such look-up")]
    Unsupported,
}

/// A webhook as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Bytes whose sender is proven. Created in the gateways' `signature` modules, and for verified events that
/// the table kept.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'a> {
    body: &'a [u8],
    event: Option<&'a str>,
}

impl<'a> Verified<'a> {
    pub(crate) fn vouch_for(body: &'a [u8]) -> Self {
        Self { body, event: None }
    }

    /// Sets the event's id, which is sent outside the body.
    pub(crate) fn of_event(self, id: Option<&'a str>) -> Self {
        Self { event: id, ..self }
    }

    pub fn event(&self) -> Option<&'a str> {
        self.event
    }

    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature is missing")]
    Missing,
    #[error("the signature is malformed")]
    Malformed,
    #[error("no signature matches")]
    Mismatch,
    #[error("the timestamp is outside the tolerance")]
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("the gateway's message is not an event")]
    Foreign,
    /// Of a known type but unreadable; parked, because it may be about money.
    #[error("the gateway's message cannot be read")]
    Unreadable,
}

/// The content of a verified webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A type that we do not handle, or a reference that is not one of ours.
    Ignored,
    /// Signed, and complete enough to be merged.
    Fact { payment: PaymentId, seen: Seen },
    /// To be looked up; the answer is merged instead.
    Hint { payment: PaymentId, hinted: Hinted },
}

impl Notice {
    pub fn payment(&self) -> Option<&PaymentId> {
        match self {
            Self::Ignored => None,
            Self::Fact { payment, .. } | Self::Hint { payment, .. } => Some(payment),
        }
    }
}

/// The claims of a hint, which a look-up should show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hinted {
    pub phase: Option<Phase>,
    pub refund: Option<(GatewayRefundId, OperationPhase)>,
    pub dispute: Option<(DisputeId, DisputePhase)>,
}

impl Hinted {
    pub fn is_shown_by(&self, seen: &[Seen]) -> bool {
        let any = |shown: &dyn Fn(&Seen) -> bool| seen.iter().any(shown);
        let phase = self
            .phase
            .is_none_or(|claimed| any(&|seen| seen.phase.is_some_and(|phase| phase >= claimed)));
        let refund = self.refund.as_ref().is_none_or(|(id, claimed)| {
            any(&|seen| seen.refunds.iter().any(|r| &r.id == id && r.phase >= *claimed))
        });
        let dispute = self.dispute.as_ref().is_none_or(|(id, claimed)| {
            any(&|seen| seen.disputes.iter().any(|d| &d.id == id && d.phase >= *claimed))
        });
        phase && refund && dispute
    }
}

#[derive(Clone, Debug)]
pub struct ListPage {
    pub payments: Vec<(Option<PaymentId>, Seen)>,
    pub next: Option<String>,
}

/// A payment gateway. What it cannot do is stated in `capabilities`, never by an empty method.
#[async_trait]
pub trait Gateway: Send + Sync + fmt::Debug {
    fn name(&self) -> GatewayName;
    /// Prepares for the first call, as by fetching a token. What fails here is tried again by the call.
    async fn warm_up(&self) {}
    /// Whether its credentials move test money or real money.
    fn mode(&self) -> GatewayMode;
    fn capabilities(&self) -> Capabilities;
    /// Why this gateway does not accept the payment, if it does not.
    fn refuses(
        &self,
        amount: Money,
        method: Option<Method>,
        mode: CaptureMode,
    ) -> Option<&'static str>;

    async fn create(&self, create: &Create, timeout: Duration) -> Answer;
    /// Every object that the gateway keeps under our name.
    async fn look_up(&self, sought: &Sought, timeout: Duration) -> Result<Vec<Seen>, LookUpError>;
    async fn capture(&self, effect: &Effect, timeout: Duration) -> Answer;
    async fn void(&self, effect: &Effect, timeout: Duration) -> Answer;
    /// Ends an unpaid page.
    async fn close(&self, payment: &PaymentId, object: &ObjectId, timeout: Duration) -> Answer;
    async fn refund(&self, effect: &Effect, timeout: Duration) -> Answer;
    async fn look_up_refund(
        &self,
        effect: &Effect,
        timeout: Duration,
    ) -> Result<Option<SeenRefund>, LookUpError>;
    async fn list(
        &self,
        from: Timestamp,
        cursor: Option<&str>,
        timeout: Duration,
    ) -> Result<ListPage, LookUpError>;

    fn verify<'a>(
        &self,
        delivery: &Delivery<'a>,
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureError>;
    /// The stack of the event's payment, if the event names one.
    fn stack_of(&self, verified: &Verified<'_>) -> Option<String>;
    fn translate(&self, verified: &Verified<'_>) -> Result<Notice, MappingError>;
}
