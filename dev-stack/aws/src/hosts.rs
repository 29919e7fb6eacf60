//! The callers that a port answers. A page of another site may give its own name the address of this machine
//! (DNS rebinding): to the browser this stack is then that site, and the page can read everything. But the
//! browser still sends the name.

use std::net::IpAddr;
use std::str::FromStr;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Method, StatusCode, Uri};
use tokio::net::TcpListener;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REFUSED: &str = r#"{"message":"Misdirected Request: this stack answers to localhost and to the address that it listens on, not to the name in the header Host."}"#;

/// The names by which a listener is known: those of this machine's loopback, the address that it is bound
/// to, and any address if it is bound to all of them. The port does not matter, because a tunnel may have
/// another.
#[derive(Clone, Copy, Debug)]
pub struct Hosts {
    bound: IpAddr,
}

impl Hosts {
    pub fn of(listener: &TcpListener) -> std::io::Result<Self> {
        Ok(Self { bound: listener.local_addr()?.ip().to_canonical() })
    }

    /// Every name in the request must be ours. A request without a name does not come from a browser.
    pub fn admits(self, uri: &Uri, headers: &HeaderMap) -> bool {
        let named = |value: &http::HeaderValue| {
            let authority = value.to_str().ok().and_then(|text| Authority::from_str(text).ok());
            authority.is_some_and(|authority| self.knows(authority.host()))
        };
        uri.host().is_none_or(|host| self.knows(host)) && headers.get_all(HOST).iter().all(named)
    }

    fn knows(self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        match IpAddr::from_str(bare.unwrap_or(&host)).map(|address| address.to_canonical()) {
            Ok(address) => {
                address.is_loopback() || address == self.bound || self.bound.is_unspecified()
            }
            // Browsers resolve these names themselves, and only to this machine.
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        }
    }

    pub fn guard(self, routes: Router) -> Router {
        routes.layer(middleware::from_fn_with_state(self, pass))
    }
}

async fn pass(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if hosts.admits(request.uri(), request.headers()) {
        next.run(request).await
    } else {
        refused().map(Body::from)
    }
}

pub fn refused() -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from_static(REFUSED.as_bytes()));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Whether a page of another site makes the browser request a change here. Browsers send the page's site. A
/// client that sends nothing is not a browser, and carries only the cookies that it was given.
pub fn is_from_elsewhere(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    let text = |name: &HeaderName| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    match (text(&FETCH_SITE), text(&ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || host != text(&HOST)
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(bound: &str, host: &str) -> bool {
        let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        Hosts { bound: bound.parse().unwrap() }.admits(&Uri::from_static("/"), &headers)
    }

    #[test]
    fn a_port_answers_to_this_machines_names_and_to_its_own_address_alone() {
        for host in ["localhost", "LOCALHOST:3000", "shop.localhost", "127.0.0.1:9", "[::1]:3000"] {
            assert!(admits("127.0.0.1", host), "{host}");
        }
        let strange = [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evillocalhost",
            "localhost@evil.example",
            "10.0.0.7",
            "a b",
            "",
        ];
        for host in strange {
            assert!(!admits("127.0.0.1", host), "{host}");
        }
        assert!(admits("172.17.0.1", "172.17.0.1:3000") && !admits("172.17.0.1", "172.17.0.2"));
        assert!(admits("0.0.0.0", "192.168.1.5:3000") && !admits("0.0.0.0", "evil.example"));
    }

    #[test]
    fn every_host_of_a_request_is_checked() {
        let hosts = Hosts { bound: [127, 0, 0, 1].into() };
        let both = [(HOST, "localhost".parse().unwrap()), (HOST, "evil.example".parse().unwrap())];
        let mut headers = HeaderMap::new();
        for (name, value) in both {
            headers.append(name, value);
        }
        assert!(!hosts.admits(&Uri::from_static("/"), &headers));
        assert!(!hosts.admits(&Uri::from_static("http://evil.example/"), &HeaderMap::new()));
        assert!(
            hosts.admits(&Uri::from_static("/"), &HeaderMap::new()),
            "no browser leaves it out"
        );
    }

    #[test]
    fn a_request_of_another_sites_page_is_known_by_the_browsers_headers() {
        let asked = |method: Method, said: &[(HeaderName, &str)]| {
            let said = said.iter().map(|(name, text)| (name.clone(), text.parse().unwrap()));
            let host = [(HOST, "127.0.0.1:3005".parse().unwrap())];
            is_from_elsewhere(&method, &host.into_iter().chain(said).collect())
        };
        for (said, elsewhere) in [
            (vec![], false),
            (vec![(FETCH_SITE, "same-origin")], false),
            (vec![(FETCH_SITE, "none")], false),
            (vec![(FETCH_SITE, "cross-site")], true),
            (vec![(FETCH_SITE, "same-site")], true),
            // A proxy in front may have changed the name, not what the browser says.
            (vec![(FETCH_SITE, "same-origin"), (ORIGIN, "https://shop.example")], false),
            (vec![(ORIGIN, "http://127.0.0.1:3005")], false),
            (vec![(ORIGIN, "http://127.0.0.1:3001")], true),
            (vec![(ORIGIN, "http://localhost:3005")], true),
            (vec![(ORIGIN, "null")], true),
        ] {
            assert_eq!(asked(Method::POST, &said), elsewhere, "{said:?}");
            assert!(!asked(Method::GET, &said), "{said:?}");
        }
    }
}
