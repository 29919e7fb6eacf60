//! Everything that the shop refuses, as a page with a way on.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::api::ApiError;
use super::cart::Cart;
use super::{Shop, pages};
use crate::disk::DiskError;

#[derive(Debug, thiserror::Error)]
pub(super) enum CheckoutError {
    #[error("We don't sell that.")]
    NotSold,
    /// `before`: how many are in the cart already.
    #[error("An order can have at most {most} of this item{}.", held(*.before))]
    TooMany { most: u64, before: u64 },
    #[error(
        "There is nothing to pay. The sticker is free only with an order: add something else to the cart."
    )]
    Nothing,
    #[error("Your cart has changed since this page was shown. Review it, then check out.")]
    Changed,
    #[error("This form was not made by this shop. Open the page again and use the button there.")]
    NoKey,
    #[error("Enter an amount above 0, such as {0}.")]
    NoAmount(String),
    #[error("{0}")]
    Api(#[from] ApiError),
    #[error("The shop cannot write to its disk.")]
    Disk(#[from] DiskError),
}

fn held(before: u64) -> String {
    match before {
        0 => String::new(),
        before => format!("; your cart already has {before}"),
    }
}

/// Where to go from here.
#[derive(Debug, Clone, Copy)]
pub(super) struct WayOn {
    pub(super) address: &'static str,
    pub(super) words: &'static str,
}

const TO_THE_SHOP: WayOn = WayOn { address: "/", words: "Back to the shop" };
const TO_THE_CART: WayOn = WayOn { address: "/cart", words: "Back to the cart" };

impl CheckoutError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotSold
            | Self::TooMany { .. }
            | Self::Nothing
            | Self::NoKey
            | Self::NoAmount(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Changed => StatusCode::CONFLICT,
            Self::Api(error) => error.status(),
            Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

pub(super) fn answer(shop: &Shop, headers: &HeaderMap, error: &CheckoutError) -> Response {
    let title = match error {
        CheckoutError::TooMany { .. } => "Too many items",
        CheckoutError::Changed => "Your cart has changed",
        CheckoutError::NotSold
        | CheckoutError::Nothing
        | CheckoutError::NoKey
        | CheckoutError::NoAmount(_)
        | CheckoutError::Api(_)
        | CheckoutError::Disk(_) => "Something went wrong",
    };
    let way_on = if Cart::of(headers).lines.is_empty() { TO_THE_SHOP } else { TO_THE_CART };
    page(shop, headers, error.status(), title, &error.to_string(), way_on)
}

/// A form that is not one of ours.
pub(super) fn malformed(shop: &Shop, headers: &HeaderMap, rejection: &FormRejection) -> Response {
    let message = "The shop could not read this form.";
    page(shop, headers, rejection.status(), "Something went wrong", message, TO_THE_SHOP)
}

pub(super) fn elsewhere(shop: &Shop, headers: &HeaderMap) -> Response {
    let message = "This request came from another site, so nothing was done.";
    page(shop, headers, StatusCode::FORBIDDEN, "Request refused", message, TO_THE_SHOP)
}

pub(super) fn unknown_visit(shop: &Shop, headers: &HeaderMap) -> Response {
    let message = "We could not find this payment.";
    page(shop, headers, StatusCode::NOT_FOUND, "Not found", message, TO_THE_SHOP)
}

pub(super) async fn not_found(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let message = "This page does not exist.";
    page(&shop, &headers, StatusCode::NOT_FOUND, "Not found", message, TO_THE_SHOP)
}

pub(super) async fn wrong_method(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let (status, message) =
        (StatusCode::METHOD_NOT_ALLOWED, "This page does not accept this kind of request.");
    page(&shop, &headers, status, "Something went wrong", message, TO_THE_SHOP)
}

fn page(
    shop: &Shop,
    headers: &HeaderMap,
    status: StatusCode,
    title: &str,
    message: &str,
    way_on: WayOn,
) -> Response {
    let count = Cart::of(headers).count();
    (status, shop.page(pages::problem(title, message, way_on, count))).into_response()
}
