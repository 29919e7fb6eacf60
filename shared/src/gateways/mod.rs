//! The registry of all gateways, and of those for which this stack has credentials.

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

/// Every gateway that Quittance supports. Adding one takes a folder and an entry here.
const KNOWN: [Known; 1] = [Known {
    name: sandbox::NAME,
    open: sandbox::open,
    has_money: false,
    signed_in: sandbox::SIGNED_IN,
}];

struct Known {
    name: &'static str,
    open: Open,
    /// Whether the gateway moves real money at all.
    has_money: bool,
    /// The headers that carry its signatures. A delivery without any of them is unsigned, which shows without
    /// reading a secret.
    signed_in: &'static [&'static str],
}

/// The names that `GATEWAYS` may hold.
pub fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.name)
}

/// The gateway named by the last segment of a webhook's path. `payment` is an alias of the sandbox.
pub fn named_in_path(segment: &str) -> GatewayName {
    GatewayName::new(if segment == "payment" { sandbox::NAME } else { segment })
}

/// Opens a gateway from its secret, a list that collects faults of single keys, the transport, and whether
/// this is the dev stack, where a gateway's URL may be plain HTTP.
type Open =
    fn(&Value, &mut Vec<Fault>, Arc<dyn Transport>, bool) -> Result<Arc<dyn Gateway>, Fault>;

/// The properties of a stack that decide which gateways it may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub dev_stack: bool,
    /// Whether its money is real.
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

    /// The configured gateways in order of preference.
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

    /// Whether a delivery carries any signature, right or wrong. Reads no secret.
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

    /// The gateway with its secret read again, if the secret may have been rotated since it was last read.
    pub async fn get_again(&self, name: &GatewayName) -> Option<Arc<dyn Gateway>> {
        if self.secrets.doubt(&secret_name(name)) { self.get(name).await.ok() } else { None }
    }

    /// Opens every configured gateway. An unusable secret is an error: nothing may be decided while that
    /// gateway's abilities are unknown.
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

/// The configured gateways as one invocation found them.
#[derive(Clone, Debug)]
pub struct Opened(BTreeMap<GatewayName, Result<Arc<dyn Gateway>, GatewayMissing>>);

impl Opened {
    pub fn get(&self, name: &GatewayName) -> Result<Arc<dyn Gateway>, GatewayMissing> {
        self.0.get(name).cloned().unwrap_or(Err(GatewayMissing::Unknown))
    }

    /// The abilities of each gateway. One with a placeholder, or with credentials for the other mode, is out
    /// of reach: its payments were begun with other credentials and are not given up.
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

/// Why the stack does not use a gateway whose money is not of the stack's kind, if so.
fn other_money(live: bool, has_money: bool, mode: GatewayMode) -> Option<&'static str> {
    match (live, has_money, mode) {
        (true, false, _) => Some("moves no real money, and this stack is live"),
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
