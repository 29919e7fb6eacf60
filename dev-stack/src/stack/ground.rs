//! Opens each part of the stack on what they all share.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::{Options, StackError};
use crate::aws::dynamodb;
use crate::aws::secrets_manager::SecretsManager;
use crate::aws::sqs::Sqs;
use crate::aws::{ACCOUNT, Ids, REGION};
use crate::banner::Addresses;
use crate::children::{Output, Program};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::gateways::sandbox::Sandbox;
use crate::gateways::{self, Core, Served, Settings};
use crate::lambda::Lambda;
use crate::listeners::{self, Listeners};
use crate::rehearsal::Rehearsal;
use crate::runtime_api::RuntimeApi;
use crate::seeds::{LOCAL_API_KEY, SANDBOX, SeedError, Seeds};
use crate::shop::{self, Shop};
use crate::template::{SOURCE, Secret, Surroundings, Template};
use crate::{environment, functions};

/// The stack's name, which begins the names of all queues, tables and secrets.
const STACK_NAME: &str = "quittance";

/// A laptop has one sweep: it need not look into 64 shards each minute.
const DUE_SHARDS: &str = "8";

/// What all parts share.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) clock: Clock,
    pub(super) disk: Disk,
    pub(super) template: Template,
    pub(super) addresses: Addresses,
    seeds: Seeds,
}

impl Ground {
    pub(super) fn new(options: &Options, listeners: &Listeners) -> Result<Self, StackError> {
        let addresses = Addresses {
            api: listeners::url(&listeners.api)?,
            sandbox: listeners::url(&listeners.sandbox)?,
            dynamodb: listeners::url(&listeners.dynamodb)?,
            sqs: listeners::url(&listeners.sqs)?,
            secrets_manager: listeners::url(&listeners.secrets_manager)?,
            shop: listeners::url(&listeners.shop)?,
        };
        let seeds = Seeds {
            stack_name: STACK_NAME.to_owned(),
            gateways: match options.gateways.as_slice() {
                [] => vec![SANDBOX.to_owned()],
                named => named.to_vec(),
            },
            sandbox_url: addresses.sandbox.clone(),
            shop_url: addresses.shop.clone(),
            delivery_url: options.delivery_url.as_ref().map(ToString::to_string),
            profile: options.profile,
        };
        Ok(Self {
            clock: Clock::system(),
            disk: options.data.as_deref().map_or_else(|| Ok(Disk::none()), Disk::open)?,
            template: Template::read(SOURCE, &surroundings(options, &addresses))?,
            addresses,
            seeds,
        })
    }

    pub(super) fn database(&self, options: &Options) -> Result<dynoxide::Database, StackError> {
        let database = match &options.data {
            Some(dir) => dynamodb::open_file(dir)?,
            None => dynamodb::open_memory(self.clock.clone())?,
        };
        dynamodb::provide(&database, &self.template.tables)?;
        Ok(database)
    }

    pub(super) fn sqs(&self) -> Result<Sqs, StackError> {
        let (clock, disk) = (self.clock.clone(), self.disk.clone());
        let sqs = Sqs::open(&self.addresses.sqs, clock, Ids::random(), disk)?;
        sqs.provide(&self.template.queues)?;
        Ok(sqs)
    }

    pub(super) fn secrets(&self, options: &Options) -> Result<SecretsManager, StackError> {
        let disk = self.disk.clone();
        let secrets = SecretsManager::open(self.clock.clone(), Ids::random(), disk)?;
        let wanted = self.secrets_wanted();
        self.seeds.plant(&wanted, &secrets, &self.disk)?;
        if let Some(file) = &options.secrets {
            Seeds::plant_file(&wanted, &secrets, file)?;
        }
        Ok(secrets)
    }

    /// Those of the template, and those of gateways that the template does not know by name.
    fn secrets_wanted(&self) -> Vec<Secret> {
        let mut wanted = self.template.secrets.clone();
        for name in &self.seeds.gateways {
            let name = self.seeds.name(&format!("gateways/{name}"));
            if wanted.iter().all(|secret| secret.name != name) {
                wanted.push(Secret { name, placeholder: None });
            }
        }
        wanted
    }

