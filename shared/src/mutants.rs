//! Rules that can be broken, one at a time: the fault search must notice each (`tests/search`). Without
//! the feature `mutants`, which no function is built with, nothing is ever broken and nothing of it is
//! compiled.

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    TakeoverIsANewPayment,
    NoDueMarker,
    NoRank,
    NoAmountCheck,
    NoRefundPath,
    MarkBeforeSend,
    OneTargetOnly,
    OneTargetEndsIt,
    PublishBeforeCommit,
    TimeoutIsFailure,
    NotFoundIsFailure,
    RepostWithoutKeys,
    NoOneLiveAttempt,
    SeenRowFirst,
    DeclineEndsTheAttempt,
    CancelTimeoutIsCancelled,
    CancelRefusedIsCancelled,
    ReleasedWithoutAsking,
    OurClockEndsAPage,
    OrderEndsOverALiveAttempt,
    EndedOrderLeavesPages,
    AbandonedToMakeRoom,
    PageFromTheReply,
    PageReplaced,
    AnyNegativeReleases,
    ClosedOverACapture,
    ClosingCaptureRepeated,
    LateAuthorizationCaptured,
    OpenNotDue,
    OperationNotDue,
    NoReservation,
    ClaimWithoutVersion,
    ResentUnderAFreshKey,
    RefundNotFoundIsRefused,
    RefundTimeoutIsRefused,
    ResentAfterTheKeysLife,
    DoneOutranksFailed,
    DashboardRefundsIgnored,
    FailedCompensationNotRepeated,
    CompensationNotReserved,
    ExcessNotCompensated,
    VoidBesideACapture,
    CapturesNotReserved,
    PartialCaptureIsAMismatch,
    KeylessClaimWithoutVersion,
    KeylessAlwaysNew,
    UnsignedBodyBelieved,
    UnsignedOnlyMarksDue,
    LaggingLookUpDropsTheEvent,
    UnconditionalClear,
    AbandonedIsCancelled,
    LostOrderIsARival,
    LostClaimIsARival,
    LostNumberedClaimIsARival,
    LostWriteIsARival,
    LostOperationClaimIsARival,
    LostTakeIsARival,
    LostTakeOverIsARival,
    OrphanDropped,
    RefusedRepeatIsRefused,
    BatchForgetsAFailure,
    BatchNamesAll,
    BatchNamesNobody,
}

/// Whether `mutant` is what this thread has broken.
#[cfg(not(feature = "mutants"))]
pub const fn broken(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub use self::switch::{breaking, broken};

#[cfg(feature = "mutants")]
mod switch {
    use std::cell::Cell;

    use super::Mutant;

    thread_local! {
        /// Of one thread: a run has one thread, and tests run beside each other.
        static BROKEN: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    pub fn broken(mutant: Mutant) -> bool {
        BROKEN.get() == Some(mutant)
    }

    /// Does `work` with a rule broken, or with none.
    pub fn breaking<T>(mutant: Option<Mutant>, work: impl FnOnce() -> T) -> T {
        /// Mends also when `work` panics.
        struct Mend(Option<Mutant>);
        impl Drop for Mend {
            fn drop(&mut self) {
                BROKEN.set(self.0);
            }
        }
        let _mend = Mend(BROKEN.replace(mutant));
        work()
    }
}

#[cfg(feature = "mutants")]
impl Mutant {
    /// `no-due-marker`
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(c.to_lowercase());
        }
        name
    }
}

