//! Everything that the shop says no to, as a page.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::api::ApiError;
use super::{Shop, pages};
use crate::disk::DiskError;

#[derive(Debug, thiserror::Error)]
pub(super) enum CheckoutError {
    #[error("We do not sell that, or not so many.")]
    NotSold,
    #[error("That is no amount of this currency.")]
    NoAmount,
    #[error("{0}")]
    Api(#[from] ApiError),
    #[error("The shop cannot write to its disk.")]
    Disk(#[from] DiskError),
}

impl CheckoutError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotSold | Self::NoAmount => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Api(_) => StatusCode::BAD_GATEWAY,
            Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

pub(super) fn answer(shop: &Shop, error: &CheckoutError) -> Response {
    page(shop, error.status(), "That did not work", &error.to_string())
}

pub(super) fn not_sold(shop: &Shop) -> Response {
    answer(shop, &CheckoutError::NotSold)
}

/// A form that is none of ours.
pub(super) fn malformed(shop: &Shop, rejection: &FormRejection) -> Response {
    page(shop, rejection.status(), "That did not work", "The shop does not understand this form.")
}

pub(super) fn unknown_visit(shop: &Shop) -> Response {
    page(shop, StatusCode::NOT_FOUND, "Not found", "We do not know this payment.")
}

pub(super) async fn not_found(State(shop): State<Shop>) -> Response {
    page(&shop, StatusCode::NOT_FOUND, "Not found", "There is no such page in this shop.")
}

pub(super) async fn wrong_method(State(shop): State<Shop>) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    page(&shop, status, "That did not work", "This page cannot be used like that.")
}

fn page(shop: &Shop, status: StatusCode, title: &str, message: &str) -> Response {
    (status, shop.page(pages::problem(title, message))).into_response()
}
