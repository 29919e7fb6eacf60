//! What can go wrong with a call.

/// The kinds of calls, as far as they decide what can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
    /// Reads an index, which may be outdated.
    Query,
    /// To a queue.
    Send,
    /// Asks the gateway, without an effect.
    Ask,
    /// Acts at the gateway, which recognises a repeat.
    KeyedAct,
    Act,
    /// Hands over a batch from a queue.
    Batch,
    /// To the merchant's server.
    Post,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// No effect, and no answer.
    Before,
    /// The effect, and no answer.
    After,
    /// Provably nothing was sent.
    Unsent,
    /// No effect and no answer, in any of the SDK's tries.
    Down,
    /// The effect without an answer, and no effect of the SDK's retries.
    Lost,
    /// The effect twice, and the answer of the second.
    Dup,
    DieBefore,
    DieAfter,
    /// No answer now; the effect comes six calls later.
    Late,
    /// Throttled, without an effect.
    Throttle,
    /// The effect, and an answer that reports an internal error.
    Fails,
    /// The process is frozen past every lease before it reads the answer.
    Slow,
    /// The index does not contain anything yet.
    Lag,
    /// The index still contains everything that was ever in it.
    Stale,
    /// Only the first message of a batch is handed over; the others come later.
    Partial,
    /// After the effect and before its answer, another operation runs from start to end.
    Meanwhile(Other),
    /// Applies to a step among concurrent actors instead of a call: this actor has the turn.
    Turn(usize),
    /// Applies to the n-th read of a secret instead of a call.
    Secret(Trouble),
}

/// The kind of number that places a fault in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Calls,
    Steps,
    Secrets,
}

/// What can go wrong with reading a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// No answer, once.
    Before,
    /// Throttled, once.
    Throttle,
    /// No answer, in any of the SDK's tries.
    Down,
    Dies,
}

impl Trouble {
    pub const ALL: [Self; 4] = [Self::Before, Self::Throttle, Self::Down, Self::Dies];
}

/// The operations that can run while a process waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// A sweep, after every lease has lapsed.
    Sweep,
    /// A sweep at the same time.
    SweepNow,
    /// The same work again.
    Again,
    Webhooks,
    CancelOrder,
    CancelPayment,
    /// The order expires, and a sweep runs.
    Expire,
    /// An attempt under another key.
    Pay,
    PayInstead,
    Capture,
    Refund,
    /// The shopper pays.
    Approve,
    /// The very first webhook comes again.
    Replay,
}

impl Other {
    const ALL: [Self; 13] = [
        Self::Sweep,
        Self::SweepNow,
        Self::Again,
        Self::Webhooks,
        Self::CancelOrder,
        Self::CancelPayment,
        Self::Expire,
        Self::Pay,
        Self::PayInstead,
        Self::Capture,
        Self::Refund,
        Self::Approve,
        Self::Replay,
    ];
}

/// For a write of the table: the SDK retries, and may see its own effect.
const WRITE: [Mode; 10] = [
    Mode::Before,
    Mode::After,
    Mode::Throttle,
    Mode::Fails,
    Mode::Down,
    Mode::Lost,
    Mode::DieBefore,
    Mode::DieAfter,
    Mode::Late,
    Mode::Slow,
];

