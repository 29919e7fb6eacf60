//! Names that are given, not computed: of gateways, and of what they keep for us. Each is a type, so that
//! one cannot be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one logical write, so that its author recognises it after a lost answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(pub String);

macro_rules! names {
    ($($(#[$doc:meta])* $Name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name(String);

        impl $Name {
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// A gateway's name, as in `GATEWAYS` and in the webhook's path.
    GatewayName
    /// The gateway's own name of an intent, session or order.
    ObjectId
    /// The adapter's one name of a capture, the same from every source.
    CaptureId
    GatewayRefundId
    DisputeId
}
