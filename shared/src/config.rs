//! The environment, read once at start. All missing or malformed variables are reported at once, by name.
//! An empty variable counts as missing. Nothing else reads the environment.

use std::collections::BTreeMap;
use std::path::PathBuf;

use url::Url;

use crate::delivery_url;
use crate::domain::names::{GatewayName, TargetName};

/// A part of the environment that a function uses; its template entry grants the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Store,
    /// Parking events that fit no order.
    Parking,
    Gateways,
    Confirmations,
    /// Calls by merchants' servers.
    ApiKeys,
    /// Calls by shoppers' browsers.
    StatusTokens,
    /// Posting to the configured delivery address.
    Delivery,
}

#[derive(Clone, Debug, Default)]
pub struct Config {
    pub stack: String,
    pub table: String,
    /// The secrets read at start, without the stack's name.
    pub secrets: Vec<&'static str>,
    pub due_shards: u32,
    /// How many events of unknown orders are parked per hour; further events are refused until later.
    pub parked_per_hour: Option<u32>,
    pub gateways: Vec<GatewayName>,
    /// Whether the money is real: a live stack accepts only live credentials, any other stack none of them.
    pub live: bool,
    pub targets: Vec<Target>,
    pub return_origins: Vec<String>,
    pub cors_origins: Vec<String>,
    /// Where confirmations are posted, unless the secret names another URL.
    pub delivery_url: Option<Url>,
    /// Set by the dev stack for its children and containers: accepts its key and plain HTTP.
    pub dev_stack: bool,
    /// Whether requests may go to public addresses only.
    pub public_addresses_only: bool,
    pub aws: AwsConfig,
    /// Debug builds: seconds added to every reading of the clock.
    pub clock_offset_file: Option<PathBuf>,
    /// Debug builds: the step at which the process pauses.
    pub pause_at: Option<String>,
}

/// A queue that receives confirmations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub name: TargetName,
    pub url: String,
}

#[derive(Clone, Default)]
pub struct AwsConfig {
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
    /// Endpoints by service id (`DynamoDB`), for emulators.
    pub endpoints: BTreeMap<&'static str, String>,
}

impl std::fmt::Debug for AwsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AwsConfig").field("region", &self.region).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment is incomplete: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

const ENDPOINTS: [(&str, &str); 3] = [
    ("DynamoDB", "AWS_ENDPOINT_URL_DYNAMODB"),
    ("SQS", "AWS_ENDPOINT_URL_SQS"),
    ("Secrets Manager", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
];

impl Config {
    pub fn from_env(needs: &[Need]) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Self::read(needs, &|name| std::env::var(name).ok())
    }

    pub fn read(needs: &[Need], get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        // The template declares variables that only a local run sets, with empty values.
        let get = &|name: &str| get(name).filter(|value| !value.is_empty());
        let mut read = Reader { get, errors: Vec::new() };
        let aws = AwsConfig {
            region: read.required("AWS_REGION"),
            access_key_id: read.required("AWS_ACCESS_KEY_ID"),
            secret_access_key: read.required("AWS_SECRET_ACCESS_KEY"),
            session_token: get("AWS_SESSION_TOKEN"),
            endpoints: endpoints(get),
        };
        let mut config = Self {
            stack: read.required("STACK_NAME"),
            return_origins: list(get("RETURN_ORIGINS")),
            cors_origins: list(get("CORS_ORIGINS")),
            dev_stack: get("QUITTANCE_DEV_STACK").is_some(),
            aws,
            due_shards: 1,
            ..Self::default()
        };
        for need in needs {
            match need {
                Need::Store => {
                    config.table = read.required("TABLE_NAME");
                    config.due_shards = read.number("DUE_SHARDS", 1024);
                }
                Need::Parking => {
                    config.parked_per_hour = Some(read.number("PARKED_PER_HOUR", 1_000_000));
                }
                Need::Gateways => {
                    config.gateways = read.gateways();
                    config.live = read.flag("LIVE");
                }
                Need::Confirmations => config.targets = read.targets(),
                Need::ApiKeys => config.secrets.push("api-keys"),
                Need::StatusTokens => config.secrets.push("status-token"),
                Need::Delivery => {
                    config.public_addresses_only = !config.dev_stack;
                    config.delivery_url = read.delivery_url(config.dev_stack);
                    config.secrets.push("delivery");
                }
            }
        }
        if cfg!(debug_assertions) {
            config.clock_offset_file = get("QUITTANCE_CLOCK_OFFSET_FILE").map(PathBuf::from);
            config.pause_at = get("QUITTANCE_PAUSE_AT");
        }
        if read.errors.is_empty() { Ok(config) } else { Err(ConfigError(read.errors)) }
    }
}

struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    errors: Vec<String>,
}

