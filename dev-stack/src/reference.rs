//! Shows the API's description on the dev stack: beside the API, under paths that none of its routes has.

use std::sync::LazyLock;

use api_description::{document, page, recorded};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::site;

/// Nothing from other origins, and no scripts.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&recorded().unwrap_or_default()));

/// The answer, if one of the document's paths is asked for.
pub(crate) fn shown(method: &Method, path: &str) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let (content_type, body) = match path {
        "/openapi.json" => ("application/json", DOCUMENT.to_string()),
        "/docs" | "/docs/" => ("text/html; charset=utf-8", page::operations(&DOCUMENT)?),
        "/docs/schemas" => ("text/html; charset=utf-8", page::schemas(&DOCUMENT)?),
        "/docs.svg" => (site::MARK.content_type, site::MARK.body.to_owned()),
        "/docs.css" => ("text/css; charset=utf-8", page::STYLE.to_owned()),
        _ => return None,
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(response)
}
