//! The demo shop: a merchant's site as it should be built, with plain pages.
//!
//! The browser never sees the API key: the shop's server places the order, starts the payment and
//! redirects. What the shopper's browser gets is a token that reads the status of one payment.

mod catalogue;
mod checkout;
mod inbox;
mod pages;
mod signature;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::aws::secrets_manager::SecretsManager;
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use checkout::Visits;
use inbox::Inbox;

/// A confirmation is some hundred bytes; more than this is not one.
const BODY_MAX: usize = 64 * 1024;

/// Longer than API Gateway's own patience.
const API_TIMEOUT: Duration = Duration::from_secs(35);

/// What the shop needs to know of its surroundings.
#[derive(Debug)]
pub struct Settings {
    /// Where the payments API is.
    pub api_url: String,
    /// Where the shop itself is.
    pub shop_url: String,
    pub api_key: String,
    /// Holds the keys that sign confirmations, under this name.
    pub secrets: SecretsManager,
    pub delivery_secret: String,
    pub clock: Clock,
    pub disk: Disk,
}

#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    #[error("the shop cannot read its state: {0}")]
    Disk(#[from] DiskError),
    #[error("the shop cannot make requests: {0}")]
    Client(#[from] reqwest::Error),
}

/// The shop's server.
#[derive(Debug, Clone)]
pub struct Shop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    client: reqwest::Client,
    inbox: Inbox,
    visits: Visits,
}

impl Shop {
    pub fn open(settings: Settings) -> Result<Self, ShopError> {
        let client = crate::http_client::builder().timeout(API_TIMEOUT).build()?;
        let inbox = Inbox::open(settings.disk.clone())?;
        let visits = Visits::open(settings.disk.clone())?;
        Ok(Self(Arc::new(Inner { settings, client, inbox, visits })))
    }

    /// Answers on `listener` until the stack ends.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let routes = Router::new()
            .route("/", get(home))
            .route("/buy", post(checkout::buy))
            .route("/return/{visit}", get(checkout::returned))
            .route("/webhooks/quittance", post(inbox::receive))
            .route("/inbox", get(inbox::show))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(self);
        axum::serve(listener, routes).await
    }
}

async fn home(State(_): State<Shop>) -> Response {
    page(pages::home())
}

/// Pages are never stored: some hold a token.
fn page(html: String) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Html(html)).into_response()
}
