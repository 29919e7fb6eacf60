//! The order's page: where its payment stands, what has happened, and what can be done now.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::api::Seen;
use super::cart::Cart;
use super::inbox::Confirmation;
use super::standing::Standing;
use super::timeline::{self, Moment};
use super::visits::Visit;
use super::{Shop, pages, refusal};

/// How many earlier payments are part of the history.
const EARLIER_MAX: usize = 4;
/// Enough to distinguish two states of one page.
const VERSION_DIGITS: usize = 16;

/// Everything that the page shows.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) name: String,
    pub(super) visit: Visit,
    pub(super) seen: Seen,
    pub(super) standing: Standing,
    pub(super) timeline: Vec<Moment>,
    /// Whether nothing is on its way that would change the page.
    pub(super) rests: bool,
    pub(super) in_vain: InVain,
}

/// A request from the page that was refused, and why.
#[derive(Debug)]
pub(super) enum InVain {
    Nothing,
    Pay(String),
    /// To capture reserved money, or to release it.
    Reserved(String),
    Refund {
        typed: String,
        message: String,
    },
}

/// `GET /return/{visit}`. The status comes from the API, never from the address that the gateway sent
/// the shopper to.
pub(super) async fn show(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match shop.0.visits.get(&name) {
        Some(visit) => page(&shop, &headers, name, visit, InVain::Nothing).await,
        None => refusal::unknown_visit(&shop, &headers),
    }
}

/// `GET /return/{visit}/back`: where the gateway sends the shopper.
pub(super) async fn come_back(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop, &headers);
    };
    if !visit.has_returned
        && let Err(error) = shop.0.visits.keep(&name, Visit { has_returned: true, ..visit })
    {
        // The page then reads as if the shopper had not been at the gateway, and is right otherwise.
        tracing::error!(%error, "a shopper's return could not be stored");
    }
    Redirect::to(&format!("/return/{name}")).into_response()
}

/// For a shopper who reloads the answer to a form.
pub(super) async fn see(Path(name): Path<String>) -> Redirect {
    Redirect::to(&format!("/return/{name}"))
}

pub(super) async fn page(
    shop: &Shop,
    headers: &HeaderMap,
    name: String,
    visit: Visit,
    in_vain: InVain,
) -> Response {
    let seen = shop.0.api.payment(&visit.payment_id).await;
    let mut history = Vec::new();
    let skipped = visit.earlier.len().saturating_sub(EARLIER_MAX);
    for earlier in visit.earlier.iter().skip(skipped) {
        history.extend(shop.0.api.payment(earlier).await.history);
    }
    let confirmations = shop.0.inbox.about(&visit.order_id);
    let order = Order {
        standing: Standing::of(&seen, &visit.basket.currency, visit.has_returned),
        timeline: timeline::of(history.iter().chain(&seen.history), &confirmations),
        rests: rests(&seen, &confirmations),
        name,
        visit,
        seen,
        in_vain,
    };
    shop.page(pages::order(&order, Cart::of(headers).count(), &shop.0.settings.api_url))
}

impl Order {
    /// Changes when there is something new to show; the keys of the forms do not count.
    pub(super) fn version(&self) -> String {
        let (seen, standing, timeline) = (&self.seen, &self.standing, &self.timeline);
        let shown = format!("{seen:?} {standing:?} {timeline:?} {}", self.rests);
        let mut digest = HEXLOWER.encode(&Sha256::digest(shown));
        digest.truncate(VERSION_DIGITS);
        digest
    }

    /// Whether the shopper's own token is enough to notice a change.
    pub(super) fn follows_the_status(&self) -> bool {
        matches!(self.seen.status.as_str(), "pending" | "authorized" | "review")
    }

    /// What the token shows about the payment now.
    pub(super) fn shown(&self) -> String {
        let failure = self.seen.failure.as_ref().map_or("", |failure| failure.code.as_str());
        let open = if self.seen.next_action.is_some() { "open" } else { "" };
        format!("{}/{failure}/{open}", self.seen.status)
    }

    pub(super) fn can_be_refunded(&self) -> bool {
        self.is_reviewed() || (self.seen.status != "returned" && self.seen.amount_left() > 0)
    }

    /// A payment in review is refunded whole or not at all, in the currency that was captured.
    pub(super) fn is_reviewed(&self) -> bool {
        self.seen.status == "review"
    }

    /// Whether the money is reserved and not captured yet.
    pub(super) fn is_reserved(&self) -> bool {
        self.seen.status == "authorized"
    }

    pub(super) fn can_try_again(&self) -> bool {
        matches!(self.seen.status.as_str(), "failed" | "canceled")
    }

    /// Whether this order accepts no more payments.
    pub(super) fn can_be_ordered_again(&self) -> bool {
        self.seen.status == "expired" || matches!(self.in_vain, InVain::Pay(_))
    }

    /// Why nothing was done, unless a field on the page shows it.
    pub(super) fn notice(&self) -> Option<&str> {
        match &self.in_vain {
            InVain::Nothing => None,
            InVain::Pay(message) | InVain::Reserved(message) => Some(message),
            InVain::Refund { message, .. } => (!self.can_be_refunded()).then_some(message),
        }
    }

    /// What the clerk typed, and what is wrong with it.
    pub(super) fn refund_in_vain(&self) -> Option<(&str, &str)> {
        match &self.in_vain {
            InVain::Refund { typed, message } => Some((typed, message)),
            InVain::Nothing | InVain::Pay(_) | InVain::Reserved(_) => None,
        }
    }
}

/// Once a payment has ended and the shop has been notified, only a person changes anything.
fn rests(seen: &Seen, confirmations: &[Confirmation]) -> bool {
    let ended = match seen.status.as_str() {
        "succeeded" => is_confirmed(confirmations, "payment.completed"),
        "failed" => is_confirmed(confirmations, "payment.failed"),
        "canceled" => is_confirmed(confirmations, "payment.canceled"),
        "expired" => is_confirmed(confirmations, "payment.expired"),
        // Only its refund is left to show.
        "returned" => !seen.is_held(),
        _ => false,
    };
    let refunding = seen.refunds.iter().any(|refund| refund.status == "pending");
    let refunds = [("succeeded", "refund.completed"), ("failed", "refund.failed")];
    let confirmed = |(status, kind): (&str, &str)| {
        let ended = seen.refunds.iter().filter(|refund| refund.status == status).count();
        ended <= confirmations.iter().filter(|it| it.kind == kind).count()
    };
    ended && !refunding && refunds.into_iter().all(confirmed)
}

fn is_confirmed(confirmations: &[Confirmation], kind: &str) -> bool {
    confirmations.iter().any(|it| it.kind == kind)
}
