//! One file per business operation, and the steps that they share. A file uses only those above it in this
//! list. The control flow is here; the rules are in `domain`.

pub mod work;
pub mod record;
pub mod publish;
pub mod create_order;
mod sought;
pub mod resolve;
pub mod start;
pub mod perform;
pub mod close;
pub mod new_payment;
mod payment_claim;
pub mod create_payment;
pub mod requested;
pub mod capture_payment;
pub mod refund_payment;
pub mod cancel_payment;
pub mod cancel_order;
pub mod redact_order;
pub mod park;
pub mod receive_webhook;
mod retry_parked;
pub mod read_order;
pub mod sweep;
pub mod deliver;

use crate::gateways::GatewayMissing;
use crate::secrets::SecretError;
use crate::store::StoreError;

/// A service that we depend on did not answer. The caller may try again; no recorded outcome is lost.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Gateway(#[from] GatewayMissing),
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// An error and all its causes.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
