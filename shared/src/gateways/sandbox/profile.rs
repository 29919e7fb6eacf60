//! The five kinds of gateway that the sandbox imitates, with their capabilities. A real gateway is of one
//! kind: its capabilities are a constant in its `mod.rs`.

use serde::Deserialize;

use crate::domain::attempt::CaptureMode;
use crate::domain::capabilities::{Capabilities, CapturedByUs, LookUp, PageOnly, RepeatSafety};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Metadata of an order that chooses the outcome; the create call itself may then take money.
const CHOSEN_OUTCOME: &str = "sandbox";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Profile {
    #[default]
    Full,
    PhonepeLike,
    RazorpayLike,
    PaypalLike,
    NoKeys,
}

const FULL: Capabilities = Capabilities {
    create_keys: RepeatSafety::Key { lifetime_seconds: DAY },
    refund_keys: RepeatSafety::Key { lifetime_seconds: DAY },
    cancel: true,
    page_life: true,
    captured_by_us: CapturedByUs::Never,
    void: true,
    partial_capture: true,
    look_up: LookUp::ByReference,
    page_only: PageOnly::UnlessMetadata(CHOSEN_OUTCOME),
    signed_events: true,
};

const PHONEPE_LIKE: Capabilities = Capabilities {
    create_keys: RepeatSafety::Natural,
    refund_keys: RepeatSafety::Natural,
    cancel: false,
    void: false,
    partial_capture: false,
    signed_events: false,
    ..FULL
};

const RAZORPAY_LIKE: Capabilities = Capabilities {
    create_keys: RepeatSafety::None,
    cancel: false,
    page_life: false,
    captured_by_us: CapturedByUs::WhenManual,
    void: false,
    partial_capture: false,
    ..FULL
};

const PAYPAL_LIKE: Capabilities = Capabilities {
    create_keys: RepeatSafety::Key { lifetime_seconds: 6 * HOUR },
    refund_keys: RepeatSafety::Key { lifetime_seconds: 45 * DAY },
    cancel: false,
    page_life: false,
    captured_by_us: CapturedByUs::Always,
    look_up: LookUp::SameKey,
    signed_events: false,
    ..FULL
};

const NO_KEYS: Capabilities =
    Capabilities { create_keys: RepeatSafety::None, refund_keys: RepeatSafety::None, ..FULL };

impl Profile {
    pub(super) fn capabilities(self) -> Capabilities {
        match self {
            Self::Full => FULL,
            Self::PhonepeLike => PHONEPE_LIKE,
            Self::RazorpayLike => RAZORPAY_LIKE,
            Self::PaypalLike => PAYPAL_LIKE,
            Self::NoKeys => NO_KEYS,
        }
    }

    pub(super) fn takes(self, mode: CaptureMode) -> bool {
        match self {
            Self::PhonepeLike => mode == CaptureMode::Automatic,
            Self::Full | Self::RazorpayLike | Self::PaypalLike | Self::NoKeys => true,
        }
    }

    /// The lifetime of a page within this kind's limits; `None` if it never ends a page. The order's lifetime
    /// may be outside them: a page that outlives its order leads to a late payment, not a refusal.
    pub(super) fn page_life_seconds(self, wanted: i64) -> Option<i64> {
        match self {
            Self::Full | Self::NoKeys => Some(wanted.clamp(1, 30 * DAY)),
            Self::PhonepeLike => Some(wanted.clamp(300, HOUR)),
            Self::RazorpayLike | Self::PaypalLike => None,
        }
    }
}
