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

/// The settings of a gateway, none of which changes while it runs.
#[derive(Debug)]
pub struct Settings {
    pub profile: Profile,
    /// Where shoppers reach the pages, without a trailing slash.
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

/// Deterministic: only the clock and the ids vary, and both are injected. Calls are served one after
/// another; each is on disk before its outcome is returned.
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

    /// The merchant's name on the pages, if it is not the demo shop.
    #[must_use]
    pub fn of_merchant(mut self, name: Option<String>) -> Self {
        let gateway = self.gateway.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = name {
            gateway.merchant = name;
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
        let mut gateway = self.gateway();
        gateway.advance(self.clock.now_ms());
        let outcome = match call.segments().first() {
            Some(&"v1") if !self.knows(&call) => Err(Refusal::Unauthorized).into(),
            Some(&"v1") => api::answer(&mut gateway, &call),
            Some(&"checkout") => page::answer(&mut gateway, &call).into(),
            Some(&"assets") => page::asset(&call).into(),
            Some(&"control") => control::answer(&mut gateway, &call).into(),
            // A browser at the address that the banner prints wants to see the payments.
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
        // An event must not be sent before the change that it reports is on disk.
        match gateway.journal.commit() {
            Ok(()) => gateway.take_deliveries(&self.webhook_secret),
            Err(NotWritten) => Vec::new(),
        }
    }

    /// Reports the result of a delivery: the status of the answer, or none.
    pub fn delivered(&self, id: u64, status: Option<StatusCode>) {
        let mut gateway = self.gateway();
        gateway.now = self.clock.now_ms();
        gateway.delivered(id, status);
        // If this is not written, the webhook is sent once more after a restart: delivery is at least once,
        // as with real gateways.
        drop(gateway.journal.commit());
    }

    /// The earliest time at which there may be something to take, unless a call comes in before.
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
