//! Orders and parked events as items of the table.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use crate::domain::id::{OrderId, PaymentId};
use crate::domain::names::GatewayName;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::keys;

#[expect(clippy::disallowed_types, reason = "the SDK's own type of an item")]
pub(super) type Item = std::collections::HashMap<String, AttributeValue>;

/// Far below the 400 KB limit of an item, and far above what 64 entries of each kind need.
const ORDER_BYTES_MAX: usize = 64 * 1024;

pub(super) fn from_order(order: &Order) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(order)?;
    // The partition key already contains the id.
    item.remove("id");
    item.insert(keys::PARTITION.to_owned(), AttributeValue::S(keys::order(&order.id)));
    if item.iter().map(|(name, value)| name.len() + size_bytes(value)).sum::<usize>()
        > ORDER_BYTES_MAX
    {
        return Err(StoreError::TooLarge);
    }
    Ok(item)
}

pub(super) fn to_order(id: &OrderId, mut item: Item) -> Result<Order, StoreError> {
    item.insert("id".to_owned(), AttributeValue::S(id.as_str().to_owned()));
    Ok(serde_dynamo::from_item(item)?)
}

/// The size as the table counts it, approximately.
#[expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enum, not ours")]
fn size_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::M(members) => {
            3 + members.iter().map(|(name, v)| 1 + name.len() + size_bytes(v)).sum::<usize>()
        }
        AttributeValue::L(entries) => {
            3 + entries.iter().map(|entry| 1 + size_bytes(entry)).sum::<usize>()
        }
        _ => 1,
    }
}

/// A verified event that cannot be merged yet.
#[derive(Clone, Serialize, Deserialize)]
pub struct Parked {
    #[serde(rename = "pk")]
    pub key: String,
    pub gateway: GatewayName,
    /// The event's payment, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<PaymentId>,
    pub body: String,
    /// Whether the body continues in another item: an item holds at most 400 KB, and an event may be larger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continued: bool,
    pub reason: String,
    pub born: Timestamp,
    #[serde(default)]
    pub tries: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_s: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    pub ttl: Timestamp,
}

impl std::fmt::Debug for Parked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parked")
            .field("key", &self.key)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::cart::{Cart, Item as Bought, Line, NoTotal, Shipping, Tax};
    use crate::domain::testing::open_order;

    /// A stored order with these details.
    fn stored(details: &Value) -> Order {
        let order = open_order();
        let mut item = from_order(&order).unwrap();
        item.insert("req".to_owned(), serde_dynamo::to_attribute_value(details).unwrap());
        to_order(&order.id, item).unwrap()
    }

    fn written(order: &Order) -> Value {
        let details = from_order(order).unwrap().remove("req").unwrap();
        serde_dynamo::from_attribute_value(details).unwrap()
    }

    fn item(id: &str, price: Option<u64>, discount: Option<u64>) -> Bought {
        Bought {
            product_id: id.to_owned(),
            quantity: 2,
            unit_amount: price,
            discount_amount: discount,
            name: None,
        }
    }

    #[test]
    fn an_order_stored_before_there_were_discounts_is_read_as_it_was_meant() {
        let details = json!({
            "items": [{ "product_id": "SKU_1001", "quantity": 2, "unit_amount": 3750 }],
            "ref": "8731", "metadata": { "channel": "app" },
        });
        let order = stored(&details);
        let items = vec![item("SKU_1001", Some(3750), None)];
        assert_eq!(order.details.cart, Cart { items, ..Cart::default() });
        assert_eq!(order.details.cart.total(), Ok(7500));
        assert_eq!(written(&order), details);
        let plain = json!({ "items": [{ "product_id": "SKU_1001", "quantity": 2 }] });
        assert_eq!(stored(&plain).details.cart.total(), Err(NoTotal::Unpriced));
        assert_eq!(written(&stored(&plain)), plain);
    }

    #[test]
    fn a_cart_is_stored_under_short_names_and_read_again() {
        let details = json!({
            "items": [{ "product_id": "SKU_1001", "quantity": 2, "unit_amount": 3750, "disc": 500 }],
            "disc": [{ "n": "SPRING10", "a": 800 }], "ship": { "n": "DHL", "a": 495 },
            "fee": [{ "n": "Gift wrap", "a": 5 }], "tax": [{ "n": "VAT", "r": "19", "a": 1069 }],
            "tinc": true,
        });
        let order = stored(&details);
        let line = |name: &str, amount| Line { name: name.to_owned(), amount };
        let expected = Cart {
            items: vec![item("SKU_1001", Some(3750), Some(500))],
            discounts: Some(vec![line("SPRING10", 800)]),
            shipping: Some(Shipping { name: Some("DHL".to_owned()), amount: 495 }),
            fees: Some(vec![line("Gift wrap", 5)]),
            taxes: Some(vec![Tax {
                name: "VAT".to_owned(),
                rate: Some("19".to_owned()),
                amount: 1069,
            }]),
            tax_included: Some(true),
        };
        assert_eq!(order.details.cart, expected);
        assert_eq!(written(&order), details);
    }
}
