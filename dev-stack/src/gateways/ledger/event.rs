//! What the gateway reports to the merchant. How it says so is the stub's.

use super::payment::{Dispute, Refund};
use super::steps::Happening;

pub(crate) enum Event {
    Payment(Happening),
    Refund(Refund),
    Dispute(Dispute),
}
