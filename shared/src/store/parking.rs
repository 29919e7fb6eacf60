//! Parked events: verified, but not mergeable yet. An acknowledged event is never dropped.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::digest::digest;
use crate::domain::names::GatewayName;
use crate::domain::time::Timestamp;
use crate::store::item::Item;
use crate::store::{PARKED_SHARD, Parked, Store, StoreError, conditions, holds, keys};

const DAY_SECONDS: i64 = 86_400;
const HOUR_SECONDS: i64 = 3600;
const RETRIED_DAYS: i64 = 7;
const KEPT_DAYS: i64 = 90;
const FIRST_RETRY_SECONDS: i64 = 60;
const RETRY_SECONDS_MAX: i64 = 21_600;
/// The most body bytes in one item; a webhook has at most twice as many.
const BODY_BYTES_MAX: usize = 256 * 1024;
const BODY: &str = "body";
pub(super) const TTL: &str = "ttl";

impl Parked {
    pub fn new(
        gateway: &GatewayName,
        event: Option<&str>,
        body: &[u8],
        reason: &str,
        now: Timestamp,
    ) -> Self {
        let text = String::from_utf8_lossy(body).into_owned();
        let hash = digest(&["quittance/event/1", &text]);
        let by_content = data_encoding::HEXLOWER.encode(&hash);
        Self {
            key: keys::parked(gateway, event.unwrap_or(&by_content)),
            gateway: gateway.clone(),
            of: None,
            body: text,
            continued: false,
            reason: reason.to_owned(),
            born: now,
            tries: 0,
            due_s: Some(PARKED_SHARD),
            due_at: Some(now.plus(FIRST_RETRY_SECONDS)),
            ttl: now.plus(KEPT_DAYS * DAY_SECONDS),
        }
    }

    /// The item, and the part of the body that does not fit into it.
    fn split(&self) -> (Self, Option<String>) {
        let mut head = self.clone();
        if head.body.len() <= BODY_BYTES_MAX {
            return (head, None);
        }
        let rest = head.body.split_off(head.body.floor_char_boundary(BODY_BYTES_MAX));
        head.continued = true;
        (head, Some(rest))
    }

    /// Schedules the next try, after a longer wait each time. After a week it is only kept, for a person.
    #[must_use]
    pub fn tried(mut self, now: Timestamp) -> Self {
        self.tries = self.tries.saturating_add(1);
        let wait = FIRST_RETRY_SECONDS << self.tries.min(10);
        let over = now.since(self.born) > RETRIED_DAYS * DAY_SECONDS;
        self.due_at = (!over).then(|| now.plus(wait.min(RETRY_SECONDS_MAX)));
        // An older version parked events in the shards of orders.
        self.due_s = (!over).then_some(PARKED_SHARD);
        self
    }
}

impl Store {
    /// Takes one of the hour's places; `false` if none is left. A place taken by a process that died, or
    /// taken twice by a repeated call, stays taken until the hour is over.
    pub async fn take_place(&self, now: Timestamp, max: u32) -> Result<bool, StoreError> {
        let hour = now.unix().div_euclid(HOUR_SECONDS);
        let update = self
            .update(&keys::parked_in_hour(hour))
            .update_expression("SET #ttl = :ttl ADD parked :one")
            .condition_expression(conditions::ROOM_TO_PARK)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":ttl", conditions::number(now.plus(DAY_SECONDS).unix()))
            .expression_attribute_values(":one", conditions::number(1))
            .expression_attribute_values(":max", conditions::number(max));
        holds(update.send().await)
    }

    /// Parks an event; `true` if it was not parked before. Parking it twice parks it once.
    pub async fn park(&self, event: &Parked) -> Result<bool, StoreError> {
        let (head, rest) = event.split();
        if let Some(rest) = rest {
            self.put_rest(event, rest).await?;
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(serde_dynamo::to_item(head)?))
            .condition_expression(conditions::ABSENT)
            .send()
            .await;
        holds(put)
    }

    /// Stores the rest before the item that needs it; after a crash in between, the rest expires by itself.
    /// An existing rest may have been redacted, so it is not overwritten.
    async fn put_rest(&self, event: &Parked, rest: String) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(keys::PARTITION, AttributeValue::S(keys::rest_of_parked(&event.key)))
            .item(BODY, AttributeValue::S(rest))
            .item(TTL, conditions::number(event.ttl.unix()))
            .condition_expression(conditions::ABSENT)
            .send()
            .await;
        holds(put).map(|_| ())
    }

    pub async fn parked(&self, key: &str) -> Result<Option<Parked>, StoreError> {
        let Some(item) = self.item(key).await? else { return Ok(None) };
        let mut event: Parked = serde_dynamo::from_item(item)?;
        if event.continued {
            let rest = self.item(&keys::rest_of_parked(key)).await?.unwrap_or_default();
            if let Some(AttributeValue::S(rest)) = rest.get(BODY) {
                event.body.push_str(rest);
            }
            event.continued = false;
        }
        Ok(Some(event))
    }

    pub(super) async fn item(&self, key: &str) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PARTITION, AttributeValue::S(key.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        Ok(answer.item)
    }

    /// Stores a tried event with its next time, unless it was merged or redacted meanwhile.
    pub async fn park_again(&self, event: &Parked) -> Result<(), StoreError> {
        let (head, _) = event.split();
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(serde_dynamo::to_item(head)?))
            .condition_expression("attribute_exists(due_at)")
            .send()
            .await;
        holds(put).map(|_| ())
    }

    /// Removes an event whose fact was committed. The rest of a long body expires by itself.
    pub async fn unpark(&self, key: &str) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PARTITION, AttributeValue::S(key.to_owned()))
            .send()
            .await
            .map(|_| ())
            .map_err(StoreError::unavailable)
    }
}
