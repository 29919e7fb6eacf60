//! What can go wrong with a call.

/// What a call is, as far as it decides what can go wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
    /// Of an index, which may be old.
    Query,
    /// To a queue.
    Send,
    /// Of the gateway, without an effect.
    Ask,
    /// On the gateway, where a repeat is recognised.
    KeyedAct,
    Act,
    /// The handing over of a batch from a queue.
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
    /// Proven: nothing was sent.
    Unsent,
    /// No effect and no answer, however often the SDK tries.
    Down,
    /// The effect and no answer, and no effect of what the SDK tries after it.
    Lost,
    /// The effect twice, and the second answer.
    Dup,
    DieBefore,
    DieAfter,
    /// No answer now; the effect comes six calls later.
    Late,
    /// Turned away for haste, without an effect.
    Throttle,
    /// The effect, and an answer that something went wrong inside.
    Fails,
    /// The process is frozen past every lease before it reads the answer.
    Slow,
    /// The index does not know of anything yet.
    Lag,
    /// The index still knows of everything that ever was in it.
    Stale,
    /// Of a batch only the first message is handed over; the others come later.
    Partial,
    /// After the effect and before its answer, something else runs from its start to its end.
    Meanwhile(Other),
    /// Not of a call but of a step among actors at work at once: this one has the turn.
    Turn(usize),
    /// Not of a call but of the n-th reading of a secret.
    Secret(Trouble),
}

/// What the place of a fault in a plan counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Calls,
    Steps,
    Secrets,
}

/// What can go wrong with the reading of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// No answer, once.
    Before,
    /// Turned away for haste, once.
    Throttle,
    /// No answer, however often the SDK tries.
    Down,
    Dies,
}

impl Trouble {
    pub const ALL: [Self; 4] = [Self::Before, Self::Throttle, Self::Down, Self::Dies];
}

/// What else can run while a process waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// A sweep, after every lease has lapsed.
    Sweep,
    /// A sweep at the same time.
    SweepNow,
    /// The same work once more.
    Again,
    Webhooks,
    CancelOrder,
    CancelPayment,
    /// The order's time is over, and a sweep runs.
    Expire,
    /// An attempt under another key.
    Pay,
    PayInstead,
    Capture,
    Refund,
    /// The shopper pays.
    Approve,
    /// The first webhook of all comes once more.
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

/// Of a write of the table: the SDK tries again, and may see its own effect.
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

    /// Every name that a plan may hold.
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

    /// Every way in which a call of this kind can go wrong, and all that can happen meanwhile.
    pub fn all(kind: Kind) -> impl Iterator<Item = Self> {
        let others = if kind == Kind::Batch { [].as_slice() } else { Other::ALL.as_slice() };
        Self::of(kind).iter().copied().chain(others.iter().map(|other| Self::Meanwhile(*other)))
    }

    pub fn suits(self, kind: Kind) -> bool {
        matches!(self, Self::Meanwhile(_)) && kind != Kind::Batch || Self::of(kind).contains(&self)
    }

    /// Every way in which a call of this kind can go wrong.
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
