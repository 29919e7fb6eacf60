//! The conditions under which a message is accepted, and the key by which a repeat is recognised.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::content::{check_id, checked_length};
use super::error::SqsError;
use super::queue::Queue;
use super::requests::SendMessage;
use super::settings::{DELAY_SECONDS_MAX, MESSAGE_SIZE};

const TRACE_HEADER: &str = "AWSTraceHeader";

pub(super) fn check(queue: &Queue, request: &SendMessage) -> Result<(), SqsError> {
    let length = checked_length(&request.message_body, &request.message_attributes)?;
    let length_max = queue.record.settings.number(&MESSAGE_SIZE);
    if i64::try_from(length).is_ok_and(|length| length > length_max) {
        let reason = format!("Message must be shorter than {length_max} bytes.");
        return Err(SqsError::parameter("MessageBody", &length, reason));
    }
    for (name, attribute) in &request.message_system_attributes {
        if name != TRACE_HEADER || attribute.data_type != "String" {
            let reason = "Only AWSTraceHeader of type String is allowed.";
            return Err(SqsError::parameter("MessageSystemAttributes", &name, reason));
        }
    }
    if let Some(group) = &request.message_group_id {
        check_id("MessageGroupId", group)?;
    }
    if let Some(id) = &request.message_deduplication_id {
        check_id("MessageDeduplicationId", id)?;
    }
    check_kind(queue.is_fifo(), request)
}

/// Parameters that only one of the two kinds of queue accepts.
fn check_kind(is_fifo: bool, request: &SendMessage) -> Result<(), SqsError> {
    let other_kind = "The request includes a parameter that is not valid for this queue type.";
    if is_fifo && request.message_group_id.is_none() {
        return Err(SqsError::MissingParameter("MessageGroupId".to_owned()));
    }
    if let Some(id) = request.message_deduplication_id.as_ref().filter(|_| !is_fifo) {
        return Err(SqsError::parameter("MessageDeduplicationId", id, other_kind));
    }
    match request.delay_seconds {
        Some(seconds) if is_fifo && seconds != 0 => {
            Err(SqsError::parameter("DelaySeconds", &seconds, other_kind))
        }
        Some(seconds) if !(0..=DELAY_SECONDS_MAX).contains(&seconds) => {
            let reason = format!("DelaySeconds must be >= 0 and <= {DELAY_SECONDS_MAX}.");
            Err(SqsError::parameter("DelaySeconds", &seconds, reason))
        }
        // A FIFO queue has one delay for all, so that nothing overtakes.
        Some(_) | None => Ok(()),
    }
}

/// The id of a message for a FIFO queue, and the key under which it is remembered.
pub(super) fn deduplication_key(
    queue: &Queue,
    request: &SendMessage,
) -> Result<Option<(String, String)>, SqsError> {
    let Some(group) = request.message_group_id.as_ref().filter(|_| queue.is_fifo()) else {
        return Ok(None);
    };
    let settings = &queue.record.settings;
    let id = match &request.message_deduplication_id {
        Some(id) => id.clone(),
        None if settings.deduplicates_by_content() => {
            HEXLOWER.encode(&Sha256::digest(&request.message_body))
        }
        None => {
            let reason = "The queue should either have ContentBasedDeduplication enabled or \
                          MessageDeduplicationId provided explicitly";
            return Err(SqsError::parameter("MessageDeduplicationId", &"null", reason));
        }
    };
    // Ids contain no space, so no two pairs make the same key.
    let key = if settings.deduplicates_per_group() { format!("{group} {id}") } else { id.clone() };
    Ok(Some((id, key)))
}
