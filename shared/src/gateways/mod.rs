//! The registry: every gateway that exists, and those that this stack has credentials for.

pub mod contract;
pub mod sandbox;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::HeaderMap;
use serde_json::Value;

use crate::domain::capabilities::{Capabilities, GatewayMode, OUT_OF_REACH};
use crate::domain::names::GatewayName;
use crate::ports::{Gateway, Transport};
use crate::secrets::{Fault, SecretError, Secrets};

/// Every gateway that Quittance speaks to. Adding one is a folder and a line here.
const KNOWN: [Known; 1] = [Known {
    name: sandbox::NAME,
    open: sandbox::open,
    has_money: false,
    signed_in: sandbox::SIGNED_IN,
}];

struct Known {
    name: &'static str,
    open: Open,
    /// Whether there is money behind it.
    has_money: bool,
    /// The headers in which its signatures come. A delivery with none of them is nobody's, which is
    /// known without a secret.
    signed_in: &'static [&'static str],
}

/// The names that `GATEWAYS` may hold.
pub fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.name)
}

/// The gateway that the last segment of a webhook's address names. `payment` is another name of the
/// sandbox.
pub fn named_in_path(segment: &str) -> GatewayName {
    GatewayName::new(if segment == "payment" { sandbox::NAME } else { segment })
}

/// Of the secret, where what is wrong with single keys is put aside, by the transport; the last one says
/// that this is the dev stack, where a gateway's address may be plain HTTP.
type Open =
    fn(&Value, &mut Vec<Fault>, Arc<dyn Transport>, bool) -> Result<Arc<dyn Gateway>, Fault>;

/// What a stack is, as far as it decides which gateway it may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub dev_stack: bool,
    /// Its money is real.
    pub live: bool,
}

