//! The six ports of the stack.

use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

/// Sockets in the order of their ports, all bound before anything is started.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) api: TcpListener,
    pub(crate) sandbox: TcpListener,
    pub(crate) dynamodb: TcpListener,
    pub(crate) sqs: TcpListener,
    pub(crate) secrets_manager: TcpListener,
    pub(crate) shop: TcpListener,
}

#[derive(Debug, thiserror::Error)]
pub enum PortError {
    #[error(
        "port {port} ({what}) is taken: stop the program that listens there, or choose other ports \
         with --port N (0 takes six free ones)"
    )]
    Taken { port: u16, what: &'static str },
    #[error("cannot listen on port {port} ({what}): {source}")]
    Unusable { port: u16, what: &'static str, source: std::io::Error },
    #[error("--port {0} leaves no room for six ports: the last one is 65535")]
    TooHigh(u16),
}

impl Listeners {
    /// Binds `first` and the five ports after it, or six free ports for 0.
    pub(crate) async fn bind(address: IpAddr, first: u16) -> Result<Self, PortError> {
        let port = |offset: u16| match first {
            0 => Ok(0),
            first => first.checked_add(offset).ok_or(PortError::TooHigh(first)),
        };
        Ok(Self {
            api: listen(address, port(0)?, "the API").await?,
            sandbox: listen(address, port(1)?, "the sandbox gateway").await?,
            dynamodb: listen(address, port(2)?, "DynamoDB").await?,
            sqs: listen(address, port(3)?, "SQS").await?,
            secrets_manager: listen(address, port(4)?, "Secrets Manager").await?,
            shop: listen(address, port(5)?, "the shop").await?,
        })
    }
}

pub(crate) async fn listen(
    address: IpAddr,
    port: u16,
    what: &'static str,
) -> Result<TcpListener, PortError> {
    let bound = TcpListener::bind((address, port)).await;
    bound.map_err(|source| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            PortError::Taken { port, what }
        } else {
            PortError::Unusable { port, what, source }
        }
    })
}

/// The URL of a listener from this machine, without a trailing slash.
pub(crate) fn url(listener: &TcpListener) -> std::io::Result<String> {
    let mut address = listener.local_addr()?;
    if address.ip().is_unspecified() {
        let loopback: IpAddr = match address.ip() {
            IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address = SocketAddr::new(loopback, address.port());
    }
    Ok(format!("http://{address}"))
}

#[cfg(test)]
mod tests {
    use super::{Listeners, url};

    #[tokio::test]
    async fn a_taken_port_is_one_clear_sentence() {
        let loopback = [127, 0, 0, 1].into();
        let first = Listeners::bind(loopback, 0).await.unwrap();
        let taken = first.api.local_addr().unwrap().port();
        let error = Listeners::bind(loopback, taken).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("port {taken} (the API) is taken: ")), "{error}");
        assert!(error.contains("--port N"), "{error}");
        let error = Listeners::bind(loopback, 65_531).await.unwrap_err().to_string();
        assert!(error.contains("no room for six ports") || error.contains("taken"), "{error}");
    }

    #[tokio::test]
    async fn every_address_is_reached_over_loopback() {
        let everywhere = Listeners::bind([0, 0, 0, 0].into(), 0).await.unwrap();
        let port = everywhere.shop.local_addr().unwrap().port();
        assert_eq!(url(&everywhere.shop).unwrap(), format!("http://127.0.0.1:{port}"));
    }
}
