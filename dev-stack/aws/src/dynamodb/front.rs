//! Guards the engine's own HTTP side, which answers the pages of every site. The real service may do that,
//! because it requires a signature.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, EXPECT, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};
use reqwest::Client;
use tokio::net::TcpListener;

use crate::hosts::Hosts;
use crate::http_client;
use crate::protocol::only_from_here;

/// Twice the engine's own limit: enough of a larger body is read for the engine to refuse it.
const BODY_BYTES_MAX: usize = 2 * 16 * 1024 * 1024;

#[derive(Clone, Debug)]
struct Front {
    client: Client,
    engine: SocketAddr,
}

/// For the engine alone. Where it gets an address of its own, no page can find it by trying ports.
pub(super) fn private_listener() -> io::Result<std::net::TcpListener> {
    let mut parts = [0; 3];
    getrandom::fill(&mut parts).map_err(io::Error::other)?;
    let [a, b, c] = parts;
    let own = std::net::TcpListener::bind((Ipv4Addr::new(127, a, b, c), 0));
    let listener = own.or_else(|_| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

pub(super) fn routes(public: &TcpListener, engine: &TcpListener) -> io::Result<Router> {
    let client = http_client::builder().build().map_err(io::Error::other)?;
    let front = Front { client, engine: engine.local_addr()? };
    let routes = Router::new().fallback(pass_on).with_state(front);
    Ok(Hosts::of(public)?.guard(only_from_here(routes)))
}

async fn pass_on(State(front): State<Front>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("http://{}{path}", front.engine);
    let asked = front.client.request(head.method, url).headers(end_to_end(head.headers));
    match answered(asked.body(body)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "the database did not answer");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn answered(asked: reqwest::RequestBuilder) -> reqwest::Result<Response> {
    let answer = asked.send().await?;
    let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
    let mut response = Response::new(Body::from(answer.bytes().await?));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in [CONNECTION, EXPECT, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers
}
