//! The table of orders: one method per guarantee. Only this module and `app` know `DynamoDB`.

mod conditions;
mod error;
mod item;
mod keys;
mod parked_of;
mod parking;
#[cfg(test)]
mod tests;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
};

pub use self::error::StoreError;
use self::item::Item;
pub use self::item::Parked;
pub use self::keys::{Due, DueKey, PARKED_SHARD};
use crate::domain::attempt::Attempt;
use crate::domain::capabilities::Rules;
use crate::domain::changes::EventKind;
use crate::domain::due::{due_after_claim, shard_of};
use crate::domain::history::HistoryEntry;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::occasion::Occasion;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;

/// The most entries in one page of due work.
const DUE_PAGE: i32 = 50;

#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

#[derive(Debug)]
pub enum Created {
    Won,
    Exists(Box<Order>),
}

#[derive(Debug)]
pub enum Claimed {
    Won(Box<Order>),
    /// The order as it is now, which shows why.
    Refused(Box<Order>),
    NoSuchOrder,
}

#[derive(Debug)]
pub enum Saved {
    Won,
    /// Somebody wrote first; the order as it is now.
    Lost(Box<Order>),
    Gone,
}

impl Store {
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Exactly one of any number of calls with one id is `Won`, even if its answer is lost.
    pub async fn create(&self, order: &Order) -> Result<Created, StoreError> {
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::from_order(order)?))
            .condition_expression(conditions::ABSENT)
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        match call.send().await.map_err(SdkError::into_service_error) {
            Ok(_) => Ok(Created::Won),
            Err(error) => {
                let known = refused_item(error.as_conditional_failure(), error)?;
                let known = item::to_order(&order.id, known)?;
                // This is our own write, whose answer was lost.
                if known.writer == order.writer {
                    return Ok(Created::Won);
                }
                Ok(Created::Exists(Box::new(known)))
            }
        }
    }

    pub async fn order(&self, id: &OrderId) -> Result<Option<Order>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PARTITION, AttributeValue::S(keys::order(id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.item.map(|item| item::to_order(id, item)).transpose()
    }

    /// The one claim made without a read. The attempt becomes the order's live one, and the order becomes
    /// due, before anything is sent to a gateway.
    pub async fn claim(
        &self,
        id: &PaymentId,
        attempt: &Attempt,
        total: Money,
        rules: &Rules,
        occasion: &Occasion,
    ) -> Result<Claimed, StoreError> {
        let order_id = id.order();
        let history = HistoryEntry {
            at: occasion.now,
            source: occasion.source,
            what: EventKind::AttemptStarted.what().to_owned(),
            attempt: Some(id.clone()),
            by: occasion.by.clone(),
        };
        let claim = conditions::Claim {
            id,
            attempt,
            total,
            now: occasion.now,
            due_shard: shard_of(&order_id, rules.due_shards),
            due_at: due_after_claim(occasion.now),
            nonce: &occasion.nonce,
            history: &history,
        };
        let call = conditions::claim(self.update(&keys::order(&order_id)), &claim)?
            .return_values(ReturnValue::AllNew);
        match call.send().await.map_err(SdkError::into_service_error) {
            Ok(answer) => {
                let image = answer.attributes.unwrap_or_default();
                Ok(Claimed::Won(Box::new(item::to_order(&order_id, image)?)))
            }
            Err(error) => {
                let image = refused_item(error.as_conditional_failure(), error)?;
                if image.is_empty() {
                    return Ok(Claimed::NoSuchOrder);
                }
                let order = item::to_order(&order_id, image)?;
                let mine = order.attempts.get(id).is_some_and(|a| a.owner == occasion.nonce);
                Ok(if mine {
                    Claimed::Won(Box::new(order))
                } else {
                    Claimed::Refused(Box::new(order))
                })
            }
        }
    }

    /// Replaces one image with the next. `Won` if the order was unchanged since it was read, or if the newer
    /// write turns out to be this one.
    pub async fn save(&self, before: &Order, after: &Order) -> Result<Saved, StoreError> {
        let (old, new) = (item::from_order(before)?, item::from_order(after)?);
        let update = self.update(&keys::order(&after.id));
        let call = conditions::change(update, &old, &new, before.version);
        let call = call.condition_expression(conditions::UNCHANGED);
        match call.send().await.map_err(SdkError::into_service_error) {
            Ok(_) => Ok(Saved::Won),
            Err(error) => {
                let image = refused_item(error.as_conditional_failure(), error)?;
                if image.is_empty() {
                    return Ok(Saved::Gone);
                }
                let known = item::to_order(&after.id, image)?;
                if known.writer != after.writer {
                    return Ok(Saved::Lost(Box::new(known)));
                }
                Ok(Saved::Won)
            }
        }
    }

    /// The due entries of one shard, oldest first. The index may be stale, so decide on the item itself.
    pub async fn due(&self, shard: i64, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::DUE_INDEX)
            .key_condition_expression("due_s = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", conditions::number(shard))
            .expression_attribute_values(":now", conditions::number(now.unix()))
            .limit(DUE_PAGE)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let due = |item: &Item| {
            let key = DueKey::parse(item.get(keys::PARTITION)?.as_s().ok()?);
            let since = item.get(keys::DUE_AT)?.as_n().ok()?.parse().ok()?;
            Some(Due { key, since: Timestamp::from_unix(since) })
        };
        Ok(answer.items().iter().filter_map(due).collect())
    }

    /// Postpones an entry that could not be handled, whatever it contains, so that it cannot starve its
    /// shard. The version is neither read nor changed: an order that changes meanwhile sets its own due time.
    pub async fn push_back(&self, key: &DueKey, until: Timestamp) -> Result<(), StoreError> {
        let pushed = self
            .update(&key.partition())
            .update_expression("SET due_at = :until")
            .condition_expression("attribute_exists(due_at)")
            .expression_attribute_values(":until", conditions::number(until.unix()))
            .send()
            .await;
        holds(pushed).map(|_| ())
    }

    fn update(
        &self,
        key: &str,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(keys::PARTITION, AttributeValue::S(key.to_owned()))
            .return_values_on_condition_check_failure(OnFailure::AllOld)
    }
}

