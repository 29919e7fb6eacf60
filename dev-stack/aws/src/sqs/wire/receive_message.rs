//! The action `ReceiveMessage`: its limits, its waiting, and which attributes it shows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::AwsError;
use crate::protocol::read;
use crate::sqs::content::md5_of_attributes;
use crate::sqs::error::SqsError;
use crate::sqs::received::Received;
use crate::sqs::receiving::MESSAGES_MAX;
use crate::sqs::requests::{OnQueue, ReceiveMessage};
use crate::sqs::settings::{VISIBILITY_SECONDS_MAX, WAIT};
use crate::sqs::{Sqs, name_in_url};

const SYSTEM_ATTRIBUTES: [&str; 10] = [
    "All",
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "SequenceNumber",
    "MessageDeduplicationId",
    "MessageGroupId",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
];

impl Sqs {
    pub(in crate::sqs) async fn long_poll(&self, body: &[u8]) -> Result<Value, AwsError> {
        let request: OnQueue<ReceiveMessage> = read(body).map_err(SqsError::from)?;
        let OnQueue { queue_url, what: request } = request;
        request.check()?;
        let queue = name_in_url(&queue_url);
        if let Some(again) = self.given_again(queue, &request)? {
            return Ok(request.shown(again));
        }
        let seconds = match request.wait_time_seconds {
            Some(seconds) => seconds,
            None => self.ledger().queue(queue)?.record.settings.number(&WAIT),
        };
        let wait = Duration::from_secs(seconds.try_into().unwrap_or_default());
        let (count, visibility) = (request.count(), request.visibility_timeout);
        let received = self.receive_waiting(queue, count, visibility, wait).await?;
        self.remember_given(queue, &request, &received);
        Ok(request.shown(received))
    }
}

impl ReceiveMessage {
    pub(in crate::sqs) fn check(&self) -> Result<(), SqsError> {
        let limits = [
            ("MaxNumberOfMessages", self.max_number_of_messages, 1..=10),
            ("VisibilityTimeout", self.visibility_timeout, 0..=VISIBILITY_SECONDS_MAX),
            ("WaitTimeSeconds", self.wait_time_seconds, 0..=20),
        ];
        for (parameter, value, range) in limits {
            if let Some(value) = value.filter(|value| !range.contains(value)) {
                let (min, max) = range.into_inner();
                let reason = format!("Must be between {min} and {max}, if provided.");
                return Err(SqsError::parameter(parameter, &value, reason));
            }
        }
        let known = |name: &str| SYSTEM_ATTRIBUTES.contains(&name);
        match self.system_attributes().find(|name| !known(name)) {
            Some(unknown) => Err(SqsError::InvalidAttributeName(unknown.clone())),
            None => Ok(()),
        }
    }

    pub(in crate::sqs) fn count(&self) -> usize {
        let count = self.max_number_of_messages.unwrap_or(1);
        count.try_into().unwrap_or(MESSAGES_MAX)
    }

    /// Under the old name of the list and under the new one.
    fn system_attributes(&self) -> impl Iterator<Item = &String> {
        self.attribute_names.iter().chain(&self.message_system_attribute_names)
    }

    /// With the attributes that were asked for, and no others.
    pub(in crate::sqs) fn shown(&self, mut received: Vec<Received>) -> Value {
        for message in &mut received {
            message.attributes.retain(|name, _| {
                self.system_attributes().any(|wanted| wanted == name || wanted == "All")
            });
            let patterns = &self.message_attribute_names;
            let attributes = &mut message.message_attributes;
            attributes.retain(|name, _| patterns.iter().any(|pattern| matches(pattern, name)));
            // The receiver's SDK computes it over what it gets.
            message.md5_of_message_attributes = md5_of_attributes(attributes);
        }
        if received.is_empty() { json!({}) } else { json!({ "Messages": received }) }
    }
}

/// `All`, a name, or the beginning of names followed by `.*`.
fn matches(pattern: &str, name: &str) -> bool {
    let prefix = pattern.strip_suffix(".*");
    pattern == "All" || pattern == name || prefix.is_some_and(|prefix| name.starts_with(prefix))
}
