//! What the shop's clerk does with reserved money: captures or releases it.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shop;
use super::order::{self, InVain};
use super::refusal;

#[derive(Debug, Deserialize)]
pub(super) struct Key {
    /// Made with the form, so that the same form sent twice acts once.
    key: String,
}

/// `POST /return/{visit}/capture`
pub(super) async fn capture(
    shop: State<Shop>,
    name: Path<String>,
    headers: HeaderMap,
    key: Result<Form<Key>, FormRejection>,
) -> Response {
    act(shop.0, name.0, &headers, "capture", key).await
}

/// `POST /return/{visit}/release`
pub(super) async fn release(
    shop: State<Shop>,
    name: Path<String>,
    headers: HeaderMap,
    key: Result<Form<Key>, FormRejection>,
) -> Response {
    act(shop.0, name.0, &headers, "cancel", key).await
}

async fn act(
    shop: Shop,
    name: String,
    headers: &HeaderMap,
    what: &str,
    key: Result<Form<Key>, FormRejection>,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop, headers);
    };
    let Form(Key { key }) = match key {
        Ok(key) => key,
        Err(rejection) => return refusal::malformed(&shop, headers, &rejection),
    };
    let path = format!("/api/payments/{}/{what}", visit.payment_id);
    match shop.0.api.post::<Value>(&path, &key, &json!({})).await {
        Ok(_) => Redirect::to(&format!("/return/{name}")).into_response(),
        Err(error) => {
            let in_vain = InVain::Reserved(error.to_string());
            let page = order::page(&shop, headers, name, visit, in_vain).await;
            (error.status(), page).into_response()
        }
    }
}
