//! Buying: the server places the order, starts the payment and sends the shopper to its page.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::catalogue::{CURRENCY, QUANTITY_MAX, product};
use super::{Inner, Shop, page, pages};
use crate::disk::{Change, Disk, DiskError};

const COLLECTION: &str = "shop-visits";

#[derive(Debug, Deserialize)]
pub(super) struct Purchase {
    product_id: String,
    quantity: u64,
}

/// What the shop remembers of a shopper who went off to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) order_id: String,
    pub(super) payment_id: String,
    #[serde(default)]
    pub(super) status_token: String,
}

/// What the shopper is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Waiting,
    Paid,
    Declined,
}

/// What the shop reads of the API's answers.
#[derive(Debug, Deserialize)]
struct Placed {
    order_id: String,
}

#[derive(Debug, Deserialize)]
struct Started {
    #[serde(flatten)]
    visit: Visit,
    next_action: Option<NextAction>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    url: String,
}

#[derive(Debug, Deserialize)]
struct Seen {
    status: String,
}

/// A problem of the API's own, or API Gateway's message.
#[derive(Debug, Deserialize)]
struct Problem {
    detail: Option<String>,
    title: Option<String>,
    message: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum CheckoutError {
    #[error("We do not sell that, or not so many.")]
    NotSold,
    #[error("The payment could not be started: {0}")]
    Refused(String),
    #[error("The payment could not be started. Nothing was taken; please try again.")]
    NoAnswer(#[from] reqwest::Error),
    #[error("The payment could not be started. Nothing was taken; please try again.")]
    Disk(#[from] DiskError),
}

/// Visits by their unguessable name, which is part of the return address.
#[derive(Debug)]
pub(super) struct Visits {
    disk: Disk,
    known: Mutex<BTreeMap<String, Visit>>,
}

pub(super) async fn buy(State(shop): State<Shop>, Form(purchase): Form<Purchase>) -> Response {
    match shop.0.start(&purchase).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(error) => {
            let status = match error {
                CheckoutError::NotSold => StatusCode::UNPROCESSABLE_ENTITY,
                CheckoutError::Refused(_) | CheckoutError::NoAnswer(_) => StatusCode::BAD_GATEWAY,
                CheckoutError::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, page(pages::problem(&error.to_string()))).into_response()
        }
    }
}

/// The status comes from the API, never from the address that the gateway sent the shopper to.
pub(super) async fn returned(State(shop): State<Shop>, Path(name): Path<String>) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        let unknown = pages::problem("We do not know this payment.");
        return (StatusCode::NOT_FOUND, page(unknown)).into_response();
    };
    let status = shop.0.status(&visit).await;
    page(pages::returned(&shop.0.settings.api_url, &visit, status))
}

impl Inner {
    /// The address at which the shopper pays.
    async fn start(&self, purchase: &Purchase) -> Result<String, CheckoutError> {
        let product = product(&purchase.product_id).ok_or(CheckoutError::NotSold)?;
        if !(1..=QUANTITY_MAX).contains(&purchase.quantity) {
            return Err(CheckoutError::NotSold);
        }
        let name = crate::random::hex();
        let amount = product.price.saturating_mul(purchase.quantity);
        let order = json!({
            "items": [{
                "product_id": product.id,
                "name": product.name,
                "quantity": purchase.quantity,
                "unit_amount": product.price,
            }],
            "total_amount": amount,
            "currency": CURRENCY,
        });
        let order: Placed = self.post("/api/orders", &name, &order).await?;
        let return_url = format!("{}/return/{name}", self.settings.shop_url);
        let payment = json!({
            "order_id": order.order_id,
            "amount": amount,
            "currency": CURRENCY,
            "return_url": return_url,
        });
        let payment: Started = self.post("/api/payments", &name, &payment).await?;
        self.visits.keep(name, payment.visit)?;
        // Without a page the outcome is open or there already: the return page tells.
        Ok(payment.next_action.map_or(return_url, |action| action.url))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<T, CheckoutError> {
        let url = format!("{}{path}", self.settings.api_url);
        let request = self.client.post(url).bearer_auth(&self.settings.api_key);
        let request = request.header("idempotency-key", key).json(body);
        let answer = request.send().await?;
        if answer.status().is_success() {
            return Ok(answer.json().await?);
        }
        let problem: Problem = answer.json().await?;
        let words = problem.detail.or(problem.title).or(problem.message);
        Err(CheckoutError::Refused(words.unwrap_or_default()))
    }

    /// What the shopper's own token shows. No answer is no news: the page asks again.
    async fn status(&self, visit: &Visit) -> Status {
        let url = format!("{}/api/payments/{}", self.settings.api_url, visit.payment_id);
        let request = self.client.get(url).query(&[("token", &visit.status_token)]);
        let Ok(answer) = request.send().await else {
            return Status::Waiting;
        };
        let seen: Option<Seen> = answer.json().await.ok();
        match seen.as_ref().map(|seen| seen.status.as_str()) {
            Some("succeeded") => Status::Paid,
            Some("failed" | "canceled" | "expired") => Status::Declined,
            Some(_) | None => Status::Waiting,
        }
    }
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paid => "paid",
            Self::Declined => "declined",
        }
    }
}

impl Visits {
    pub(super) fn open(disk: Disk) -> Result<Self, DiskError> {
        let known = disk.all(COLLECTION)?.into_iter().collect();
        Ok(Self { disk, known: Mutex::new(known) })
    }

    fn get(&self, name: &str) -> Option<Visit> {
        self.known().get(name).cloned()
    }

    fn keep(&self, name: String, visit: Visit) -> Result<(), DiskError> {
        self.disk.write(&[Change::put(COLLECTION, name.as_str(), &visit)?])?;
        self.known().insert(name, visit);
        Ok(())
    }

    /// The map is whole after every statement, so a poisoned lock is as good as any.
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Visit>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
