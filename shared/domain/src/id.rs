//! Identifiers. They are computed, so a retry after a crash derives the same names. They name things and
//! grant no access.

use std::fmt;

use data_encoding::{BitOrder, Encoding, Specification};
use serde::{Deserialize, Serialize};

use super::digest::digest;
use super::idempotency::Key;
use super::names::{CaptureId, GatewayRefundId, MessageId, ObjectId};

const ORDER_CHARS: usize = 20;
const ATTEMPT_CHARS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct IdError;

/// `ORD_` and 20 characters (100 bits).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(String);

/// `PAY_`, the order's 20 characters and 6 of its own, so that the order is found without an index. The
/// gateway gets it as our reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentId(String);

/// `CAP_`, `VOI_` or `RFD_`, the order's 20 characters and 6 of its own: the operation's name everywhere,
/// including the gateway.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(String);

impl OrderId {
    const PREFIX: &str = "ORD_";

    pub fn from_key(key: &Key) -> Self {
        Self::of(&crockford(&digest(&["quittance/order/1", key.as_str()])))
    }

    pub fn from_random(random: [u8; 16]) -> Self {
        Self::of(&crockford(&random))
    }

    fn of(text: &str) -> Self {
        Self(format!("{}{}", Self::PREFIX, first(text, ORDER_CHARS)))
    }

    /// ```
    /// use quittance_domain::id::OrderId;
    /// assert!(OrderId::parse("ORD_7Q2M9X4KD1T8V3N6B0ZC").is_ok());
    /// assert!(OrderId::parse("ORD_7q2m9x4kd1t8v3n6b0zc").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdError> {
        parse(text, &[Self::PREFIX], ORDER_CHARS).map(Self)
    }

    /// The regular expression of the texts that `parse` accepts.
    #[cfg(feature = "openapi")]
    pub fn pattern() -> String {
        pattern(Self::PREFIX, ORDER_CHARS)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn body(&self) -> &str {
        self.0.get(Self::PREFIX.len()..).unwrap_or_default()
    }
}

impl PaymentId {
    const PREFIX: &str = "PAY_";

    pub fn from_key(order: &OrderId, key: &Key) -> Self {
        Self::of(order, "key", key.as_str())
    }

    /// The order's `n`th attempt, made without a key. Hashed apart from keyed ids, so they never collide.
    pub fn from_number(order: &OrderId, n: usize) -> Self {
        Self::of(order, "n", &n.to_string())
    }

    fn of(order: &OrderId, kind: &str, name: &str) -> Self {
        Self(named(Self::PREFIX, order, &[order.as_str(), kind, name]))
    }

    pub fn parse(text: &str) -> Result<Self, IdError> {
        parse(text, &[Self::PREFIX], ORDER_CHARS + ATTEMPT_CHARS).map(Self)
    }

    #[cfg(feature = "openapi")]
    pub fn pattern() -> String {
        pattern(Self::PREFIX, ORDER_CHARS + ATTEMPT_CHARS)
    }

