//! What a gateway can do, as values. The protocol reads nothing else about a gateway.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::attempt::CaptureMode;
use super::names::GatewayName;

/// Whose money a gateway's credentials move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayMode {
    Test,
    Live,
}

/// How the gateway treats a request that is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// An idempotency key, remembered for so many seconds.
    Key { lifetime_seconds: i64 },
    /// Our reference is unique at the gateway, for ever.
    Natural,
    /// A repeat is a second effect.
    None,
}

/// Re-sending stops this long before the gateway forgets the key.
const KEY_MARGIN_SECONDS: i64 = 3600;

impl Keys {
    /// Whether a request first sent `age` seconds ago may go out again under the same name.
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

/// Whose call moves the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OursToCapture {
    Always,
    WhenManual,
    Never,
}

/// Whether the create call itself can take money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOnly {
    Always,
    /// An order with this metadata is charged by the create call.
    UnlessMetadata(&'static str),
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one row of the capability table")]
pub struct Capabilities {
    pub create_keys: Keys,
    pub refund_keys: Keys,
    /// An unpaid page can be ended by a call.
    pub cancel: bool,
    /// The gateway ends a page by itself, and says so.
    pub page_life: bool,
    pub ours: OursToCapture,
    pub void: bool,
    pub partial_capture: bool,
    pub look_up: LookUp,
    pub page_only: PageOnly,
    /// The event's body is signed; otherwise it is a hint, and the gateway is asked.
    pub signed_events: bool,
}

/// A gateway that is no longer configured: nothing is assumed of it, so nothing is sent or released.
const UNCONFIGURED: Capabilities = Capabilities {
    create_keys: Keys::None,
    refund_keys: Keys::None,
    cancel: false,
    page_life: false,
    ours: OursToCapture::Never,
    void: false,
    partial_capture: false,
    look_up: LookUp::None,
    page_only: PageOnly::Never,
    signed_events: false,
};

/// A configured gateway that cannot be used now. Nothing can be sent to it, and nobody knows what became of
/// its payments. It will tell once its credentials are right again, so no payment is given up until then.
pub const OUT_OF_REACH: Capabilities = Capabilities { page_life: true, ..UNCONFIGURED };

impl Capabilities {
    pub fn ours(&self, mode: CaptureMode) -> bool {
        match self.ours {
            OursToCapture::Always => true,
            OursToCapture::WhenManual => mode == CaptureMode::Manual,
            OursToCapture::Never => false,
        }
    }
}

/// What the rules need to know of the world: the gateways' abilities and who hears confirmations.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub capabilities: BTreeMap<GatewayName, Capabilities>,
    pub targets: Vec<String>,
    pub due_shards: u32,
    /// The money of this stack is real.
    pub live: bool,
}

impl Rules {
    pub fn of(&self, gateway: &GatewayName) -> Capabilities {
        self.capabilities.get(gateway).copied().unwrap_or(UNCONFIGURED)
    }
}
