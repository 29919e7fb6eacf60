//! The problems of a redaction.

use crate::domain::redact::Unfinished;
use crate::http::problem::{Kind, Problem};
use crate::operations::redact_order::RedactError;

impl From<RedactError> for Problem {
    fn from(error: RedactError) -> Self {
        match error {
            RedactError::NoSuchOrder => Self::new(Kind::OrderNotFound),
            RedactError::Unfinished(unfinished) => {
                let sentences: Vec<&str> = unfinished.into_iter().map(still).collect();
                Self::new(Kind::OrderUnfinished).detail(sentences.join(" "))
            }
            RedactError::OutOfTime => Self::new(Kind::Unavailable)
                .public_detail(
                    "The redaction has begun but is not finished: repeat the request to continue.",
                )
                .because(error),
            RedactError::Unavailable(error) => error.into(),
        }
    }
}

/// States what is unfinished, and how it ends.
fn still(unfinished: Unfinished) -> &'static str {
    match unfinished {
        Unfinished::Open => {
            "The order has not ended: cancel it, or wait until it has expired and nothing is in review."
        }
        Unfinished::Payment => "A payment is in progress: cancel it, or wait until it has ended.",
        Unfinished::Hold => "The gateway still holds an authorization.",
        Unfinished::Operation => "A capture, a void or a refund is in progress.",
        Unfinished::Review => "A capture or a refund is in review; a person has to decide.",
        Unfinished::Dispute => "A dispute is open.",
        Unfinished::Question => "The gateway is still being asked about an event.",
        Unfinished::Confirmation => "A confirmation has not been sent yet.",
        Unfinished::Event => "A stored event has not been merged yet.",
        Unfinished::Other => "Work on the order is due.",
    }
}
