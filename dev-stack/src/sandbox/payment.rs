//! One payment as this gateway keeps it, with its refunds and disputes. Times are epoch milliseconds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::breakdown::Breakdown;
use super::money::Currency;

/// The only currency of UPI.
const UPI_CURRENCY: &str = "INR";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Pending,
    Authorized,
    Captured,
    Failed,
    Canceled,
    Expired,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CaptureMode {
    #[default]
    Automatic,
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    Card,
    Upi,
    Netbanking,
    Wallet,
    BankTransfer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) message: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Capture {
    pub(super) amount: u64,
    pub(super) currency: Currency,
    pub(super) captured_at: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefundStatus {
    Pending,
    #[default]
    Succeeded,
    Failed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    /// The merchant's own name for it; absent if it was made in the dashboard.
    pub(super) reference: Option<String>,
    pub(super) amount: u64,
    pub(super) currency: Currency,
    pub(super) status: RefundStatus,
    pub(super) created_at: i64,
    /// When look-ups begin to see it.
    pub(super) visible_at: i64,
    /// When its status last changed.
    pub(super) changed_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DisputeStatus {
    Opened,
    Won,
    Lost,
}

/// Money that a bank takes back against the merchant's will.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) amount: u64,
    pub(super) currency: Currency,
    pub(super) status: DisputeStatus,
    #[serde(default)]
    pub(super) reason: String,
    /// The deadline for the merchant's answer to the bank.
    #[serde(default)]
    pub(super) respond_by: i64,
    pub(super) created_at: i64,
    /// When its status last changed.
    pub(super) changed_at: i64,
}

/// What the shopper can do next.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Next {
    Pay,
    /// One more confirmation.
    Confirm,
    Wait,
    Done,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) amount: u64,
    pub(super) currency: Currency,
    pub(super) capture: CaptureMode,
    pub(super) method: Option<Method>,
    /// Absent: the payment was made without a page.
    pub(super) client_token: Option<String>,
    pub(super) return_url: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) breakdown: Breakdown,
    pub(super) created_at: i64,
    /// When look-ups begin to see it.
    pub(super) visible_at: i64,
    /// Absent: the gateway never ends the page.
    pub(super) expires_at: Option<i64>,
    pub(super) status: Status,
    /// A try is under way at the bank until then, and will succeed.
    pub(super) processing_until: Option<i64>,
    /// The page waits for one more confirmation by the shopper.
    pub(super) challenged: bool,
    /// When an authorization that nobody captures lapses.
    pub(super) lapses_at: Option<i64>,
    pub(super) failure: Option<Failure>,
    pub(super) captured: Option<Capture>,
    /// The name of its capture, where captures have names of their own.
    #[serde(default)]
    pub(super) capture_id: Option<String>,
    pub(super) refunds: Vec<Refund>,
    pub(super) disputes: Vec<Dispute>,
}

impl Method {
    pub(super) const ALL: [Self; 5] =
        [Self::Card, Self::Upi, Self::Netbanking, Self::Wallet, Self::BankTransfer];

    pub(super) fn moves(self, currency: &Currency) -> bool {
        self != Self::Upi || currency.code() == UPI_CURRENCY
    }

    /// As the API spells it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Upi => "upi",
            Self::Netbanking => "netbanking",
            Self::Wallet => "wallet",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// As shoppers read it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Card => "Card",
            Self::Upi => "UPI",
            Self::Netbanking => "Net banking",
            Self::Wallet => "Wallet",
            Self::BankTransfer => "Bank transfer",
        }
    }
}

impl Refund {
    /// Why it failed.
    pub(super) fn failure(&self) -> Option<Failure> {
        (self.status == RefundStatus::Failed).then(|| Failure {
            code: "refund_failed".to_owned(),
            message: "The shopper's bank rejected the refund.".to_owned(),
        })
    }
}

impl Failure {
    pub(super) fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned() }
    }
}

impl Payment {
    pub(super) fn next(&self) -> Next {
        match self.status {
            Status::Pending if self.processing_until.is_some() => Next::Wait,
            Status::Pending if self.challenged => Next::Confirm,
            Status::Pending => Next::Pay,
            Status::Authorized
            | Status::Captured
            | Status::Failed
            | Status::Canceled
            | Status::Expired => Next::Done,
        }
    }
}