/// Whether the condition of a write held.
fn holds<T, E>(written: Result<T, SdkError<E>>) -> Result<bool, StoreError>
where
    E: ConditionalFailure + std::error::Error + Send + Sync + 'static,
{
    let failed = |error: &E| error.as_conditional_failure().is_some();
    match written {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(failed) => Ok(false),
        Err(error) => Err(StoreError::unavailable(error)),
    }
}

/// The item that a failed condition returned (empty if there is none), or the error itself.
fn refused_item<E>(refused: Option<Item>, error: E) -> Result<Item, StoreError>
where
    E: std::error::Error + Send + Sync + 'static,
{
    refused.ok_or_else(|| StoreError::unavailable(error))
}

/// The SDK's two error types that carry a returned item.
trait ConditionalFailure {
    /// The returned item if the condition failed.
    fn as_conditional_failure(&self) -> Option<Item>;
}

impl ConditionalFailure for aws_sdk_dynamodb::operation::put_item::PutItemError {
    fn as_conditional_failure(&self) -> Option<Item> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enum, not ours")]
        match self {
            Self::ConditionalCheckFailedException(e) => Some(e.item.clone().unwrap_or_default()),
            _ => None,
        }
    }
}

impl ConditionalFailure for aws_sdk_dynamodb::operation::update_item::UpdateItemError {
    fn as_conditional_failure(&self) -> Option<Item> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enum, not ours")]
        match self {
            Self::ConditionalCheckFailedException(e) => Some(e.item.clone().unwrap_or_default()),
            _ => None,
        }
    }
}