    pub(super) fn gateways(&self, secrets: &SecretsManager) -> Result<Vec<Served>, StackError> {
        let served = self.seeds.gateways.iter().map(|name| {
            let core = Arc::new(self.sandbox(name, secrets)?);
            let webhooks_to =
                Url::parse(&format!("{}/api/webhooks/{name}", self.addresses.api)).ok();
            Ok(Served { name: name.clone(), core, webhooks_to })
        });
        served.collect()
    }

    fn sandbox(&self, name: &str, secrets: &SecretsManager) -> Result<Core, StackError> {
        let (api_key, webhook_secret) = self.seeds.sandbox_keys(name, secrets)?;
        let sandbox = Sandbox { profile: self.seeds.profile, api_key, webhook_secret };
        let core = sandbox.open(Settings {
            base_url: self.addresses.sandbox.clone(),
            clock: self.clock.clone(),
            ids: gateways::Ids::random().map_err(SeedError::from)?,
            disk: if name == SANDBOX { self.disk.clone() } else { self.disk.of(name) },
        })?;
        // Payments are for the receiver of the confirmations; a stranger's server is known only by its
        // host name.
        let url = self.seeds.delivery_url.as_deref().and_then(|url| Url::parse(url).ok());
        Ok(core.of_merchant(url.and_then(|url| url.host_str().map(str::to_owned))))
    }

    pub(super) async fn lambda(&self, options: &Options) -> Result<Lambda, StackError> {
        let known = |name: &str| functions::NAMES.contains(&name);
        if let Some(unknown) = self.template.functions.iter().find(|it| !known(&it.name)) {
            return Err(StackError::NoFunction(unknown.name.clone()));
        }
        let output = match (options.quiet, environment::pauses()) {
            (false, _) => Output::Shown,
            // A test that waits for a child to pause reads the line in which the child says so.
            (true, true) => Output::ErrorsOnly,
            (true, false) => Output::Dropped,
        };
        let api = RuntimeApi::start().await?;
        let functions = self.template.functions.iter();
        let functions = functions.map(|it| environment::deployed(it, &self.addresses)).collect();
        Ok(Lambda::new(functions, &Program::ourselves(output)?, &api))
    }

    pub(super) fn write_env_vars(&self, file: &Path) -> Result<(), StackError> {
        let text = environment::env_vars(&self.template.functions, &self.addresses);
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(file, text));
        written.map_err(|source| StackError::EnvVars { file: file.to_owned(), source })
    }

    pub(super) fn rehearsal(&self, sqs: Sqs, secrets: SecretsManager) -> Rehearsal {
        Rehearsal { sqs, secrets, secret: self.seeds.name("delivery"), clock: self.clock.clone() }
    }

    pub(super) fn shop(&self, secrets: SecretsManager) -> Result<Shop, StackError> {
        Ok(Shop::open(shop::Settings {
            api_url: self.addresses.api.clone(),
            shop_url: self.addresses.shop.clone(),
            gateway_url: self.addresses.sandbox.clone(),
            api_key: LOCAL_API_KEY.to_owned(),
            secrets,
            delivery_secret: self.seeds.name("delivery"),
            clock: self.clock.clone(),
            disk: self.disk.clone(),
        })?)
    }
}

fn surroundings(options: &Options, addresses: &Addresses) -> Surroundings {
    // A browser may have opened the shop by the other name of this machine.
    let shop = [addresses.shop.clone(), addresses.shop.replace("127.0.0.1", "localhost")];
    let origins = [&shop[..], &options.origins].concat().join(",");
    let mut parameters = BTreeMap::from([
        ("CorsOrigins".to_owned(), origins.clone()),
        ("DueShards".to_owned(), DUE_SHARDS.to_owned()),
        ("ReturnOrigins".to_owned(), origins),
    ]);
    if !options.gateways.is_empty() {
        parameters.insert("Gateways".to_owned(), options.gateways.join(","));
    }
    Surroundings {
        stack_name: STACK_NAME.to_owned(),
        region: REGION.to_owned(),
        account_id: ACCOUNT.to_owned(),
        parameters,
        sqs_url: addresses.sqs.clone(),
        api_url: addresses.api.clone(),
    }
}
