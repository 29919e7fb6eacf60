//! The client for the dev stack's own HTTP requests.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// No proxy may see the keys of the requests, and a redirect is an answer like any other.
pub fn builder() -> ClientBuilder {
    // The workspace links reqwest without a TLS provider of its own, and it insists on one even for
    // plain HTTP. If another one was installed first, that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(redirect::Policy::none()).connect_timeout(CONNECT_TIMEOUT)
}
