//! What merchants, shoppers, strangers and gateways can do.

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Starts an attempt under a key, or without one if the key is empty.
    Pay(&'static str),
    PayManual(&'static str),
    /// As `Pay`, by who does not wait for an outcome that is not known.
    PayAndLeave(&'static str),
    /// Closes the live attempt first.
    PayInstead(&'static str),
    /// The shopper's choice on the page of an attempt, if the shopper has it.
    Choose(&'static str, &'static str),
    /// Amount 0: all of it.
    Capture(&'static str, &'static str, u64),
    Refund(&'static str, &'static str, u64),
    /// By one whose key has a limit.
    ClerkRefund(&'static str, &'static str, u64),
    Cancel(&'static str),
    CancelOrder,
    /// Removes from the order what names a person.
    Redact,
    Look(&'static str),
    /// The shopper's browser reads the status with its token.
    Watch(&'static str),
    /// What the gateway's dashboard does with an attempt: `capture`, `authorize`, `refund`, `dispute`,
    /// `dispute-won`, `dispute-lost`.
    Dashboard(&'static str, &'static str, u64),
    /// A refund of the dashboard ends: `succeeded` or `failed`.
    RefundsBecome(&'static str, &'static str),
    /// The bank sends back what was given back already.
    SendBack(&'static str),
    /// The gateway has a second object of an attempt, as after a repeat that nobody saw: with a page, or
    /// with the outcome that is named.
    Twin(&'static str, &'static str),
    /// Somebody who has seen an event tells of a capture that is none.
    Lie(&'static str),
    /// What is late comes only after fourteen minutes.
    SlowNetwork,
    Behave(&'static str),
    Wait(i64),
    Sweep,
    /// The merchant's server takes nothing until what it was to hear is dead; then that is moved back.
    Redrive,
    /// The webhooks that are due come.
    Deliver,
    /// Somebody without the key says that an attempt succeeded.
    Forge(&'static str),
    /// The gateway tells of a payment of nobody's, each name another one's.
    Orphan(&'static str),
    /// The gateway tells that another stack's payment of the same name succeeded.
    Foreign(&'static str),
    /// The same merchant does it with a second order.
    Beside(&'static Self),
    /// At most three acts at once, each by a process of its own, one call at a time.
    Together(&'static [Act]),
}
