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

/// The gateway whose ids are kept as they are: they were stored before there was a second gateway.
const FIRST: &str = "sandbox";

/// Two gateways may use the same id, so an order keeps `<gateway>:<id>`.
macro_rules! kept_by_gateway {
    ($($Name:ident)*) => {$(
        impl $Name {
            /// From the gateway's own id.
            #[must_use]
            pub fn kept(&self, gateway: &GatewayName) -> Self {
                if gateway.as_str() == FIRST { self.clone() } else { Self(format!("{gateway}:{}", self.0)) }
            }

            /// The gateway's own id.
            pub fn own(&self, gateway: &GatewayName) -> &str {
                let own = self.0.strip_prefix(gateway.as_str()).and_then(|rest| rest.strip_prefix(':'));
                own.filter(|_| gateway.as_str() != FIRST).unwrap_or(&self.0)
            }
        }
    )*};
}

kept_by_gateway! { CaptureId GatewayRefundId DisputeId }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_two_gateways_are_kept_apart_and_shown_as_their_own() {
        let shown = CaptureId::new("pay_1");
        let [first, a, b] = [FIRST, "a", "b"].map(GatewayName::new);
        assert_eq!(shown.kept(&first), shown);
        assert_ne!(shown.kept(&a), shown.kept(&b));
        for gateway in [first, a, b] {
            assert_eq!(shown.kept(&gateway).own(&gateway), "pay_1");
        }
        let odd = CaptureId::new("a:x");
        assert_eq!(odd.kept(&GatewayName::new("a")).own(&GatewayName::new("a")), "a:x");
    }
}
