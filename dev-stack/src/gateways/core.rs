//! The gateway without a socket: a call in, an outcome out, webhooks to be fetched.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, StatusCode};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::ledger::Ledger;
use super::ledger::ids::Ids;
use super::ledger::journal::NotWritten;
use super::ledger::outbox::Delivery;
use super::refusal::Refusal;
use super::stub::{Asked, Claim, Proof, Stub, Told};
use super::truth::{Object, Truth};
use super::{control, page};
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use crate::hosts;

/// The settings of a gateway, none of which changes while it runs.
#[derive(Debug)]
pub struct Settings {
    /// Where shoppers reach the pages, without a trailing slash.
    pub base_url: String,
    pub clock: Clock,
    pub ids: Ids,
    pub disk: Disk,
}

#[derive(Debug, thiserror::Error)]
#[error("the sandbox gateway cannot read its state: {0}")]
pub struct OpenError(#[from] DiskError);

/// Deterministic: only the clock and the ids vary, and both are injected. Calls are served one after
/// another; each is on disk before its outcome is returned.
pub struct Core {
    stub: Arc<dyn Stub>,
    clock: Clock,
    ledger: Mutex<Ledger>,
}

impl Core {
    pub(crate) fn open(stub: Arc<dyn Stub>, settings: Settings) -> Result<Self, OpenError> {
        let Settings { base_url, clock, ids, disk } = settings;
        let ledger = Ledger::open(Arc::clone(&stub), base_url, ids, disk)?;
        Ok(Self { stub, clock, ledger: Mutex::new(ledger) })
    }

    /// The merchant's name on the pages, if it is not the demo shop.
    #[must_use]
    pub fn of_merchant(mut self, name: Option<String>) -> Self {
        let ledger = self.ledger.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = name {
            ledger.merchant = name;
        }
        self
    }

    /// Serves one call. The caller decides whether the peer may use `/control`, because only sockets have
    /// peers.
    pub fn handle(&self, request: &Request<Bytes>) -> Outcome {
        let call = match Call::read(request) {
            Ok(call) => call,
            Err(refusal) => return Err(refusal).into(),
        };
        if hosts::is_from_elsewhere(request.method(), request.headers()) {
            return page::in_the_language_of(&call, Refusal::Elsewhere).into();
        }
        let mut ledger = self.ledger();
        ledger.advance(self.clock.now_ms());
        let outcome = match call.segments().first() {
            Some(&"checkout") => page::answer(&mut ledger, &call).into(),
            Some(&"assets") => page::asset(&call).into(),
            Some(&"control") => control::answer(&mut ledger, &call).into(),
            // A browser at the address that the banner prints wants to see the payments.
            Some(&"") if call.is_from_browser() => {
                Ok(Answer::see_other("/control/payments".to_owned())).into()
            }
            _ => self.stub.answer(&mut ledger, &call),
        };
        match ledger.journal.commit() {
            Ok(()) => outcome,
            Err(NotWritten) => Err(Refusal::Internal).into(),
        }
    }

    /// The webhooks that are due at `now`. Each must be reported back to `delivered`.
    pub fn take_deliveries(&self, now: i64) -> Vec<Delivery> {
        let mut ledger = self.ledger();
        ledger.advance(now);
        // An event must not be sent before the change that it reports is on disk.
        match ledger.journal.commit() {
            Ok(()) => ledger.take_deliveries(),
            Err(NotWritten) => Vec::new(),
        }
    }

    /// Reports the result of a delivery: the status of the answer, or none.
    pub fn delivered(&self, id: u64, status: Option<StatusCode>) {
        let mut ledger = self.ledger();
        ledger.now = self.clock.now_ms();
        ledger.delivered(id, status);
        // If this is not written, the webhook is sent once more after a restart: delivery is at least once,
        // as with real gateways.
        drop(ledger.journal.commit());
    }

    /// The earliest time at which there may be something to take, unless a call comes in before.
    pub fn next_delivery_at(&self) -> Option<i64> {
        self.ledger().next_due_at()
    }

    /// Whether the hosted page of this token is one of this gateway's.
    pub(crate) fn has_page(&self, token: &str) -> bool {
        self.ledger().payments.by_token(token).is_some()
    }

    /// The gateway's own account of everything.
    pub fn truth(&self) -> Truth {
        let mut ledger = self.ledger();
        ledger.advance(self.clock.now_ms());
        Truth { objects: ledger.payments.iter().map(Object::of).collect() }
    }

    /// What a request asks of this gateway.
    pub fn asked(&self, request: &Request<Bytes>) -> Asked {
        self.stub.asked(request)
    }

    /// What an event of this gateway says.
    pub fn told(&self, body: &[u8]) -> Told {
        self.stub.told(body)
    }

    /// An event that claims a success, with its headers, which no ledger knows of.
    pub fn claim(
        &self,
        claim: &Claim<'_>,
        event_id: &str,
        proof: Proof,
    ) -> (Vec<(&'static str, String)>, Bytes) {
        let body = self.stub.success(claim);
        let headers = self.stub.headers(event_id, &body, self.clock.now_ms(), proof);
        (headers, Bytes::from(body))
    }

    /// Epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A panic elsewhere leaves the state as it was before the call's `record`.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core(..)")
    }
}