const NAMES: [(&str, Mode); 35] = [
    ("replay", Mode::Meanwhile(Other::Replay)),
    ("sweep", Mode::Meanwhile(Other::Sweep)),
    ("sweep-now", Mode::Meanwhile(Other::SweepNow)),
    ("again", Mode::Meanwhile(Other::Again)),
    ("webhooks", Mode::Meanwhile(Other::Webhooks)),
    ("cancel-order", Mode::Meanwhile(Other::CancelOrder)),
    ("cancel-payment", Mode::Meanwhile(Other::CancelPayment)),
    ("expire", Mode::Meanwhile(Other::Expire)),
    ("pay", Mode::Meanwhile(Other::Pay)),
    ("pay-instead", Mode::Meanwhile(Other::PayInstead)),
    ("capture", Mode::Meanwhile(Other::Capture)),
    ("refund", Mode::Meanwhile(Other::Refund)),
    ("approve", Mode::Meanwhile(Other::Approve)),
    ("before", Mode::Before),
    ("after", Mode::After),
    ("unsent", Mode::Unsent),
    ("down", Mode::Down),
    ("lost", Mode::Lost),
    ("dup", Mode::Dup),
    ("die-before", Mode::DieBefore),
    ("die-after", Mode::DieAfter),
    ("late", Mode::Late),
    ("throttle", Mode::Throttle),
    ("fails", Mode::Fails),
    ("slow", Mode::Slow),
    ("lag", Mode::Lag),
    ("stale", Mode::Stale),
    ("partial", Mode::Partial),
    ("to-0", Mode::Turn(0)),
    ("to-1", Mode::Turn(1)),
    ("to-2", Mode::Turn(2)),
    ("secret-before", Mode::Secret(Trouble::Before)),
    ("secret-throttle", Mode::Secret(Trouble::Throttle)),
    ("secret-down", Mode::Secret(Trouble::Down)),
    ("secret-dies", Mode::Secret(Trouble::Dies)),
];

impl Mode {
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }

    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// Every name that a plan may contain.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    pub fn counts(self) -> Count {
        match self {
            Self::Turn(_) => Count::Steps,
            Self::Secret(_) => Count::Secrets,
            Self::Before
            | Self::After
            | Self::Unsent
            | Self::Down
            | Self::Lost
            | Self::Dup
            | Self::DieBefore
            | Self::DieAfter
            | Self::Late
            | Self::Throttle
            | Self::Fails
            | Self::Slow
            | Self::Lag
            | Self::Stale
            | Self::Partial
            | Self::Meanwhile(_) => Count::Calls,
        }
    }

    /// Every way a call of this kind can go wrong, and everything that can happen meanwhile.
    pub fn all(kind: Kind) -> impl Iterator<Item = Self> {
        let others = if kind == Kind::Batch { [].as_slice() } else { Other::ALL.as_slice() };
        Self::of(kind).iter().copied().chain(others.iter().map(|other| Self::Meanwhile(*other)))
    }

    pub fn suits(self, kind: Kind) -> bool {
        matches!(self, Self::Meanwhile(_)) && kind != Kind::Batch || Self::of(kind).contains(&self)
    }

    /// Every way a call of this kind can go wrong.
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Read => &[Self::Before, Self::Throttle, Self::Down, Self::DieBefore, Self::Slow],
            Kind::Write => &WRITE,
            Kind::Query => {
                &[Self::Lag, Self::Stale, Self::Throttle, Self::Down, Self::DieBefore, Self::Slow]
            }
            Kind::Send => &[
                Self::After,
                Self::Throttle,
                Self::Fails,
                Self::Down,
                Self::Lost,
                Self::DieBefore,
                Self::DieAfter,
                Self::Late,
                Self::Slow,
            ],
            Kind::Ask => &[Self::Before, Self::Throttle, Self::DieBefore, Self::Slow],
            Kind::KeyedAct => &[
                Self::Before,
                Self::After,
                Self::Unsent,
                Self::Dup,
                Self::DieBefore,
                Self::DieAfter,
                Self::Late,
                Self::Throttle,
                Self::Slow,
            ],
            Kind::Batch => &[Self::Partial, Self::After, Self::DieBefore],
            Kind::Post => &[
                Self::Before,
                Self::After,
                Self::Unsent,
                Self::Dup,
                Self::DieBefore,
                Self::DieAfter,
                Self::Late,
                Self::Throttle,
            ],
            Kind::Act => &[
                Self::Before,
                Self::After,
                Self::Unsent,
                Self::DieBefore,
                Self::DieAfter,
                Self::Late,
                Self::Throttle,
                Self::Slow,
            ],
        }
    }
}
