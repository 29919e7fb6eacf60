//! The sandbox gateway alone, for anyone who writes code against it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::banner;
use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use crate::gateways::sandbox::{ApiKey, MalformedSecret, Profile, Sandbox, WebhookSecret};
use crate::gateways::{self, Served, Settings};
use crate::listeners::{self, PortError};
use crate::seeds::SANDBOX;

#[derive(Debug)]
pub(crate) struct SandboxOptions {
    pub(crate) port: u16,
    pub(crate) bind: IpAddr,
    pub(crate) data: Option<PathBuf>,
    pub(crate) profile: Profile,
    pub(crate) webhook_url: Option<Url>,
    pub(crate) api_key: Option<String>,
    pub(crate) webhook_secret: Option<String>,
    pub(crate) quiet: bool,
    pub(crate) json: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Open(#[from] gateways::OpenError),
    #[error("--webhook-secret: {0}")]
    Secret(#[from] MalformedSecret),
    #[error("cannot get random bytes from the operating system: {0}")]
    Random(#[from] getrandom::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) async fn run(options: &SandboxOptions) -> Result<(), SandboxError> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let listener = listeners::listen(options.bind, options.port, "the sandbox gateway").await?;
    let url = listeners::url(&listener)?;
    let made_up_key = || format!("sbx_test_{}", crate::random::hex());
    let api_key = options.api_key.clone().unwrap_or_else(made_up_key);
    let webhook_secret = match &options.webhook_secret {
        Some(secret) => secret.clone(),
        None => format!("whsec_{}", crate::random::key()?),
    };
    let sandbox = Sandbox {
        profile: options.profile,
        api_key: ApiKey::new(api_key.clone()),
        webhook_secret: WebhookSecret::parse(&webhook_secret)?,
    };
    let core = sandbox.open(Settings {
        base_url: url.clone(),
        clock: Clock::system(),
        ids: gateways::Ids::random()?,
        disk: options.data.as_deref().map_or_else(|| Ok(Disk::none()), Disk::open)?,
    })?;
    let text = if options.json {
        let pid = std::process::id();
        json!({ "sandbox": url, "api_key": api_key, "webhook_secret": webhook_secret, "pid": pid })
            .to_string()
    } else {
        format!("ready {url}\n\nAPI key         {api_key}\nwebhook secret  {webhook_secret}\n")
    };
    banner::say(&(text + "\n"));
    let webhooks_to = options.webhook_url.clone();
    let alone = Served { name: SANDBOX.to_owned(), core: Arc::new(core), webhooks_to };
    tokio::select! {
        _ = interrupted.recv() => Ok(()),
        _ = terminated.recv() => Ok(()),
        never = gateways::serve(listener, vec![alone]) => match never {},
    }
}
