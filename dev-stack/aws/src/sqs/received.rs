//! A message as a receiver sees it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::content::{MessageAttributes, md5_of_attributes, md5_of_body};
use super::message::{Message, sequence_number};
use super::queue::Queue;
use super::receipt::Receipt;
use crate::ACCOUNT;

/// Everything that is known of the message; serialised in awsJson's spelling.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Received {
    pub message_id: String,
    pub receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: String,
    pub body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<&'static str, String>,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_message_attributes: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: MessageAttributes,
}

impl Received {
    pub(super) fn new(name: &str, queue: &Queue, sequence: u64, message: &Message) -> Self {
        let first_received_ms = message.first_received_ms.unwrap_or_default();
        let fifo_sequence = queue.is_fifo().then(|| sequence_number(sequence));
        let attributes = [
            ("SenderId", Some(ACCOUNT.to_owned())),
            ("SentTimestamp", Some(message.sent_ms.to_string())),
            ("ApproximateReceiveCount", Some(message.receives.to_string())),
            ("ApproximateFirstReceiveTimestamp", Some(first_received_ms.to_string())),
            ("SequenceNumber", fifo_sequence),
            ("MessageDeduplicationId", message.deduplication_id.clone()),
            ("MessageGroupId", message.group.clone()),
            ("AWSTraceHeader", message.trace_header.clone()),
            ("DeadLetterQueueSourceArn", message.dead_letter_source.clone()),
        ];
        let known = attributes.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Self {
            message_id: message.id.clone(),
            receipt_handle: Receipt::of(name, sequence, message).handle(),
            md5_of_body: md5_of_body(&message.body),
            body: message.body.clone(),
            attributes: known.collect(),
            md5_of_message_attributes: md5_of_attributes(&message.attributes),
            message_attributes: message.attributes.clone(),
        }
    }
}
