//! Why an order was not redacted.

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
                .tell("The redaction has begun and is not done: the same request goes on with it.")
                .because(error),
            RedactError::Unavailable(error) => error.into(),
        }
    }
}

/// What is unfinished, and what ends it.
fn still(unfinished: Unfinished) -> &'static str {
    match unfinished {
        Unfinished::Open => {
            "The order has not ended: cancel it, or wait until its time is over and nothing of it is in review."
        }
        Unfinished::Payment => {
            "A payment of it is under way: cancel it, or wait until it has ended."
        }
        Unfinished::Hold => "The gateway still holds an authorization of it.",
        Unfinished::Operation => "A capture, a void or a refund of it is under way.",
        Unfinished::Review => "A capture or a refund of it is in review, which people have to end.",
        Unfinished::Dispute => "A dispute of it is open.",
        Unfinished::Question => "The gateway is still being asked about an event of it.",
        Unfinished::Confirmation => "A confirmation of it has not been sent yet.",
        Unfinished::Event => "A stored event of it has not been merged yet.",
        Unfinished::Other => "Work on it is due.",
    }
}
