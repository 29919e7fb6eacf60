//! The parked events of an order, whose bodies are erased when the order is redacted.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::id::OrderId;
use crate::store::parking::TTL;
use crate::store::{Parked, Store, StoreError, conditions, holds, keys};

const EVENTS: &str = "events";

impl Store {
    /// Notes the event's key before the event is parked; a crash in between leaves a key without an event.
    /// `false`, and nothing noted, if the order has `max` others.
    pub async fn note_parked(
        &self,
        order: &OrderId,
        event: &Parked,
        max: u32,
    ) -> Result<bool, StoreError> {
        let noted = self
            .update(&keys::parked_of(order))
            .update_expression("SET #ttl = :ttl ADD events :event")
            .condition_expression(conditions::ROOM_FOR_AN_ORDERS_EVENT)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":ttl", conditions::number(event.ttl.unix()))
            .expression_attribute_values(":event", AttributeValue::Ss(vec![event.key.clone()]))
            .expression_attribute_values(":one", AttributeValue::S(event.key.clone()))
            .expression_attribute_values(":max", conditions::number(max))
            .send()
            .await;
        holds(noted)
    }

    /// The keys of all events ever parked for an existing order; most of them are merged and gone.
    pub async fn parked_of(&self, order: &OrderId) -> Result<Vec<String>, StoreError> {
        let item = self.item(&keys::parked_of(order)).await?.unwrap_or_default();
        let events = item.get(EVENTS).and_then(|events| events.as_ss().ok());
        Ok(events.cloned().unwrap_or_default())
    }

    /// Erases the body. The key, the reason and the times stay, so that a person can look the event up at the
    /// gateway.
    pub async fn erase_parked(&self, key: &str) -> Result<(), StoreError> {
        for key in [keys::rest_of_parked(key), key.to_owned()] {
            let erased = self
                .update(&key)
                .update_expression("SET body = :nothing REMOVE continued, due_s, due_at")
                .condition_expression("attribute_exists(body)")
                .expression_attribute_values(":nothing", AttributeValue::S(String::new()))
                .send()
                .await;
            holds(erased)?;
        }
        Ok(())
    }
}
