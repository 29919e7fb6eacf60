//! The actions of merchants, shoppers, strangers and gateways.

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Starts an attempt under a key, or without a key if it is empty.
    Pay(&'static str),
    PayManual(&'static str),
    /// As `Pay`, but does not wait for an unknown outcome.
    PayAndLeave(&'static str),
    /// Closes the live attempt first.
    PayInstead(&'static str),
    /// As `PayInstead`, at a named gateway.
    PayInsteadAt(&'static str, &'static str),
    /// The shopper's choice on the page of an attempt, if the shopper has it.
    Choose(&'static str, &'static str),
    /// Without an amount it captures everything; the other acts with an amount work alike.
    Capture(&'static str, &'static str, Option<u64>),
    Refund(&'static str, &'static str, Option<u64>),
    /// By a caller whose key has a refund limit.
    ClerkRefund(&'static str, &'static str, Option<u64>),
    Cancel(&'static str),
    CancelOrder,
    /// Removes personal data from the order.
    Redact,
    Look(&'static str),
    /// The shopper's browser reads the status with its token.
    Watch(&'static str),
    /// An action on an attempt in the gateway's dashboard: `capture`, `authorize`, `refund`, `dispute`,
    /// `dispute-won`, `dispute-lost`.
    Dashboard(&'static str, &'static str, Option<u64>),
    /// A refund made in the dashboard ends: `succeeded` or `failed`.
    RefundsBecome(&'static str, &'static str),
    /// The bank sends back money that was already refunded.
    SendBack(&'static str),
    /// The gateway has a second object for an attempt, as after an unnoticed repeat: with a page, or with
    /// the named outcome.
    Twin(&'static str, &'static str),
    /// Somebody who has seen an event reports a capture that does not exist.
    Lie(&'static str),
    /// Late calls arrive only after fourteen minutes.
    SlowNetwork,
    Behave(&'static str),
    /// Only this gateway behaves so.
    BehaveAt(&'static str, &'static str),
    Wait(i64),
    Sweep,
    /// The merchant's server refuses every message until they are dead-lettered; then they are moved
    /// back.
    Redrive,
    /// Delivers the webhooks that are due.
    Deliver,
    /// Somebody without the key claims that an attempt succeeded.
    Forge(&'static str),
    /// The gateway reports a payment that belongs to no order, a different one for each name.
    Orphan(&'static str),
    /// The gateway reports that another stack's payment of the same name succeeded.
    Foreign(&'static str),
    /// The second gateway reports a success of a payment that the first one has.
    OthersEvent(&'static str),
    /// The same merchant does this with a second order.
    Beside(&'static Self),
    /// At most three concurrent acts, each by its own process, one call at a time.
    Together(&'static [Act]),
}
