//! The gateway without a socket: a call in, an outcome out, webhooks to be fetched.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, StatusCode};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::gateway::Gateway;
use super::ids::Ids;
use super::journal::NotWritten;
use super::outbox::Delivery;
use super::profile::Profile;
use super::refusal::Refusal;
use super::secrets::{ApiKey, WebhookSecret};
use super::{api, control, page};
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use crate::hosts;

/// What a gateway is opened with; none of it changes while it runs.
#[derive(Debug)]
pub struct Settings {
    pub profile: Profile,
    /// Where shoppers reach the pages, without a slash at its end.
    pub base_url: String,
    pub api_key: ApiKey,
    pub webhook_secret: WebhookSecret,
    pub clock: Clock,
    pub ids: Ids,
    pub disk: Disk,
}

#[derive(Debug, thiserror::Error)]
#[error("the sandbox gateway cannot read its state: {0}")]
pub struct OpenError(#[from] DiskError);

/// Deterministic: clock and ids are its only sources of surprise, and both are injected. Calls
/// are served one after another; each is on disk before its outcome is given.
pub struct Core {
    api_key: ApiKey,
    webhook_secret: WebhookSecret,
    clock: Clock,
    gateway: Mutex<Gateway>,
}

impl Core {
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let Settings { profile, base_url, api_key, webhook_secret, clock, ids, disk } = settings;
        let gateway = Mutex::new(Gateway::open(profile, base_url, ids, disk)?);
        Ok(Self { api_key, webhook_secret, clock, gateway })
    }

    /// What the pages call the merchant, if it is another than the demo shop.
    #[must_use]
    pub fn of_merchant(mut self, name: Option<String>) -> Self {
        let gateway = self.gateway.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = name {
            gateway.merchant = name;
        }
        self
    }

    /// Serves one call. Whether the peer may use `/control` is for the caller to know: a peer is
    /// a matter of sockets.
    pub fn handle(&self, request: &Request<Bytes>) -> Outcome {
        let call = match Call::read(request) {
            Ok(call) => call,
            Err(refusal) => return Err(refusal).into(),
        };
        if hosts::is_from_elsewhere(request.method(), request.headers()) {
            return page::in_the_language_of(&call, Refusal::Elsewhere).into();
        }
        let mut gateway = self.gateway();
        gateway.advance(self.clock.now_ms());
        let outcome = match call.segments().first() {
            Some(&"v1") if !self.knows(&call) => Err(Refusal::Unauthorized).into(),
            Some(&"v1") => api::answer(&mut gateway, &call),
            Some(&"checkout") => page::answer(&mut gateway, &call).into(),
            Some(&"assets") => page::asset(&call).into(),
            Some(&"control") => control::answer(&mut gateway, &call).into(),
            // Whoever opens the address that the banner tells wants to see what there is.
            Some(&"") if call.is_from_browser() => {
                Ok(Answer::see_other("/control/payments".to_owned())).into()
            }
            _ => page::in_the_language_of(&call, Refusal::NotFound).into(),
        };
        match gateway.journal.commit() {
            Ok(()) => outcome,
            Err(NotWritten) => Err(Refusal::Internal).into(),
        }
    }

    /// The webhooks that are due at `now`. Each must be reported back to `delivered`.
    pub fn take_deliveries(&self, now: i64) -> Vec<Delivery> {
        let mut gateway = self.gateway();
        gateway.advance(now);
        // An event must not be told before what it tells of is kept.
        match gateway.journal.commit() {
            Ok(()) => gateway.take_deliveries(&self.webhook_secret),
            Err(NotWritten) => Vec::new(),
        }
    }

    /// What came of a delivery: the status it was answered with, or nothing.
    pub fn delivered(&self, id: u64, status: Option<StatusCode>) {
        let mut gateway = self.gateway();
        gateway.now = self.clock.now_ms();
        gateway.delivered(id, status);
        // If this is not written, the webhook is sent once more after a restart: it is at least
        // once, as strangers promise.
        drop(gateway.journal.commit());
    }

    /// When there may be something to take next; not before, unless a call comes in.
    pub fn next_delivery_at(&self) -> Option<i64> {
        self.gateway().next_due_at()
    }

    /// Epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn knows(&self, call: &Call<'_>) -> bool {
        call.bearer().is_some_and(|presented| self.api_key.matches(presented))
    }

    /// A panic elsewhere leaves the state as it was before the call's `record`.
    fn gateway(&self) -> MutexGuard<'_, Gateway> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core(..)")
    }
}
