//! The fixtures that a gateway brings to the contract, and the gateways that tests build from them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};

use super::super::{Means, Open};
use super::scripted::{Canned, Scene, Scripted};
use crate::domain::fact::Seen;
use crate::domain::id::OperationId;
use crate::domain::names::{CaptureId, GatewayName, ObjectId};
use crate::domain::phase::Phase;
use crate::domain::time::Timestamp;
use crate::ports::{
    Answer, Clock, Create, Delivery, Effect, Gateway, LookUpError, Notice, Sought, Transport,
};
use crate::secrets::{Fault, parse};

pub(super) const TIMEOUT: Duration = Duration::from_secs(7);

/// A gateway's own examples.
#[derive(Debug)]
pub(crate) struct Fixtures {
    pub(crate) open: Open,
    /// A complete secret.
    pub(crate) secret: String,
    /// The values in the secret without which nothing may be sent or believed.
    pub(crate) hidden: &'static [&'static str],
    pub(crate) create: Create,
    /// The idempotency key of a request.
    pub(crate) name_of: fn(&Request<Bytes>) -> Option<String>,
    pub(crate) declined: Canned,
    pub(crate) refused: Canned,
    /// Answers to a create call that prove nothing.
    pub(crate) unclear: Vec<Canned>,
    /// Answers to a look-up: every documented status, an unknown one, nothing found, no answer.
    pub(crate) statuses: Vec<(Canned, Phase)>,
    pub(crate) strange_status: Canned,
    pub(crate) absent: Canned,
    pub(crate) unavailable: Vec<Canned>,
    pub(crate) one_capture: OneCapture,
    pub(crate) sign: fn(&[u8], Timestamp) -> HeaderMap,
    pub(crate) unknown_event: &'static str,
}

/// The same capture, from every source that shows it.
#[derive(Debug)]
pub(crate) struct OneCapture {
    pub(crate) create: Canned,
    pub(crate) look_up: Canned,
    pub(crate) list: Canned,
    pub(crate) event: &'static str,
}

/// The time at which these tests happen.
pub(super) fn now() -> Timestamp {
    Timestamp::from_unix(1_795_165_200)
}

/// Opens a secret as the registry does.
pub(crate) fn opened(
    open: Open,
    secret: &str,
    transport: Arc<dyn Transport>,
    dev_stack: bool,
) -> Result<Arc<dyn Gateway>, Fault> {
    open(&parse(secret)?, &mut Vec::new(), &means(transport, dev_stack))
}

pub(crate) fn means(transport: Arc<dyn Transport>, dev_stack: bool) -> Means {
    let name = GatewayName::new("under-test");
    Means { name, transport, clock: Arc::new(Still), dev_stack }
}

/// A clock that stands at the time of these tests.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        now()
    }
}

impl Fixtures {
    pub(crate) fn gateway(
        &self,
        answers: impl IntoIterator<Item = Scene>,
    ) -> (Arc<dyn Gateway>, Arc<Scripted>) {
        let transport = Arc::new(Scripted::playing(answers));
        (opened(self.open, &self.secret, transport.clone(), false).unwrap(), transport)
    }

    pub(crate) fn sought(&self) -> Sought {
        Sought { create: self.create.clone(), objects: Vec::new() }
    }

    pub(crate) fn effect(&self) -> Effect {
        Effect {
            operation: OperationId::capture_owed(&self.create.payment, 0),
            payment: self.create.payment.clone(),
            object: ObjectId::new("an object"),
            capture: Some(CaptureId::new("a capture")),
            amount: self.create.amount,
        }
    }

    pub(super) fn notice(&self, body: &'static str) -> Notice {
        let (gateway, _) = self.gateway([]);
        let headers = (self.sign)(body.as_bytes(), now());
        let delivery = Delivery { headers: &headers, body: body.as_bytes() };
        gateway.translate(&gateway.verify(&delivery, now()).unwrap()).unwrap()
    }

    pub(super) async fn created(&self, scene: Scene) -> Answer {
        self.gateway([scene]).0.create(&self.create, TIMEOUT).await
    }

    pub(super) async fn looked_up(&self, scene: Scene) -> Result<Vec<Seen>, LookUpError> {
        self.gateway([scene]).0.look_up(&self.sought(), TIMEOUT).await
    }
}
