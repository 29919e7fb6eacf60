//! The fan-out: one message per confirmation and target queue. Each send is reported separately, so that an
//! interrupted fan-out resumes where it stopped.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;

use crate::config::Target;
use crate::domain::id::OrderId;
use crate::domain::names::{MessageId, TargetName};
use crate::domain::order::Outgoing;

/// The message attribute with the id of the request that recorded the fact.
pub const REQUEST_ID: &str = "request_id";

#[derive(Clone, Debug)]
pub struct Queues {
    client: Client,
    targets: Vec<Target>,
}

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the queue did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no queue of this name is configured")]
    UnknownTarget,
    #[error("the event does not name its queue")]
    UnknownSource,
}

impl Queues {
    pub fn new(client: Client, targets: Vec<Target>) -> Self {
        Self { client, targets }
    }

    pub fn names(&self) -> Vec<TargetName> {
        self.targets.iter().map(|target| target.name.clone()).collect()
    }

    /// The queue drops repeats of an id for five minutes, but nothing depends on that.
    pub async fn send(
        &self,
        target: &TargetName,
        order: &OrderId,
        id: &MessageId,
        message: &Outgoing,
    ) -> Result<(), QueueError> {
        let target =
            self.targets.iter().find(|t| &t.name == target).ok_or(QueueError::UnknownTarget)?;
        let call = self
            .client
            .send_message()
            .queue_url(&target.url)
            .message_group_id(order.as_str())
            .message_deduplication_id(id.as_str())
            .message_body(&message.body);
        let call = match message.request.as_deref().and_then(text_attribute) {
            Some(request) => call.message_attributes(REQUEST_ID, request),
            None => call,
        };
        call.send()
            .await
            .map(|_| ())
            .map_err(|error| QueueError::Unavailable(Box::new(error.into_service_error())))
    }

    /// Makes a received message reappear after `wait_seconds` instead of the queue's visibility timeout.
    pub async fn show_again(
        &self,
        queue_arn: &str,
        receipt_handle: &str,
        wait_seconds: i32,
    ) -> Result<(), QueueError> {
        let queue_url = queue_url(queue_arn).ok_or(QueueError::UnknownSource)?;
        self.client
            .change_message_visibility()
            .queue_url(queue_url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(wait_seconds)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| QueueError::Unavailable(Box::new(error.into_service_error())))
    }
}

fn text_attribute(text: &str) -> Option<MessageAttributeValue> {
    MessageAttributeValue::builder().data_type("String").string_value(text).build().ok()
}

/// The URL of the queue with the ARN `arn:aws:sqs:<region>:<account>:<name>`.
fn queue_url(arn: &str) -> Option<String> {
    let mut parts = arn.split(':').skip(3);
    let (region, account, name) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("https://sqs.{region}.amazonaws.com/{account}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_leads_to_its_queue() {
        assert_eq!(
            queue_url("arn:aws:sqs:eu-west-1:123456789012:quittance-deliveries.fifo").unwrap(),
            "https://sqs.eu-west-1.amazonaws.com/123456789012/quittance-deliveries.fifo"
        );
    }
}