    pub fn order(&self) -> OrderId {
        order_of(&self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl OperationId {
    const CAPTURE: &str = "CAP_";
    const VOID: &str = "VOI_";
    const REFUND: &str = "RFD_";

    pub fn capture_from_key(payment: &PaymentId, key: &Key) -> Self {
        Self::of(Self::CAPTURE, &payment.order(), &[payment.as_str(), "capture", key.as_str()])
    }

    pub fn refund_from_key(payment: &PaymentId, key: &Key) -> Self {
        Self::of(Self::REFUND, &payment.order(), &[payment.as_str(), "refund", key.as_str()])
    }

    /// The capture that an attempt owes if money moves only by our call.
    pub fn capture_owed(payment: &PaymentId, n: usize) -> Self {
        Self::of(Self::CAPTURE, &payment.order(), &[payment.as_str(), "cap", &n.to_string()])
    }

    pub(super) fn void_of(payment: &PaymentId, object: &ObjectId, n: usize) -> Self {
        Self::of(Self::VOID, &payment.order(), &[object.as_str(), "void", &n.to_string()])
    }

    /// The `n`th try to return an excess capture.
    pub fn compensation(order: &OrderId, capture: &CaptureId, n: usize) -> Self {
        Self::of(Self::REFUND, order, &[capture.as_str(), "comp", &n.to_string()])
    }

    /// The public name of a refund made at the gateway.
    pub fn foreign_refund(order: &OrderId, refund: &GatewayRefundId) -> Self {
        Self::of(Self::REFUND, order, &[order.as_str(), "foreign", refund.as_str()])
    }

    fn of(prefix: &str, order: &OrderId, parts: &[&str]) -> Self {
        Self(named(prefix, order, parts))
    }

    pub fn parse(text: &str) -> Result<Self, IdError> {
        let prefixes = [Self::CAPTURE, Self::VOID, Self::REFUND];
        parse(text, &prefixes, ORDER_CHARS + ATTEMPT_CHARS).map(Self)
    }

    pub fn parse_refund(text: &str) -> Result<Self, IdError> {
        parse(text, &[Self::REFUND], ORDER_CHARS + ATTEMPT_CHARS).map(Self)
    }

    #[cfg(feature = "openapi")]
    pub fn refund_pattern() -> String {
        pattern(Self::REFUND, ORDER_CHARS + ATTEMPT_CHARS)
    }

    pub fn order(&self) -> OrderId {
        order_of(&self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a confirmation: one fact about one order has one name, whatever its source.
pub fn message_id(order: &OrderId, discriminator: &str) -> MessageId {
    let text = crockford(&digest(&["quittance/message/1", order.as_str(), discriminator]));
    MessageId::new(format!("msg_{}", first(&text, 26)))
}

fn named(prefix: &str, order: &OrderId, parts: &[&str]) -> String {
    let mut all = vec!["quittance/attempt/1"];
    all.extend_from_slice(parts);
    let own = crockford(&digest(&all));
    format!("{prefix}{}{}", order.body(), first(&own, ATTEMPT_CHARS))
}

fn order_of(text: &str) -> OrderId {
    let body = text.get(4..4 + ORDER_CHARS).unwrap_or_default();
    OrderId(format!("{}{body}", OrderId::PREFIX))
}

fn parse(text: &str, prefixes: &[&str], chars: usize) -> Result<String, IdError> {
    let body = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).ok_or(IdError)?;
    let well_formed = body.len() == chars && body.bytes().all(|b| ALPHABET.as_bytes().contains(&b));
    if well_formed { Ok(text.to_owned()) } else { Err(IdError) }
}

#[cfg(feature = "openapi")]
fn pattern(prefix: &str, chars: usize) -> String {
    format!("^{prefix}[{ALPHABET}]{{{chars}}}$")
}

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Crockford's base32: five bits per character, and no letter that could be read as a digit.
pub fn crockford(bytes: &[u8]) -> String {
    let mut specification = Specification::new();
    specification.symbols.push_str(ALPHABET);
    specification.bit_order = BitOrder::MostSignificantFirst;
    specification.encoding().map(|encoding: Encoding| encoding.encode(bytes)).unwrap_or_default()
}

fn first(text: &str, chars: usize) -> &str {
    text.get(..chars).unwrap_or(text)
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_and_a_payment_lead_to_their_order() {
        let order = OrderId::from_key(&Key::parse("checkout-42").unwrap());
        let payment = PaymentId::from_number(&order, 0);
        let refund = OperationId::refund_from_key(&payment, &Key::parse("r1").unwrap());
        assert_eq!(payment.order(), order);
        assert_eq!(refund.order(), order);
        assert_eq!(PaymentId::parse(payment.as_str()), Ok(payment.clone()));
        assert_eq!(OperationId::parse_refund(refund.as_str()), Ok(refund));
        assert!(payment.as_str().len() <= 34);
    }

    #[test]
    fn keyed_and_numbered_attempts_never_share_a_name() {
        let order = OrderId::from_random([7; 16]);
        let keyed = PaymentId::from_key(&order, &Key::parse("0").unwrap());
        assert_ne!(keyed, PaymentId::from_number(&order, 0));
    }
}