/// What each breaks, and the invariant that is to fall.
#[cfg(feature = "mutants")]
pub const ALL: [(Mutant, &str, &str); 63] = [
    (
        Mutant::TakeoverIsANewPayment,
        "I3",
        "Who takes over an attempt sends it under a name of its own.",
    ),
    (
        Mutant::NoDueMarker,
        "I10",
        "A write leaves unfinished work without a time to come back to it.",
    ),
    (Mutant::NoRank, "I7", "What was said last replaces what is known, whatever its rank."),
    (Mutant::NoAmountCheck, "I6", "A capture of any amount and currency pays the order."),
    (Mutant::NoRefundPath, "I2", "A capture that the order does not need is not recorded."),
    (Mutant::MarkBeforeSend, "I5", "A confirmation is marked as sent, and sent afterwards."),
    (Mutant::OneTargetOnly, "I5", "A confirmation goes to the first target alone."),
    (Mutant::OneTargetEndsIt, "I5", "A confirmation that one target has is taken for sent to all."),
    (
        Mutant::PublishBeforeCommit,
        "I6",
        "A confirmation is sent before the change is written that it tells of.",
    ),
    (Mutant::TimeoutIsFailure, "I4", "A create call without an answer is a failed payment."),
    (Mutant::NotFoundIsFailure, "I4", "What a look-up does not show has failed."),
    (
        Mutant::RepostWithoutKeys,
        "I3",
        "A create call is repeated where a repeat is a second payment.",
    ),
    (Mutant::NoOneLiveAttempt, "I1", "An attempt may begin while another is live."),
    (
        Mutant::SeenRowFirst,
        "I9",
        "An event is noted as seen before its work, and skipped when it comes again.",
    ),
    (Mutant::DeclineEndsTheAttempt, "I15", "A try that failed on a page ends the payment."),
    (Mutant::CancelTimeoutIsCancelled, "I19", "A cancel call without an answer has cancelled."),
    (Mutant::CancelRefusedIsCancelled, "I19", "A cancel call that was refused has cancelled."),
    (
        Mutant::ReleasedWithoutAsking,
        "I19",
        "A closing attempt is released without the gateway's word.",
    ),
    (Mutant::OurClockEndsAPage, "I19", "A page has ended when our clock says so."),
    (Mutant::OrderEndsOverALiveAttempt, "I20", "An order ends although an attempt is live."),
    (
        Mutant::EndedOrderLeavesPages,
        "I19",
        "A paid or ending order leaves the page of another attempt open.",
    ),
    (
        Mutant::AbandonedToMakeRoom,
        "I15",
        "An attempt that cannot be released at once is given up for the next.",
    ),
    (
        Mutant::PageFromTheReply,
        "I16",
        "The page in the gateway's reply is handed out, not the one in the item.",
    ),
    (Mutant::PageReplaced, "I16", "A later look-up replaces the page that was handed out."),
    (Mutant::AnyNegativeReleases, "I15", "Any object that failed releases the attempt."),
    (Mutant::ClosedOverACapture, "I21", "An attempt is released while a capture is in flight."),
    (Mutant::ClosingCaptureRepeated, "I21", "A capture of a closing attempt is sent again."),
    (
        Mutant::LateAuthorizationCaptured,
        "I19",
        "An authorization that comes after the close is captured.",
    ),
    (Mutant::OpenNotDue, "I10", "An open order is not due when it expires."),
    (Mutant::OperationNotDue, "I10", "An unproven operation is not due."),
    (Mutant::NoReservation, "I17", "Refunds under way take no room."),
    (
        Mutant::ClaimWithoutVersion,
        "I18",
        "A claim of a capture or refund is written whatever was written meanwhile.",
    ),
    (Mutant::ResentUnderAFreshKey, "I18", "An operation is sent again under another name."),
    (Mutant::RefundNotFoundIsRefused, "I22", "A refund that a look-up does not show was refused."),
    (Mutant::RefundTimeoutIsRefused, "I22", "A refund call without an answer was refused."),
    (
        Mutant::ResentAfterTheKeysLife,
        "I18",
        "A call is repeated although the gateway has forgotten its key.",
    ),
    (Mutant::DoneOutranksFailed, "I22", "A refund that a bank sent back stays done."),
    (Mutant::DashboardRefundsIgnored, "I22", "A refund made at the gateway is not recorded."),
    (Mutant::FailedCompensationNotRepeated, "I17", "A compensation that failed is not owed again."),
    (Mutant::CompensationNotReserved, "I17", "A compensation under way takes no room."),
    (Mutant::ExcessNotCompensated, "I17", "An excess capture is recorded and kept."),
    (Mutant::VoidBesideACapture, "I21", "An authorization is voided while a capture is in flight."),
    (Mutant::CapturesNotReserved, "I21", "Captures under way take no room."),
    (
        Mutant::PartialCaptureIsAMismatch,
        "I4",
        "A capture of a part of its authorization does not pay the order.",
    ),
    (
        Mutant::KeylessClaimWithoutVersion,
        "I7",
        "A payment without a key is claimed whatever was written meanwhile.",
    ),
    (Mutant::KeylessAlwaysNew, "I1", "A payment without a key always begins another attempt."),
    (Mutant::UnsignedBodyBelieved, "I6", "What an unsigned event says is merged."),
    (
        Mutant::UnsignedOnlyMarksDue,
        "I4",
        "An unsigned event makes the order due, and nothing keeps the question.",
    ),
    (
        Mutant::LaggingLookUpDropsTheEvent,
        "I9",
        "An event that the look-up does not show yet is forgotten.",
    ),
    (
        Mutant::UnconditionalClear,
        "I14",
        "The mark of a due order is cleared whatever was written meanwhile.",
    ),
    (Mutant::AbandonedIsCancelled, "I19", "An abandoned payment is answered as canceled."),
    (Mutant::LostOrderIsARival, "I3", "C1 whose answer was lost is taken for another's order."),
    (Mutant::LostClaimIsARival, "I3", "C2 whose answer was lost is taken for another's attempt."),
    (
        Mutant::LostNumberedClaimIsARival,
        "I3",
        "C2k whose answer was lost is taken for another's attempt.",
    ),
    (Mutant::LostWriteIsARival, "I14", "C3 whose answer was lost is taken for another's write."),
    (
        Mutant::LostOperationClaimIsARival,
        "I3",
        "C8 or C9 whose answer was lost is taken for another's operation.",
    ),
    (Mutant::LostTakeIsARival, "I3", "C10 whose answer was lost is taken for another's."),
    (
        Mutant::LostTakeOverIsARival,
        "I3",
        "A take-over whose answer was lost is taken for another's.",
    ),
    (
        Mutant::OrphanDropped,
        "I9",
        "An event of an order that is not known is acknowledged and forgotten.",
    ),
    (
        Mutant::RefusedRepeatIsRefused,
        "I22",
        "The refusal of a repeat proves that the first send failed.",
    ),
    (
        Mutant::BatchForgetsAFailure,
        "I5",
        "A batch does not name what was held back after a failure.",
    ),
    (Mutant::BatchNamesAll, "I5", "A batch names also what the merchant took after a failure."),
    (Mutant::BatchNamesNobody, "I5", "A batch with failures names none of them."),
];
