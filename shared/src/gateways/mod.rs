//! The registry: every gateway that exists, and those that this stack has credentials for.

pub mod contract;
pub mod sandbox;

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::capabilities::{Capabilities, GatewayName};
use crate::ports::{Gateway, Transport};
use crate::secrets::{SecretError, Secrets};

/// Every gateway that Quittance speaks to. Adding one is a folder and a line here.
const KNOWN: [(&str, Open); 1] = [(sandbox::NAME, sandbox::open)];

/// The names that `GATEWAYS` may hold.
pub fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(name, _)| *name)
}

/// Of the secret, by the transport; the last one says that this is the dev stack, where a gateway's
/// address may be plain HTTP.
type Open = fn(&SecretString, Arc<dyn Transport>, bool) -> Result<Arc<dyn Gateway>, SecretError>;

#[derive(Clone, Debug)]
pub struct Gateways {
    secrets: Secrets,
    transport: Arc<dyn Transport>,
    configured: Vec<GatewayName>,
    dev_stack: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum GatewayMissing {
    #[error("no gateway has this name")]
    Unknown,
    #[error("the gateway has no usable credentials")]
    NotSet(#[source] SecretError),
    #[error("the gateway's credentials cannot be read now")]
    Unavailable(#[source] SecretError),
}

impl Gateways {
    pub fn new(
        secrets: Secrets,
        transport: Arc<dyn Transport>,
        configured: Vec<GatewayName>,
        dev_stack: bool,
    ) -> Self {
        Self { secrets, transport, configured, dev_stack }
    }

    /// In the order of preference.
    pub fn configured(&self) -> &[GatewayName] {
        &self.configured
    }

    pub async fn get(&self, name: &GatewayName) -> Result<Arc<dyn Gateway>, GatewayMissing> {
        let open = KNOWN
            .iter()
            .find(|(known, _)| *known == name.as_str())
            .filter(|_| self.configured.contains(name))
            .map(|(_, open)| open)
            .ok_or(GatewayMissing::Unknown)?;
        let text = self.secrets.text(&secret_name(name)).await.map_err(missing)?;
        open(&text, Arc::clone(&self.transport), self.dev_stack).map_err(missing)
    }

    /// The gateway with its secret read anew, if it may have been rotated since it was read.
    pub async fn get_again(&self, name: &GatewayName) -> Option<Arc<dyn Gateway>> {
        if self.secrets.forget_if_stale(&secret_name(name)) {
            self.get(name).await.ok()
        } else {
            None
        }
    }

    /// What each gateway with credentials can do. One without is left out: nothing is sent to it.
    pub async fn capabilities(
        &self,
    ) -> Result<BTreeMap<GatewayName, Capabilities>, GatewayMissing> {
        let mut able = BTreeMap::new();
        for name in &self.configured {
            match self.get(name).await {
                Ok(gateway) => {
                    able.insert(name.clone(), gateway.capabilities());
                }
                Err(GatewayMissing::Unavailable(error)) => {
                    return Err(GatewayMissing::Unavailable(error));
                }
                Err(GatewayMissing::Unknown | GatewayMissing::NotSet(_)) => {}
            }
        }
        Ok(able)
    }
}

fn secret_name(name: &GatewayName) -> String {
    format!("gateways/{name}")
}

fn missing(error: SecretError) -> GatewayMissing {
    match error {
        SecretError::Unavailable(_) => GatewayMissing::Unavailable(error),
        SecretError::NotSet | SecretError::Malformed => GatewayMissing::NotSet(error),
    }
}
