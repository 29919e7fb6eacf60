//! What can go wrong with a call, and plans of it.

use std::fmt;
use std::str::FromStr;

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
    /// Turned away for haste.
    Throttle,
    /// The process is frozen past every lease before it reads the answer.
    Slow,
    /// The index does not know of anything yet.
    Lag,
    /// The index still knows of everything that ever was in it.
    Stale,
    /// After the effect and before its answer, something else runs from its start to its end.
    Meanwhile(Other),
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

const NAMES: [(&str, Mode); 26] = [
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
    ("slow", Mode::Slow),
    ("lag", Mode::Lag),
    ("stale", Mode::Stale),
];

impl Mode {
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }

    /// Every way in which a call of this kind can go wrong, and all that can happen meanwhile.
    pub fn all(kind: Kind) -> impl Iterator<Item = Self> {
        Self::of(kind).iter().copied().chain(Other::ALL.map(Self::Meanwhile))
    }

    pub fn suits(self, kind: Kind) -> bool {
        matches!(self, Self::Meanwhile(_)) || Self::of(kind).contains(&self)
    }

    /// Every way in which a call of this kind can go wrong.
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Read => &[Self::Before, Self::Down, Self::DieBefore, Self::Slow],
            Kind::Write => &[
                Self::Before,
                Self::After,
                Self::Down,
                Self::Lost,
                Self::DieBefore,
                Self::DieAfter,
                Self::Late,
                Self::Slow,
            ],
            Kind::Query => &[Self::Lag, Self::Stale, Self::Down, Self::DieBefore, Self::Slow],
            Kind::Send => &[
                Self::After,
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

/// Which calls of a run go wrong, and how: `12:after+20:die-before`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(pub Vec<(usize, Mode)>);

impl Plan {
    pub fn one(k: usize, mode: Mode) -> Self {
        Self(vec![(k, mode)])
    }

    pub fn and(&self, k: usize, mode: Mode) -> Self {
        let mut faults = self.0.clone();
        faults.push((k, mode));
        Self(faults)
    }

    pub fn at(&self, k: usize) -> Option<Mode> {
        self.0.iter().find(|(at, _)| *at == k).map(|(_, mode)| *mode)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let faults: Vec<String> =
            self.0.iter().map(|(k, mode)| format!("{k}:{}", mode.name())).collect();
        f.write_str(&faults.join("+"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlan;

impl FromStr for Plan {
    type Err = NoPlan;

    fn from_str(text: &str) -> Result<Self, NoPlan> {
        if text == "none" {
            return Ok(Self::default());
        }
        let fault = |part: &str| {
            let (k, name) = part.split_once(':')?;
            let (_, mode) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some((k.parse().ok()?, *mode))
        };
        text.split('+').map(fault).collect::<Option<Vec<_>>>().map(Self).ok_or(NoPlan)
    }
}
