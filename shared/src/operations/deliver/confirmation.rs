//! A confirmation as its queue delivers it.

use serde::Deserialize;

use crate::domain::time::Timestamp;

/// The body to post, and the ids in it. Nothing is taken from the queue's own attributes: a move to the
/// dead-letter queue and back changes the message's id and time.
#[derive(Clone, Debug)]
pub struct Confirmation {
    pub id: String,
    pub order: String,
    pub payment: Option<String>,
    /// When its fact was recorded.
    pub recorded_at: Option<Timestamp>,
    pub body: String,
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the message is not a confirmation")]
pub struct NoConfirmation;

#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default)]
    timestamp: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    order_id: String,
    #[serde(default)]
    payment_id: Option<String>,
}

impl Confirmation {
    pub fn read(body: &str) -> Result<Self, NoConfirmation> {
        let message: Message = serde_json::from_str(body).map_err(|_| NoConfirmation)?;
        // The id is sent as a header and signed with a full stop after it, so it must not contain one.
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if message.id.is_empty() || !message.id.bytes().all(fits) {
            return Err(NoConfirmation);
        }
        Ok(Self {
            id: message.id,
            order: message.data.order_id,
            payment: message.data.payment_id,
            recorded_at: message.timestamp.as_deref().and_then(Timestamp::from_rfc3339),
            body: body.to_owned(),
        })
    }
}