impl Reader<'_> {
    fn required(&mut self, name: &str) -> String {
        (self.get)(name).unwrap_or_else(|| {
            self.errors.push(format!("{name} is missing"));
            String::new()
        })
    }

    fn number(&mut self, name: &str, max: u32) -> u32 {
        let text = self.required(name);
        let number = text.parse().ok().filter(|number| (1..=max).contains(number));
        if number.is_none() && !text.is_empty() {
            self.errors.push(format!("{name} is not a number from 1 to {max}"));
        }
        number.unwrap_or(1)
    }

    fn flag(&mut self, name: &str) -> bool {
        let text = self.required(name);
        if !matches!(text.as_str(), "" | "true" | "false") {
            self.errors.push(format!("{name} is neither true nor false"));
        }
        text == "true"
    }

    fn delivery_url(&mut self, dev_stack: bool) -> Option<Url> {
        let wrong = |wrong| self.errors.push(format!("DELIVERY_URL {wrong}"));
        let text = (self.get)("DELIVERY_URL")?;
        delivery_url::parse(&text, dev_stack).map_err(wrong).ok()
    }

    fn gateways(&mut self) -> Vec<GatewayName> {
        let text = self.required("GATEWAYS");
        list(Some(text)).iter().map(GatewayName::new).collect()
    }

    fn targets(&mut self) -> Vec<Target> {
        let text = self.required("CONFIRMATION_QUEUES");
        let mut targets = Vec::new();
        for entry in list(Some(text)) {
            match entry.split_once('=') {
                Some((name, url)) if !name.is_empty() && url.starts_with("http") => {
                    targets.push(Target { name: TargetName::new(name), url: url.to_owned() });
                }
                _ => self.errors.push("CONFIRMATION_QUEUES is not a list of name=url".to_owned()),
            }
        }
        targets
    }
}

/// One endpoint for all services or one per service, under the names that every AWS client reads.
fn endpoints(get: &dyn Fn(&str) -> Option<String>) -> BTreeMap<&'static str, String> {
    let of = |name: &str| get(name).or_else(|| get("AWS_ENDPOINT_URL"));
    ENDPOINTS.iter().filter_map(|(id, name)| Some((*id, of(name)?))).collect()
}

fn list(text: Option<String>) -> Vec<String> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let error = Config::read(&[Need::Store, Need::Confirmations], &|_| None).unwrap_err();
        insta::assert_snapshot!(error, @"the environment is incomplete: AWS_REGION is missing; AWS_ACCESS_KEY_ID is missing; AWS_SECRET_ACCESS_KEY is missing; STACK_NAME is missing; TABLE_NAME is missing; DUE_SHARDS is missing; CONFIRMATION_QUEUES is missing");
    }

    #[test]
    fn a_function_that_needs_no_store_is_not_asked_for_one() {
        let get = |name: &str| (!name.starts_with("QUITTANCE")).then(|| "x".to_owned());
        let config = Config::read(&[], &get).unwrap();
        assert!(config.table.is_empty());
    }

    #[test]
    fn an_empty_variable_counts_as_missing() {
        let empty = |name: &str| match name {
            "AWS_SESSION_TOKEN" | "DELIVERY_URL" | "QUITTANCE_DEV_STACK" => Some(String::new()),
            name if name.starts_with("AWS_ENDPOINT_URL") => Some(String::new()),
            name => (!name.starts_with("QUITTANCE")).then(|| "x".to_owned()),
        };
        let config = Config::read(&[Need::Delivery], &empty).unwrap();
        assert!(config.aws.endpoints.is_empty());
        assert_eq!((config.aws.session_token, config.delivery_url), (None, None));
        assert!(!config.dev_stack && config.public_addresses_only);
        let error = Config::read(&[Need::Store], &|_| Some(String::new())).unwrap_err();
        assert!(error.to_string().contains("TABLE_NAME is missing"), "{error}");
    }

    #[test]
    fn whether_money_is_real_is_said_and_never_guessed() {
        let read = |live: &'static str| {
            let get = move |name: &str| match name {
                "LIVE" => Some(live.to_owned()),
                name => (!name.starts_with("QUITTANCE")).then(|| "x".to_owned()),
            };
            Config::read(&[Need::Gateways], &get).map(|config| config.live)
        };
        assert_eq!((read("true"), read("false")), (Ok(true), Ok(false)));
        for unclear in ["yes", "1", "True", "live"] {
            let error = read(unclear).unwrap_err().to_string();
            assert!(error.ends_with(": LIVE is neither true nor false"), "{error}");
        }
        assert!(read("").unwrap_err().to_string().ends_with(": LIVE is missing"));
    }

    #[test]
    fn a_bad_delivery_url_is_refused_at_start_without_showing_its_password() {
        let config = |url: &str| {
            let url = url.to_owned();
            let get = move |name: &str| match name {
                "DELIVERY_URL" => Some(url.clone()),
                name => (!name.starts_with("QUITTANCE")).then(|| "x".to_owned()),
            };
            Config::read(&[Need::Delivery], &get)
        };
        assert!(config("https://shop.example/hook").unwrap().delivery_url.is_some());
        let error = config("https://user:hush@shop.example/hook").unwrap_err().to_string();
        assert!(error.contains("DELIVERY_URL has a user name or password"), "{error}");
        assert!(!error.contains("hush"), "{error}");
        let error = config("https://shop.example/hook#part").unwrap_err().to_string();
        assert!(error.contains("DELIVERY_URL has a # part"), "{error}");
    }

    #[test]
    fn keys_never_show() {
        let aws = AwsConfig { secret_access_key: "hush".to_owned(), ..AwsConfig::default() };
        assert!(!format!("{aws:?}").contains("hush"));
    }
}
