//! The gateway on a socket: HTTP in, webhooks out.

use std::convert::Infallible;
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

/// A gateway among those of one socket.
#[derive(Debug)]
pub struct Served {
    /// The first segment of its paths.
    pub name: String,
    pub core: Arc<Core>,
    /// Without an address the events wait.
    pub webhooks_to: Option<Url>,
}

/// A gateway, and the signal that it may have something to send.
type Wired = Arc<(Served, Notify)>;

struct Socket {
    gateways: Vec<Wired>,
}

/// Serves until it is dropped, which also ends all connections and deliveries. All gateways share one hosted
/// page; paths without a gateway's name are those of the first.
pub async fn serve(listener: TcpListener, gateways: Vec<Served>) -> Infallible {
    let wired = gateways.into_iter().map(|gateway| Arc::new((gateway, Notify::new())));
    let socket = Socket { gateways: wired.collect() };
    let mut sending = JoinSet::new();
    for wired in socket.gateways.iter().filter(|wired| wired.0.webhooks_to.is_some()) {
        sending.spawn(send(Arc::clone(wired)));
    }
    accept(listener, Arc::new(socket)).await
}

async fn send(wired: Wired) {
    let (gateway, news) = &*wired;
    if let Some(url) = &gateway.webhooks_to {
        let never = send_webhooks(&gateway.core, url, news).await;
        match never {}
    }
}

impl Socket {
    /// The gateway that a path belongs to, and the path as that gateway knows it.
    fn route<'a>(&'a self, path: &'a str) -> Option<(&'a Served, &'a Notify, &'a str)> {
        let inner = path.trim_start_matches('/');
        let (first, rest) = inner.split_once('/').unwrap_or((inner, ""));
        let all = &self.gateways;
        if let Some(named) = all.iter().find(|wired| wired.0.name == first) {
            return Some((&named.0, &named.1, rest));
        }
        let of_page = match first {
            "checkout" => all.iter().find(|wired| wired.0.core.has_page(rest)),
            _ => None,
        };
        let wired = of_page.or(all.first())?;
        Some((&wired.0, &wired.1, path))
    }
}

async fn accept(listener: TcpListener, socket: Arc<Socket>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let Ok(hosts) = Hosts::of(&listener) else { continue };
                connections.spawn(connection(stream, peer, hosts, Arc::clone(&socket)));
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

async fn connection(stream: TcpStream, peer: SocketAddr, hosts: Hosts, socket: Arc<Socket>) {
    let service = service_fn(|request| answer(request, peer, hosts, &socket));
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
    socket: &Socket,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let outcome = match read(request).await? {
        Ok(request) if !hosts.admits(request.uri(), request.headers()) => {
            Outcome::Answer(hosts::refused())
        }
        Ok(request) => handle(request, peer.ip(), socket),
        Err(refusal) => Err(refusal).into(),
    };
    match outcome {
        Outcome::Answer(response) => Ok(response.map(Full::new)),
        Outcome::Silence => {
            tokio::time::sleep(SILENCE).await;
            Err(HangUp::Asked)
        }
        Outcome::Close => Err(HangUp::Asked),
    }
}

fn handle(mut request: Request<Bytes>, peer: IpAddr, socket: &Socket) -> Outcome {
    let path = request.uri().path().to_owned();
    let Some((gateway, news, path)) = socket.route(&path) else {
        return Err(Refusal::NotFound).into();
    };
    if is_control(path) && !is_here(peer) {
        return Err(Refusal::Forbidden).into();
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(uri) = format!("/{}{query}", path.trim_start_matches('/')).parse() else {
        return Err(Refusal::NotFound).into();
    };
    *request.uri_mut() = uri;
    let outcome = gateway.core.handle(&request);
    news.notify_one();
    outcome
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
