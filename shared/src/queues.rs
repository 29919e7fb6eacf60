//! The fan-out: one message per confirmation and target queue. Sends are reported one by one, so that
//! a fan-out that broke off resumes where it stopped.

use aws_sdk_sqs::Client;

use crate::config::Target;
use crate::domain::id::OrderId;

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
}

impl Queues {
    pub fn new(client: Client, targets: Vec<Target>) -> Self {
        Self { client, targets }
    }

    pub fn names(&self) -> Vec<String> {
        self.targets.iter().map(|target| target.name.clone()).collect()
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The queue drops a repeat of the same id for five minutes; nothing depends on it.
    pub async fn send(
        &self,
        target: &str,
        order: &OrderId,
        message_id: &str,
        body: &str,
    ) -> Result<(), QueueError> {
        let target =
            self.targets.iter().find(|t| t.name == target).ok_or(QueueError::UnknownTarget)?;
        self.client
            .send_message()
            .queue_url(&target.url)
            .message_group_id(order.as_str())
            .message_deduplication_id(message_id)
            .message_body(body)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| QueueError::Unavailable(Box::new(error.into_service_error())))
    }
}
