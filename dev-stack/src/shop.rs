//! The demo shop: a merchant's site as it should be built.
//!
//! The browser never sees the API key: the shop's server places the order, starts the payment and
//! redirects. The shopper's browser only gets a token that reads the status of one payment.

mod catalogue;

mod api;
mod cart;
mod visits;

mod inbox;
mod signature;
mod timeline;

mod capturing;
mod checkout;
mod door;
mod filling;
mod help;
mod order;
mod pages;
mod refunding;
mod refusal;
mod standing;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::aws::secrets_manager::SecretsManager;
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use crate::hosts::Hosts;
use crate::site::{self, ASSET_CACHE, Asset, Reach};
use api::Api;
use cart::Cart;
use inbox::Inbox;
use pages::{OpenOrder, Page};
pub(crate) use signature::keys as signing_keys;
use visits::Visits;

/// A confirmation has some hundred bytes; anything larger than this is not one.
const BODY_MAX: usize = 64 * 1024;

/// Longer than API Gateway's own timeout.
const API_TIMEOUT: Duration = Duration::from_secs(35);

/// Shown when a page cannot be rendered, so it needs nothing that could fail.
const BROKEN: &str = include_str!("../templates/shop/broken.html");

/// What the shop needs to know of its surroundings.
#[derive(Debug)]
pub struct Settings {
    /// Where the payments API is.
    pub api_url: String,
    /// Where the shop itself is.
    pub shop_url: String,
    /// Where the sandbox gateway is: shoppers are sent there, and the help page links to it.
    pub gateway_url: String,
    pub api_key: String,
    /// Holds the keys that sign confirmations, in the secret named `delivery_secret`.
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
    api: Api,
    inbox: Inbox,
    visits: Visits,
}

impl Shop {
    pub fn open(settings: Settings) -> Result<Self, ShopError> {
        let client = crate::http_client::builder().timeout(API_TIMEOUT).build()?;
        let (url, key) = (settings.api_url.clone(), settings.api_key.clone());
        let inbox = Inbox::open(settings.disk.clone())?;
        let visits = Visits::open(settings.disk.clone())?;
        Ok(Self(Arc::new(Inner { settings, api: Api { url, key, client }, inbox, visits })))
    }

    /// Answers on `listener` until the stack ends.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let routes = Router::new()
            .route("/", get(home))
            .route("/buy", post(checkout::buy))
            .route("/cart", get(filling::show).post(filling::add))
            .route("/cart/update", post(filling::update))
            .route("/cart/coupon", post(filling::redeem).get(filling::see))
            .route("/cart/shipping", post(filling::choose_delivery))
            .route("/currency", post(filling::choose_currency))
            .route("/checkout", post(checkout::check_out))
            .route("/return/{visit}", get(order::show))
            .route("/return/{visit}/back", get(order::come_back))
            .route("/return/{visit}/pay", post(checkout::pay_again).get(order::see))
            .route("/return/{visit}/refund", post(refunding::refund).get(order::see))
            .route("/return/{visit}/capture", post(capturing::capture).get(order::see))
            .route("/return/{visit}/release", post(capturing::release).get(order::see))
            .route("/return/{visit}/again", post(filling::order_again))
            .route("/webhooks/quittance", post(inbox::receive))
            .route("/inbox", get(inbox::show))
            .route("/help", get(help::show))
            .route("/assets/site.css", get(async || asset(&site::STYLE)))
            .route("/assets/shop.js", get(async || asset(&site::SHOP_SCRIPT)))
            .route("/assets/mark.svg", get(async || asset(&site::MARK)))
            .fallback(refusal::not_found)
            .method_not_allowed_fallback(refusal::wrong_method)
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(middleware::from_fn_with_state(self.clone(), door::pass))
            .with_state(self);
        let routes = Hosts::of(&listener)?.guard(routes);
        axum::serve(listener, routes).await
    }

    /// This browser's order that has no outcome yet.
    async fn open_order(&self, headers: &HeaderMap) -> Option<OpenOrder> {
        let (name, visit) = self.0.visits.of(headers)?;
        let seen = self.0.api.payment(&visit.payment_id).await;
        let asks = seen.is_open() && !visit.has_returned;
        (seen.status == "pending").then_some(OpenOrder { name, asks })
    }

    fn page(&self, page: Page) -> Response {
        let settings = &self.0.settings;
        let reach = Reach {
            // A form's answer sends the shopper on to the gateway.
            forms: site::origin(&settings.gateway_url).into_iter().collect(),
            calls: site::origin(&settings.api_url).into_iter().collect(),
        };
        let headers = AppendHeaders(reach.headers());
        match page {
            Ok(html) => (headers, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page of the shop could not be rendered");
                (StatusCode::INTERNAL_SERVER_ERROR, headers, Html(BROKEN)).into_response()
            }
        }
    }
}

async fn home(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let open = shop.open_order(&headers).await;
    shop.page(pages::home(&Cart::of(&headers), open))
}

fn asset(asset: &Asset) -> Response {
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, ASSET_CACHE),
    ];
    (headers, asset.body).into_response()
}
