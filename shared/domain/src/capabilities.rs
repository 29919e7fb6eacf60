//! A gateway's abilities, as values. The protocol reads nothing else about a gateway.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::attempt::CaptureMode;
use super::names::{GatewayName, TargetName};

/// Whether a gateway's credentials move test money or real money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayMode {
    Test,
    Live,
}

/// How the gateway treats a repeated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatSafety {
    /// The gateway remembers an idempotency key for this long.
    Key { lifetime_seconds: i64 },
    /// Our reference is unique at the gateway forever.
    Natural,
    /// A repeat takes effect a second time.
    None,
}

/// How long before the gateway forgets the key we stop resending.
const KEY_MARGIN_SECONDS: i64 = 3600;

impl RepeatSafety {
    /// Whether a request first sent `age_seconds` ago may be sent again under the same name.
    pub fn allow_repeat(self, age_seconds: i64) -> bool {
        match self {
            Self::Key { lifetime_seconds } => age_seconds < lifetime_seconds - KEY_MARGIN_SECONDS,
            Self::Natural => true,
            Self::None => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUp {
    ByReference,
    /// Only by repeating the create call under its key.
    SameKey,
    None,
}

/// When the money moves only by our capture call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapturedByUs {
    Always,
    WhenManual,
    Never,
}

/// Whether the create call itself can take money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOnly {
    Always,
    /// The create call itself charges an order with this metadata key.
    UnlessMetadata(&'static str),
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one row of the capability table")]
pub struct Capabilities {
    pub create_keys: RepeatSafety,
    pub refund_keys: RepeatSafety,
    /// A call can end an unpaid page.
    pub cancel: bool,
    /// The gateway expires a page by itself and reports it.
    pub page_life: bool,
    pub captured_by_us: CapturedByUs,
    pub void: bool,
    pub partial_capture: bool,
    pub look_up: LookUp,
    pub page_only: PageOnly,
    /// Whether event bodies are signed; an unsigned event is a hint, and the gateway is asked.
    pub signed_events: bool,
}

/// A gateway that is no longer configured: we assume nothing about it, so nothing is sent or released.
const UNCONFIGURED: Capabilities = Capabilities {
    create_keys: RepeatSafety::None,
    refund_keys: RepeatSafety::None,
    cancel: false,
    page_life: false,
    captured_by_us: CapturedByUs::Never,
    void: false,
    partial_capture: false,
    look_up: LookUp::None,
    page_only: PageOnly::Never,
    signed_events: false,
};

/// A configured gateway that cannot be used now. Nothing can be sent to it, and the outcome of its payments
/// is unknown. It can be asked once its credentials are right again, so no payment is given up until then.
pub const OUT_OF_REACH: Capabilities = Capabilities { page_life: true, ..UNCONFIGURED };

impl Capabilities {
    pub fn captured_by_us(&self, mode: CaptureMode) -> bool {
        match self.captured_by_us {
            CapturedByUs::Always => true,
            CapturedByUs::WhenManual => mode == CaptureMode::Manual,
            CapturedByUs::Never => false,
        }
    }
}

/// What the rules need to know: the gateways' abilities, the targets of confirmations, and the stack's mode.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub capabilities: BTreeMap<GatewayName, Capabilities>,
    pub targets: Vec<TargetName>,
    pub due_shards: u32,
    /// Whether this stack's money is real.
    pub live: bool,
}

impl Rules {
    pub fn of(&self, gateway: &GatewayName) -> Capabilities {
        self.capabilities.get(gateway).copied().unwrap_or(UNCONFIGURED)
    }
}
