//! The gateway on a socket: HTTP in, webhooks out.

use std::convert::Infallible;
use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tracing::{debug, warn};
use url::Url;

use super::answer::Outcome;
use super::call::BODY_BYTES_MAX;
use super::core::Core;
use super::refusal::Refusal;
use super::send::send_webhooks;
use crate::hosts::{self, Hosts};

/// How long a client may take to send its request.
const REQUEST_WAIT: Duration = Duration::from_secs(30);
/// Longer than any client waits for a silent gateway; then the connection is given up.
const SILENCE: Duration = Duration::from_mins(2);
/// Pause after a failed accept, whose usual cause is a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
enum HangUp {
    #[error("the gateway drops the connection, as its behaviour says")]
    Asked,
    #[error("the request could not be read")]
    Unreadable,
}

/// Serves until it is dropped, which also ends all connections and deliveries. Without `webhooks_to` the
/// events wait.
pub async fn serve(listener: TcpListener, core: Arc<Core>, webhooks_to: Option<Url>) -> Infallible {
    let news = Arc::new(Notify::new());
    let sending = async {
        match webhooks_to {
            Some(url) => send_webhooks(&core, &url, &news).await,
            None => pending().await,
        }
    };
    tokio::select! {
        never = accept(listener, Arc::clone(&core), Arc::clone(&news)) => never,
        never = sending => never,
    }
}

async fn accept(listener: TcpListener, core: Arc<Core>, news: Arc<Notify>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let Ok(hosts) = Hosts::of(&listener) else { continue };
                let (core, news) = (Arc::clone(&core), Arc::clone(&news));
                connections.spawn(connection(stream, peer, hosts, core, news));
            }
            Err(error) => {
                warn!(%error, "the sandbox gateway cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        // Finished ones would otherwise be kept forever.
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    hosts: Hosts,
    core: Arc<Core>,
    news: Arc<Notify>,
) {
    let service = service_fn(|request| answer(request, peer, hosts, &core, &news));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_WAIT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        debug!(%error, "a connection to the sandbox gateway ended early");
    }
}

/// An error here makes hyper end the connection without a byte.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    hosts: Hosts,
    core: &Core,
    news: &Notify,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let outcome = match read(request).await? {
        Ok(request) if !hosts.admits(request.uri(), request.headers()) => {
            Outcome::Answer(hosts::refused())
        }
        Ok(request) if is_control(request.uri().path()) && !is_here(peer.ip()) => {
            Err(Refusal::Forbidden).into()
        }
        Ok(request) => core.handle(&request),
        Err(refusal) => Err(refusal).into(),
    };
    news.notify_one();
    match outcome {
        Outcome::Answer(response) => Ok(response.map(Full::new)),
        Outcome::Silence => {
            tokio::time::sleep(SILENCE).await;
            Err(HangUp::Asked)
        }
        Outcome::Close => Err(HangUp::Asked),
    }
}

async fn read(request: Request<Incoming>) -> Result<Result<Request<Bytes>, Refusal>, HangUp> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect();
    match tokio::time::timeout(REQUEST_WAIT, body).await {
        Ok(Ok(body)) => Ok(Ok(Request::from_parts(parts, body.to_bytes()))),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Ok(Err(Refusal::TooLarge)),
        Ok(Err(_)) | Err(_) => Err(HangUp::Unreadable),
    }
}

/// As the core reads a path: slashes before the first segment do not count.
fn is_control(path: &str) -> bool {
    path.trim_start_matches('/').starts_with("control")
}

/// A socket for both families shows 127.0.0.1 as an IPv6 address.
fn is_here(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_control() {
        for (peer, here) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("192.168.1.5", false),
            ("::ffff:192.168.1.5", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_here(peer.parse().unwrap()), here, "{peer}");
        }
        for path in ["/control/payments", "//control/payments", "/control"] {
            assert!(is_control(path), "{path}");
        }
        for path in ["/v1/payments", "/checkout/control", "/"] {
            assert!(!is_control(path), "{path}");
        }
    }
}
