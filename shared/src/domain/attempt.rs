//! One attempt to pay an order: a claim at one gateway, and what that gateway says of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::capabilities::GatewayName;
use super::idempotency::{Fingerprint, KeyHash};
use super::money::Money;
use super::order::{Nonce, ObjectId};
use super::phase::Phase;
use super::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    #[serde(rename = "ph")]
    pub phase: Phase,
    #[serde(rename = "own")]
    pub owner: Nonce,
    /// Until when its owner is presumed at work. Saves double work, guards nothing.
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
    /// What the caller asked for; `used` is what the shopper took.
    #[serde(rename = "meth", default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Method>,
    #[serde(rename = "ret", default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// Its money is real; decided by the credentials that were taken when it began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    #[serde(rename = "gw", default)]
    pub objects: BTreeMap<ObjectId, Phase>,
    /// Objects that the gateway showed as authorized after it had said that they ended: their phase
    /// does not fall, but the hold is real and is to be given back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stray: BTreeSet<ObjectId>,
    /// The one page that may be handed out; set once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// The intention to end it; set once, never withdrawn.
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
    /// Address and token leave when the attempt ends.
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

impl Attempt {
    /// The page that may be shown: only while something is asked of the shopper, and not of an
    /// attempt that is being closed.
    pub fn page_to_show(&self) -> Option<&Page> {
        self.page.as_ref().filter(|_| self.phase < Phase::Authorized && self.close.is_none())
    }

    /// The gateway holds money of this object for us.
    pub fn holds(&self, object: &ObjectId) -> bool {
        self.objects.get(object) == Some(&Phase::Authorized) || self.stray.contains(object)
    }

    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|until| until > now)
    }
}
