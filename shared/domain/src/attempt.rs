//! One attempt to pay an order: a claim at one gateway, and what that gateway has shown of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::idempotency::{Fingerprint, KeyHash};
use super::money::Money;
use super::names::{GatewayName, Nonce, ObjectId};
use super::phase::Phase;
use super::time::Timestamp;

/// How long an owner is presumed at work: longer than a function may run.
pub const LEASE_SECONDS: i64 = 30;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    #[serde(rename = "ph")]
    phase: Phase,
    #[serde(rename = "own")]
    pub owner: Nonce,
    /// Its owner is presumed at work until then. This saves double work and guards nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Timestamp>,
    #[serde(rename = "born")]
    pub created_at: Timestamp,
    #[serde(rename = "sent")]
    pub sent_at: Timestamp,
    #[serde(rename = "fp")]
    pub fingerprint: Fingerprint,
    #[serde(rename = "kh", default, skip_serializing_if = "Option::is_none")]
    pub key_hash: Option<KeyHash>,
    #[serde(rename = "gwy")]
    pub gateway: GatewayName,
    #[serde(rename = "mode")]
    pub mode: CaptureMode,
    /// The method that the caller asked for; `used` is the one that the shopper chose.
    #[serde(rename = "meth", default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Method>,
    #[serde(rename = "ret", default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// Whether its money is real, decided by the credentials in use when it began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// The stack named in the create call, if any. A repeat names the same one.
    #[serde(rename = "stk", default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// Whether the create call includes the cart. Attempts begun by older code did not send it, and every
    /// repeat of a request must be the same request.
    #[serde(rename = "cart", default, skip_serializing_if = "std::ops::Not::not")]
    pub sends_cart: bool,
    #[serde(rename = "gw", default)]
    pub objects: BTreeMap<ObjectId, Phase>,
    /// Objects that the gateway showed as authorized after it had reported their end. Their phase does not
    /// fall, but the hold is real and must be released.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stray: BTreeSet<ObjectId>,
    /// The only page that may be handed out; set once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// The intention to end the attempt; set once, never withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<Close>,
    #[serde(rename = "auths", default)]
    pub authorized: BTreeMap<ObjectId, Money>,
    /// When the gateway was last asked on a reader's behalf.
    #[serde(rename = "asked", default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// The last failed try, or why the attempt failed.
    #[serde(rename = "fail", default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    #[serde(rename = "obj")]
    pub object: ObjectId,
    /// The address and the token are removed when the attempt ends.
    #[serde(rename = "url", default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(rename = "tok", default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(rename = "until", default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Close {
    /// The merchant asked.
    Asked,
    /// The order is paid or ending.
    Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    #[serde(rename = "auto")]
    Automatic,
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Card,
    Upi,
    Netbanking,
    Wallet,
    BankTransfer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: String,
    #[serde(rename = "msg")]
    pub message: String,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").field("object", &self.object).finish_non_exhaustive()
    }
}

/// A caller's request for a new attempt.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    pub fingerprint: Fingerprint,
    pub key_hash: Option<KeyHash>,
    pub gateway: GatewayName,
    pub mode: CaptureMode,
    pub method: Option<Method>,
    pub return_url: Option<String>,
    pub live: bool,
    pub stack: Option<String>,
}

impl NewAttempt {
    pub fn claimed_by(&self, nonce: &Nonce, now: Timestamp) -> Attempt {
        Attempt {
            phase: Phase::Sending,
            owner: nonce.clone(),
            lease: Some(now.plus(LEASE_SECONDS)),
            created_at: now,
            sent_at: now,
            fingerprint: self.fingerprint.clone(),
            key_hash: self.key_hash.clone(),
            gateway: self.gateway.clone(),
            mode: self.mode,
            method: self.method,
            used: None,
            return_url: self.return_url.clone(),
            live: self.live,
            stack: self.stack.clone(),
            sends_cart: true,
            objects: BTreeMap::new(),
            stray: BTreeSet::new(),
            page: None,
            close: None,
            authorized: BTreeMap::new(),
            failure: None,
            asked_at: None,
        }
    }
}

impl Attempt {
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Knowledge only grows: a phase of lower rank changes nothing.
    pub(super) fn advance(&mut self, phase: Phase) {
        self.phase = self.phase.or_higher(phase);
    }

    /// The page that may be shown: only while the shopper still has to act, and never once the attempt is
    /// being closed.
    pub fn page_to_show(&self) -> Option<&Page> {
        self.page.as_ref().filter(|_| self.phase < Phase::Authorized && self.close.is_none())
    }

    /// Whether the gateway holds money for us on this object.
    pub fn holds(&self, object: &ObjectId) -> bool {
        self.objects.get(object) == Some(&Phase::Authorized) || self.stray.contains(object)
    }

    /// The first object that the gateway shows as authorized.
    pub(super) fn authorized_object(&self) -> Option<&ObjectId> {
        let first = self.objects.iter().find(|(_, phase)| **phase == Phase::Authorized);
        first.map(|(object, _)| object)
    }

    /// Whether it has ended and still holds an authorization, which is watched until it is voided or lapses.
    pub fn has_stray_authorization(&self) -> bool {
        !self.phase.is_live() && self.objects.keys().any(|object| self.holds(object))
    }

    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|until| until > now)
    }
}
