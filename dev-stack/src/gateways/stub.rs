//! The wire of one gateway: all that differs from gateway to gateway. Its ledger, its page and its controls
//! are those of every other.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;

use super::answer::Outcome;
use super::call::Call;
use super::ledger::Ledger;
use super::ledger::abilities::Abilities;
use super::ledger::event::Event;
use super::ledger::payment::Payment;

pub(crate) trait Stub: Send + Sync {
    fn abilities(&self) -> Abilities;

    /// Answers a call of the merchant's API.
    fn answer(&self, ledger: &mut Ledger, call: &Call<'_>) -> Outcome;

    /// The body of an event; `None` if this gateway does not report it.
    fn event(&self, event: &Event, payment: &Payment, now: i64) -> Option<String>;

    /// The headers of a webhook, with the proof of its sender.
    fn headers(
        &self,
        event_id: &str,
        body: &str,
        now: i64,
        proof: Proof,
    ) -> Vec<(&'static str, String)>;

    /// What a request asks of the gateway, read without the adapter that wrote it.
    fn asked(&self, request: &Request<Bytes>) -> Asked;

    /// What an event says, read without the adapter that will read it.
    fn told(&self, body: &[u8]) -> Told;

    /// The body of an event that claims a success.
    fn success(&self, claim: &Claim<'_>) -> String;
}

/// Whether the proof of a webhook's sender holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Genuine,
    /// By a key that nobody has.
    Forged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Create,
    /// Ends an unpaid page.
    Close,
    Capture,
    Void,
    Refund,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    LookUp,
    Act {
        effect: Effect,
        /// The merchant's name of the payment or of the operation; empty if there is none.
        name: String,
        /// A repeat under the same name takes effect once.
        repeats_safely: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The event's type, in the gateway's words.
    pub name: String,
    pub news: News,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Authorized or ended.
    Moved {
        object: String,
    },
    Captured {
        capture: String,
    },
    Refund {
        id: String,
    },
    Dispute {
        id: String,
    },
    /// Nothing follows from it.
    Nothing,
    Unreadable,
}

/// A claim that a payment's page was paid.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    pub reference: &'a str,
    pub order: &'a str,
    pub object: &'a str,
    pub amount: u64,
    pub currency: &'a str,
    pub metadata: &'a BTreeMap<&'static str, &'static str>,
}