#[derive(Clone, Debug)]
pub struct Gateways {
    secrets: Secrets,
    transport: Arc<dyn Transport>,
    configured: Vec<GatewayName>,
    standing: Standing,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum GatewayMissing {
    #[error("no gateway has this name")]
    Unknown,
    #[error("the gateway has no credentials")]
    NotSet(#[source] Arc<SecretError>),
    #[error("the gateway {0}")]
    OtherMoney(&'static str),
    #[error("the gateway's credentials cannot be used")]
    Unusable(#[source] Arc<SecretError>),
    #[error("the gateway's credentials cannot be read now")]
    Unavailable(#[source] Arc<SecretError>),
}

impl Gateways {
    pub fn new(
        secrets: Secrets,
        transport: Arc<dyn Transport>,
        configured: Vec<GatewayName>,
        standing: Standing,
    ) -> Self {
        Self { secrets, transport, configured, standing }
    }

    /// In the order of preference.
    pub fn configured(&self) -> &[GatewayName] {
        &self.configured
    }

    pub async fn get(&self, name: &GatewayName) -> Result<Arc<dyn Gateway>, GatewayMissing> {
        let known = self.known(name).ok_or(GatewayMissing::Unknown)?;
        let (transport, dev_stack) = (Arc::clone(&self.transport), self.standing.dev_stack);
        let open = |value: &Value, faults: &mut Vec<Fault>| {
            (known.open)(value, faults, transport.clone(), dev_stack)
        };
        let gateway = self.secrets.read(&secret_name(name), open).await.map_err(missing)?;
        match other_money(self.standing.live, known.has_money, gateway.mode()) {
            Some(why) => Err(GatewayMissing::OtherMoney(why)),
            None => Ok(gateway),
        }
    }

    /// Whether a delivery shows a signature at all, right or wrong. Reads no secret.
    pub fn shows_signature(
        &self,
        name: &GatewayName,
        headers: &HeaderMap,
    ) -> Result<bool, GatewayMissing> {
        let known = self.known(name).ok_or(GatewayMissing::Unknown)?;
        let shows = |header: &&str| headers.get(*header).is_some_and(|it| !it.is_empty());
        Ok(known.signed_in.iter().any(shows))
    }

    fn known(&self, name: &GatewayName) -> Option<&'static Known> {
        KNOWN
            .iter()
            .find(|known| known.name == name.as_str())
            .filter(|_| self.configured.contains(name))
    }

    /// The gateway with its secret read anew, if it may have been rotated since it was read.
    pub async fn get_again(&self, name: &GatewayName) -> Option<Arc<dyn Gateway>> {
        if self.secrets.doubt(&secret_name(name)) { self.get(name).await.ok() } else { None }
    }

    /// Every configured gateway. An unusable secret is an error: nobody knows what that gateway can do, so
    /// nothing may be decided.
    pub async fn open_all(&self) -> Result<Opened, GatewayMissing> {
        let mut opened = BTreeMap::new();
        for name in &self.configured {
            let found = self.get(name).await;
            if let Err(error @ (GatewayMissing::Unusable(_) | GatewayMissing::Unavailable(_))) =
                found
            {
                return Err(error);
            }
            opened.insert(name.clone(), found);
        }
        Ok(Opened(opened))
    }
}

/// The configured gateways as one invocation has found them.
#[derive(Clone, Debug)]
pub struct Opened(BTreeMap<GatewayName, Result<Arc<dyn Gateway>, GatewayMissing>>);

impl Opened {
    pub fn get(&self, name: &GatewayName) -> Result<Arc<dyn Gateway>, GatewayMissing> {
        self.0.get(name).cloned().unwrap_or(Err(GatewayMissing::Unknown))
    }

    /// What each can do. A gateway with a placeholder, or with credentials for the other kind of money, is
    /// out of reach: its payments were begun with other credentials and are not given up.
    pub fn capabilities(&self) -> BTreeMap<GatewayName, Capabilities> {
        let able = |found: &Result<Arc<dyn Gateway>, GatewayMissing>| match found {
            Ok(gateway) => Some(gateway.capabilities()),
            Err(GatewayMissing::Unknown) => None,
            Err(
                GatewayMissing::NotSet(_)
                | GatewayMissing::OtherMoney(_)
                | GatewayMissing::Unusable(_)
                | GatewayMissing::Unavailable(_),
            ) => Some(OUT_OF_REACH),
        };
        self.0.iter().filter_map(|(name, found)| Some((name.clone(), able(found)?))).collect()
    }
}

/// Why a stack does not take a gateway, if its money is not that of the stack.
fn other_money(live: bool, has_money: bool, mode: GatewayMode) -> Option<&'static str> {
    match (live, has_money, mode) {
        (true, false, _) => Some("has no money behind it, and this stack is live"),
        (true, true, GatewayMode::Test) => Some("has test credentials, and this stack is live"),
        (false, _, GatewayMode::Live) => Some("has live credentials, and this stack is not live"),
        (true, true, GatewayMode::Live) | (false, _, GatewayMode::Test) => None,
    }
}

fn secret_name(name: &GatewayName) -> String {
    format!("gateways/{name}")
}

fn missing(error: SecretError) -> GatewayMissing {
    let why = match &error {
        SecretError::Unavailable { .. } => GatewayMissing::Unavailable,
        SecretError::Unusable { fault, .. } if fault.is_a_placeholder() => GatewayMissing::NotSet,
        SecretError::Unusable { .. } => GatewayMissing::Unusable,
    };
    why(Arc::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_money_moves_in_a_live_stack_only_and_no_other_there() {
        let taken = |live, has_money, mode| other_money(live, has_money, mode).is_none();
        assert!(taken(true, true, GatewayMode::Live));
        assert!(taken(false, true, GatewayMode::Test) && taken(false, false, GatewayMode::Test));
        assert!(!taken(true, true, GatewayMode::Test), "test credentials");
        assert!(
            !taken(true, false, GatewayMode::Test) && !taken(true, false, GatewayMode::Live),
            "the sandbox"
        );
        assert!(!taken(false, true, GatewayMode::Live) && !taken(false, false, GatewayMode::Live));
    }
}
