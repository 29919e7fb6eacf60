//! Batches: a malformed one is refused as a whole; otherwise each entry is handled by itself.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::sqs::Sqs;
use crate::sqs::content::checked_length;
use crate::sqs::error::SqsError;
use crate::sqs::requests::{Batch, Entry, SendMessage};
use crate::sqs::settings::MESSAGE_BYTES_MAX;

const ENTRIES_MAX: usize = 10;
const ENTRY_ID_MAX: usize = 80;

/// The answer to an entry, beside its id.
#[derive(Serialize)]
struct Successful {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    answer: Value,
}

impl Sqs {
    /// Each entry by itself: some can fail while others succeed.
    pub(in crate::sqs) fn each<T>(
        &self,
        queue: &str,
        batch: Batch<T>,
        mut act: impl FnMut(T) -> Result<Value, SqsError>,
    ) -> Result<Value, SqsError> {
        self.ledger().queue(queue)?;
        check_entries(&batch.entries)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for Entry { id, what } in batch.entries {
            match act(what) {
                Ok(answer) => successful.push(json!(Successful { id, answer })),
                Err(error) => failed.push(json!({
                    "Id": id,
                    "Code": error.code(),
                    "Message": error.to_string(),
                    "SenderFault": error.is_the_senders_fault(),
                })),
            }
        }
        let lists = [("Successful", successful), ("Failed", failed)];
        let present = lists.into_iter().filter(|(_, list)| !list.is_empty());
        Ok(present.map(|(name, list)| (name.to_owned(), list.into())).collect::<Map<_, _>>().into())
    }
}

fn check_entries<T>(entries: &[Entry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::EmptyBatchRequest);
    }
    if entries.len() > ENTRIES_MAX {
        return Err(SqsError::TooManyEntriesInBatchRequest(entries.len()));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let mut seen = BTreeSet::new();
    for Entry { id, .. } in entries {
        if !((1..=ENTRY_ID_MAX).contains(&id.len()) && id.bytes().all(allowed)) {
            return Err(SqsError::InvalidBatchEntryId);
        }
        if !seen.insert(id) {
            return Err(SqsError::BatchEntryIdsNotDistinct(id.clone()));
        }
    }
    Ok(())
}

/// The whole batch has the size limit of a single message.
pub(in crate::sqs) fn check_total(batch: &Batch<SendMessage>) -> Result<(), SqsError> {
    let lengths = batch.entries.iter().filter_map(|entry| {
        checked_length(&entry.what.message_body, &entry.what.message_attributes).ok()
    });
    let total: usize = lengths.sum();
    if i64::try_from(total).is_ok_and(|total| total <= MESSAGE_BYTES_MAX) {
        Ok(())
    } else {
        Err(SqsError::BatchRequestTooLong(total))
    }
}
