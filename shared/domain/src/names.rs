//! Names in free form: those of gateways and of their objects, of messages and their targets, and the random
//! ones of our writes.
//! Each is a type of its own, so that one cannot be passed for another.

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
    /// A gateway's name, as in `GATEWAYS` and in the path of its webhook.
    GatewayName
    /// The gateway's id of an intent, session or order.
    ObjectId
    /// The adapter's id of a capture, the same from every source.
    CaptureId
    /// The gateway's id of a refund.
    GatewayRefundId
    /// The gateway's id of a dispute.
    DisputeId
    /// The name of a confirmation.
    MessageId
    /// The name of a queue that confirmations are sent to.
    TargetName
}
