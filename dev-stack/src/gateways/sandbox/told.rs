//! What an event of the sandbox says, read as its own author means it.

use serde::Deserialize;

use crate::gateways::stub::{News, Told};

#[derive(Deserialize)]
struct Body {
    event: String,
    id: String,
    capture_id: Option<String>,
    refund: Option<Named>,
    dispute: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

pub(super) fn read(body: &[u8]) -> Told {
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        return Told { name: String::new(), news: News::Unreadable };
    };
    let id = |part: Option<Named>| part.map(|named| named.id).unwrap_or_default();
    let news = match body.event.as_str() {
        "payment.completed" => News::Captured { capture: body.capture_id.unwrap_or(body.id) },
        "payment.authorized" | "payment.failed" | "payment.canceled" | "payment.expired" => {
            News::Moved { object: body.id }
        }
        "refund.completed" | "refund.failed" => News::Refund { id: id(body.refund) },
        "dispute.opened" | "dispute.won" | "dispute.lost" => News::Dispute { id: id(body.dispute) },
        // About a page that is still open: nothing follows from it.
        "payment.pending" | "payment.attempt_failed" => News::Nothing,
        _ => News::Unreadable,
    };
    Told { name: body.event, news }
}
