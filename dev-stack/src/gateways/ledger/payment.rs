//! One payment as this gateway keeps it, with its refunds and disputes. Times are epoch milliseconds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::breakdown::Breakdown;
use super::money::Currency;

/// The only currency of UPI.
const UPI_CURRENCY: &str = "INR";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Authorized,
    Captured,
    Failed,
    Canceled,
    Expired,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaptureMode {
    #[default]
    Automatic,
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    Card,
    Upi,
    Netbanking,
    Wallet,
    BankTransfer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Capture {
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    pub(crate) captured_at: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    #[default]
    Succeeded,
    Failed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    /// The merchant's own name for it; absent if it was made in the dashboard.
    pub(crate) reference: Option<String>,
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    pub(crate) status: RefundStatus,
    pub(crate) created_at: i64,
    /// When look-ups begin to see it.
    pub(crate) visible_at: i64,
    /// When its status last changed.
    pub(crate) changed_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeStatus {
    Opened,
    Won,
    Lost,
}

/// Money that a bank takes back against the merchant's will.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    pub(crate) status: DisputeStatus,
    #[serde(default)]
    pub(crate) reason: String,
    /// The deadline for the merchant's answer to the bank.
    #[serde(default)]
    pub(crate) respond_by: i64,
    pub(crate) created_at: i64,
    /// When its status last changed.
    pub(crate) changed_at: i64,
}

/// What the shopper can do next.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Next {
    Pay,
    /// One more confirmation.
    Confirm,
    Wait,
    Done,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    pub(crate) capture: CaptureMode,
    pub(crate) method: Option<Method>,
    /// Absent: the payment was made without a page.
    pub(crate) client_token: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) breakdown: Breakdown,
    pub(crate) created_at: i64,
    /// When look-ups begin to see it.
    pub(crate) visible_at: i64,
    /// Absent: the gateway never ends the page.
    pub(crate) expires_at: Option<i64>,
    pub(crate) status: Status,
    /// A try is under way at the bank until then, and will succeed.
    pub(crate) processing_until: Option<i64>,
    /// The page waits for one more confirmation by the shopper.
    pub(crate) challenged: bool,
    /// When an authorization that nobody captures lapses.
    pub(crate) lapses_at: Option<i64>,
    pub(crate) failure: Option<Failure>,
    pub(crate) captured: Option<Capture>,
    /// The name of its capture, where captures have names of their own.
    #[serde(default)]
    pub(crate) capture_id: Option<String>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) disputes: Vec<Dispute>,
}

/// What a create call asks for.
#[derive(Clone, Debug)]
pub(crate) struct NewPayment {
    pub(crate) reference: String,
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    pub(crate) capture: CaptureMode,
    pub(crate) method: Option<Method>,
    pub(crate) return_url: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) breakdown: Breakdown,
}

impl NewPayment {
    /// The same again.
    pub(crate) fn like(payment: &Payment) -> Self {
        Self {
            reference: payment.reference.clone(),
            amount: payment.amount,
            currency: payment.currency.clone(),
            capture: payment.capture,
            method: payment.method,
            return_url: payment.return_url.clone(),
            metadata: payment.metadata.clone(),
            breakdown: payment.breakdown.clone(),
        }
    }
}

impl Method {
    pub(crate) const ALL: [Self; 5] =
        [Self::Card, Self::Upi, Self::Netbanking, Self::Wallet, Self::BankTransfer];

    pub(crate) fn moves(self, currency: &Currency) -> bool {
        self != Self::Upi || currency.code() == UPI_CURRENCY
    }

    /// As the API spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Upi => "upi",
            Self::Netbanking => "netbanking",
            Self::Wallet => "wallet",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// As shoppers read it.
    pub(crate) fn label(self) -> &'static str {
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
    pub(crate) fn failure(&self) -> Option<Failure> {
        (self.status == RefundStatus::Failed).then(|| Failure {
            code: "refund_failed".to_owned(),
            message: "The shopper's bank rejected the refund.".to_owned(),
        })
    }
}

impl Failure {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned() }
    }
}

impl Payment {
    pub(crate) fn next(&self) -> Next {
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
