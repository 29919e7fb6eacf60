//! The registry of all gateways, and of those for which this stack has credentials.

pub mod contract;
pub mod sandbox;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::domain::capabilities::{Capabilities, GatewayMode, OUT_OF_REACH};
use crate::domain::names::GatewayName;
use crate::ports::{Clock, Gateway, Transport};
use crate::secrets::{Fault, Members, SecretError, Secrets, Text};

/// Every gateway that Quittance supports. Adding one takes a folder and an entry here.
const ADAPTERS: [Adapter; 1] = [Adapter {
    name: sandbox::NAME,
    open: sandbox::open,
    has_money: false,
    signed_in: sandbox::SIGNED_IN,
}];

struct Adapter {
    name: &'static str,
    open: Open,
    /// Whether the gateway moves real money at all.
    has_money: bool,
    /// The headers that carry its signatures. A delivery without any of them is unsigned, which shows without
    /// reading a secret.
    signed_in: &'static [&'static str],
}

/// The member of a gateway's secret that names its adapter. Without it, the gateway has the adapter's name.
const ADAPTER: &str = "adapter";

/// The names of the adapters.
pub fn adapters() -> impl Iterator<Item = &'static str> {
    ADAPTERS.iter().map(|adapter| adapter.name)
}

fn adapter(name: &str) -> Option<&'static Adapter> {
    ADAPTERS.iter().find(|adapter| adapter.name == name)
}

fn adapter_of(name: &GatewayName, secret: &Value) -> Result<&'static Adapter, Fault> {
    let stated = Members::of(secret, "")?.optional(ADAPTER)?;
    adapter(stated.unwrap_or(name.as_str()))
        .ok_or_else(|| Fault::malformed(ADAPTER, "names no gateway that is supported"))
}

/// The gateway named by the last segment of a webhook's path. `payment` is an alias of the sandbox.
pub fn named_in_path(segment: &str) -> GatewayName {
    GatewayName::new(if segment == "payment" { sandbox::NAME } else { segment })
}

/// Opens a gateway from its secret, with a list that collects faults of single keys.
type Open = fn(&Value, &mut Vec<Fault>, &Means) -> Result<Arc<dyn Gateway>, Fault>;

/// What an adapter works with. An opened gateway lives as long as its secret stays the same, so it may keep
/// a token.
#[derive(Clone, Debug)]
pub struct Means {
    /// The name in `GATEWAYS`; two gateways may have the same adapter.
    pub name: GatewayName,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    /// Whether a gateway's URL may be plain HTTP.
    pub dev_stack: bool,
}

/// The properties of a stack that decide which gateways it may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub dev_stack: bool,
    /// Whether its money is real.
    pub live: bool,
}

#[derive(Clone)]
pub struct Gateways {
    secrets: Secrets,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    configured: Vec<GatewayName>,
    standing: Standing,
    opened: Arc<Mutex<BTreeMap<GatewayName, Kept>>>,
}

/// A gateway, and the text of the secret that it was opened with.
#[derive(Clone)]
struct Kept {
    text: Text,
    adapter: &'static Adapter,
    gateway: Arc<dyn Gateway>,
}

impl fmt::Debug for Gateways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateways").field("configured", &self.configured).finish_non_exhaustive()
    }
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
        clock: Arc<dyn Clock>,
        configured: Vec<GatewayName>,
        standing: Standing,
    ) -> Self {
        Self { secrets, transport, clock, configured, standing, opened: Arc::default() }
    }

    /// The configured gateways in order of preference.
    pub fn configured(&self) -> &[GatewayName] {
        &self.configured
    }

    pub async fn get(&self, name: &GatewayName) -> Result<Arc<dyn Gateway>, GatewayMissing> {
        if !self.configured.contains(name) {
            return Err(GatewayMissing::Unknown);
        }
        let Kept { adapter, gateway, .. } = self.opened(name).await.map_err(missing)?;
        match other_money(self.standing.live, adapter.has_money, gateway.mode()) {
            Some(why) => Err(GatewayMissing::OtherMoney(why)),
            None => Ok(gateway),
        }
    }

    async fn opened(&self, name: &GatewayName) -> Result<Kept, SecretError> {
        let secret = secret_name(name);
        if let Ok(text) = self.secrets.text(&secret).await
            && let Some(kept) = self.lock().get(name).filter(|kept| is_same(&kept.text, &text))
        {
            return Ok(kept.clone());
        }
        let open = |value: &Value, faults: &mut Vec<Fault>| {
            let means = Means {
                name: name.clone(),
                transport: Arc::clone(&self.transport),
                clock: Arc::clone(&self.clock),
                dev_stack: self.standing.dev_stack,
            };
            let adapter = adapter_of(name, value)?;
            Ok((adapter, (adapter.open)(value, faults, &means)?))
        };
        let ((adapter, gateway), text) = self.secrets.read_with_text(&secret, open).await?;
        let kept = Kept { text, adapter, gateway };
        self.lock().insert(name.clone(), kept.clone());
        Ok(kept)
    }

    /// Whether a delivery carries any signature, right or wrong. Reads no secret.
    pub fn shows_signature(
        &self,
        name: &GatewayName,
        headers: &HeaderMap,
    ) -> Result<bool, GatewayMissing> {
        if !self.configured.contains(name) {
            return Err(GatewayMissing::Unknown);
        }
        let shows = |header: &&str| headers.get(*header).is_some_and(|it| !it.is_empty());
        // Only the secret says which adapter a gateway of another name has.
        let named = adapter(name.as_str());
        let mut possible = ADAPTERS.iter().filter(|it| named.is_none_or(|own| own.name == it.name));
        Ok(possible.any(|adapter| adapter.signed_in.iter().any(shows)))
    }

    /// The gateway with its secret read again, if the secret may have been rotated since it was last read.
    pub async fn get_again(&self, name: &GatewayName) -> Option<Arc<dyn Gateway>> {
        if self.secrets.doubt(&secret_name(name)) { self.get(name).await.ok() } else { None }
    }

    /// Lets every gateway prepare for its first call. What fails now is reported when it is needed.
    pub async fn warm_up(&self) {
        let warm = self.configured.iter().map(|name| async {
            if let Ok(gateway) = self.get(name).await {
                gateway.warm_up().await;
            }
        });
        futures_util::future::join_all(warm).await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<GatewayName, Kept>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
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

fn is_same(one: &Text, other: &Text) -> bool {
    one.expose_secret() == other.expose_secret()
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
