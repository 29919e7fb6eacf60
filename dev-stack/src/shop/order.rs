//! The order's page: where its payment stands, what has happened, and what can be done now.

use axum::extract::{Path, State};
use axum::response::Response;

use super::api::Seen;
use super::inbox::Confirmation;
use super::timeline::{self, Moment};
use super::visits::Visit;
use super::{Shop, pages, refusal};

/// What the shopper is told.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) word: &'static str,
    pub(super) tone: &'static str,
    pub(super) title: &'static str,
    pub(super) sentence: String,
}

/// All that the page shows.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) name: String,
    pub(super) visit: Visit,
    pub(super) seen: Seen,
    pub(super) standing: Standing,
    pub(super) timeline: Vec<Moment>,
    /// Whether something that is on its way would change the page.
    pub(super) rests: bool,
}

/// The status comes from the API, never from the address that the gateway sent the shopper to.
pub(super) async fn show(State(shop): State<Shop>, Path(name): Path<String>) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop);
    };
    let seen = shop.0.api.payment(&visit).await;
    let told = shop.0.inbox.about(&visit.order_id);
    let order = Order {
        standing: Standing::of(&seen),
        timeline: timeline::of(&seen.history, &told),
        rests: rests(&seen, &told),
        name,
        visit,
        seen,
    };
    shop.page(pages::order(&order, &shop.0.settings.api_url))
}

impl Standing {
    fn of(seen: &Seen) -> Self {
        let (word, tone, title, sentence) = match seen.status.as_str() {
            "succeeded" if seen.amount_refunded == 0 => {
                ("paid", "good", "Paid. Thank you!", "We pack your order now.")
            }
            "succeeded" if seen.amount_refunded < seen.amount_captured => (
                "paid",
                "good",
                "Paid, and partly refunded",
                "A part of the money is on its way back.",
            ),
            "succeeded" => {
                ("paid", "good", "Refunded", "You paid, and the money is on its way back.")
            }
            "authorized" => {
                ("waiting", "wait", "Reserved", "The money is reserved. We take it when we ship.")
            }
            "review" => (
                "waiting",
                "wait",
                "In review",
                "Not what we asked for was paid: somebody looks at it.",
            ),
            "failed" => {
                ("declined", "bad", "Declined", "The payment was declined. Nothing was taken.")
            }
            "canceled" => {
                ("declined", "bad", "Canceled", "The payment was canceled. Nothing was taken.")
            }
            "expired" => {
                ("declined", "bad", "Expired", "The time to pay is over. Nothing was taken.")
            }
            _ => (
                "waiting",
                "wait",
                "Waiting for your payment…",
                "This page shows by itself what comes.",
            ),
        };
        let failed_try = seen.failure.as_ref().filter(|_| word == "waiting");
        let sentence = failed_try.map_or_else(
            || sentence.to_owned(),
            |failure| format!("The last try failed: {} You can try again.", failure.message),
        );
        Self { word, tone, title, sentence }
    }
}

/// Once a payment has ended and the shop has been told so, only a person changes anything.
fn rests(seen: &Seen, told: &[Confirmation]) -> bool {
    let wanted = match seen.status.as_str() {
        "succeeded" => "payment.completed",
        "failed" => "payment.failed",
        "canceled" => "payment.canceled",
        "expired" => "payment.expired",
        _ => return false,
    };
    let refunding = seen.refunds.iter().any(|refund| refund.status == "pending");
    let ended = seen.refunds.iter().filter(|refund| refund.status == "succeeded").count();
    let told_refunds = told.iter().filter(|it| it.kind == "refund.completed").count();
    !refunding && ended <= told_refunds && told.iter().any(|it| it.kind == wanted)
}
