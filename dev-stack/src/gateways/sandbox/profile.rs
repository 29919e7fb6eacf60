//! The profiles of the sandbox: five kinds of gateway met in the wild.

use std::fmt;
use std::str::FromStr;

use crate::gateways::ledger::abilities::{Abilities, Keys, PageSeconds};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Chosen when the gateway is opened, never changed while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Keys, cancel, void, partial capture, pages that end, signed events.
    Full,
    /// The reference is the key; pages end by themselves and by nothing else; unsigned events.
    PhonepeLike,
    /// Orders without keys: a repeated create makes a second object. Pages never end. A capture has a name
    /// of its own.
    RazorpayLike,
    /// Money moves only by a capture call; no look-up by reference; unsigned events.
    PaypalLike,
    /// Like `Full`, but every repeated call is a new one.
    NoKeys,
}

const FULL: Abilities = Abilities {
    create_keys: Keys::Header { life_ms: DAY_MS },
    capture_keys: Keys::Header { life_ms: DAY_MS },
    refund_keys: Keys::Header { life_ms: DAY_MS },
    cancel: true,
    void: true,
    manual: true,
    partial: true,
    page_life: Some(PageSeconds { min: 1, max: 30 * 86_400, default: 86_400 }),
    capture_call_only: false,
    look_up_by_reference: true,
    page_again: true,
    named_captures: false,
    signed: true,
};

const PHONEPE_LIKE: Abilities = Abilities {
    create_keys: Keys::Natural,
    capture_keys: Keys::None,
    refund_keys: Keys::Natural,
    cancel: false,
    void: false,
    manual: false,
    partial: false,
    page_life: Some(PageSeconds { min: 300, max: 3_600, default: 1_200 }),
    page_again: false,
    signed: false,
    ..FULL
};

const RAZORPAY_LIKE: Abilities = Abilities {
    create_keys: Keys::None,
    capture_keys: Keys::None,
    cancel: false,
    void: false,
    partial: false,
    page_life: None,
    named_captures: true,
    ..FULL
};

const PAYPAL_LIKE: Abilities = Abilities {
    create_keys: Keys::Header { life_ms: 6 * HOUR_MS },
    capture_keys: Keys::Header { life_ms: 45 * DAY_MS },
    refund_keys: Keys::Header { life_ms: 45 * DAY_MS },
    cancel: false,
    page_life: None,
    capture_call_only: true,
    look_up_by_reference: false,
    signed: false,
    ..FULL
};

const NO_KEYS: Abilities = Abilities {
    create_keys: Keys::None,
    capture_keys: Keys::None,
    refund_keys: Keys::None,
    ..FULL
};

impl Profile {
    pub const ALL: [Self; 5] =
        [Self::Full, Self::PhonepeLike, Self::RazorpayLike, Self::PaypalLike, Self::NoKeys];

    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::PhonepeLike => "phonepe-like",
            Self::RazorpayLike => "razorpay-like",
            Self::PaypalLike => "paypal-like",
            Self::NoKeys => "no-keys",
        }
    }

    pub(crate) fn abilities(self) -> Abilities {
        match self {
            Self::Full => FULL,
            Self::PhonepeLike => PHONEPE_LIKE,
            Self::RazorpayLike => RAZORPAY_LIKE,
            Self::PaypalLike => PAYPAL_LIKE,
            Self::NoKeys => NO_KEYS,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the profile must be one of full, phonepe-like, razorpay-like, paypal-like, no-keys")]
pub struct UnknownProfile;

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or(UnknownProfile)
    }
}
