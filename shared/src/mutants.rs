//! Rules that can be broken, one at a time: the fault search must notice each (`tests/search`). Without
//! the feature `mutants`, which no function is built with, nothing is ever broken and nothing of it is
//! compiled.

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    FullIsAcknowledged,
    ForeignBelieved,
    RefusedRepeatIsRefused,
    BatchForgetsAFailure,
    BatchNamesAll,
    BatchNamesNobody,
    SignatureNotChecked,
    SignatureWithoutTheId,
    IdOfTheQueue,
    DisputesIgnored,
    CloseWithdrawn,
    WinnerReplaced,
    EndedPageKept,
    OrderNeverEnds,
    OrderedAmountTold,
    ReviewGivenBackInPart,
    ReturnedReadsSucceeded,
    CanceledReviewKept,
    GivenBackWhileDisputed,
    RedactedIsLearntAgain,
    LateCapturePaysALapsedOrder,
    OpeningNotTold,
    ShopperNotLedOn,
    LimitOfWhatWasTyped,
    RedactedUnfinished,
}

/// Whether `mutant` is what this thread has broken.
#[cfg(not(feature = "mutants"))]
pub const fn broken(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub use self::switch::{breaking, broken, reached};
#[cfg(feature = "mutants")]
pub use self::table::ALL;

#[cfg(feature = "mutants")]
mod table;

#[cfg(feature = "mutants")]
mod switch {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeSet;

    use super::Mutant;

    thread_local! {
        /// Of one thread: a run has one thread, and tests run beside each other.
        static BROKEN: Cell<Option<Mutant>> = const { Cell::new(None) };
        static REACHED: RefCell<BTreeSet<Mutant>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub fn broken(mutant: Mutant) -> bool {
        REACHED.with_borrow_mut(|reached| reached.insert(mutant));
        BROKEN.get() == Some(mutant)
    }

    /// What this thread has come to that could be broken, since this was asked last. Work that does not
    /// come to a rule is the same when that is broken.
    pub fn reached() -> BTreeSet<Mutant> {
        REACHED.take()
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
