//! The first check of every request: pages of other sites change nothing, and a browser uses one name of the
//! shop, because cookies belong to a name.

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, HOST, HeaderName};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Shop, refusal};
use crate::hosts;

pub(super) async fn pass(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    if hosts::is_from_elsewhere(request.method(), request.headers()) {
        return refusal::elsewhere(&shop, request.headers());
    }
    if is_by_the_other_name(&shop.0.settings.shop_url, request.method(), request.headers()) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let address = format!("{}{path}", shop.0.settings.shop_url);
        return Redirect::temporary(&address).into_response();
    }
    next.run(request).await
}

/// Shoppers come back from the gateway to the shop's own address, which does not see a cart of `localhost`.
fn is_by_the_other_name(shop_url: &str, method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let other = shop_url.replace("127.0.0.1", "localhost");
    *method == Method::GET
        && other != shop_url
        && text(HOST).is_some_and(|host| other == format!("http://{host}"))
        && text(ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}
