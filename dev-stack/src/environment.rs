//! The environment of the children: the template's variables, and those that Lambda itself would add.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::aws::{ACCOUNT, REGION};
use crate::banner::Addresses;
use crate::lambda::{CHILDREN_MAX, Deployed};
use crate::template::Function;

/// Set for a test, read by children and by clocks.
const PASSED_ON: [&str; 2] = ["QUITTANCE_PAUSE_AT", "QUITTANCE_CLOCK_OFFSET_FILE"];

/// A function of the template as it runs here.
pub(crate) fn deployed(function: &Function, addresses: &Addresses) -> Deployed {
    let children_max = function.concurrency_max.and_then(|max| usize::try_from(max).ok());
    Deployed {
        name: function.name.clone(),
        arn: format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", function.name),
        environment: environment(function, addresses),
        timeout: Duration::from_secs(function.timeout_s),
        children_max: children_max.unwrap_or(CHILDREN_MAX),
    }
}

fn environment(function: &Function, addresses: &Addresses) -> BTreeMap<String, String> {
    let memory_mb = function.memory_mb.to_string();
    let ours = [
        ("QUITTANCE_DEV_STACK", "1"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &addresses.dynamodb),
        ("AWS_ENDPOINT_URL_SQS", &addresses.sqs),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &addresses.secrets_manager),
        ("AWS_LAMBDA_FUNCTION_NAME", &function.name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory_mb),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ];
    let mut environment = function.environment.clone();
    environment.extend(ours.map(|(name, value)| (name.to_owned(), value.to_owned())));
    for name in PASSED_ON {
        environment.extend(variable(name).map(|value| (name.to_owned(), value)));
    }
    environment
}

/// The JSON for `sam local --env-vars`: the declared variables of all functions together, because variables
/// with the same name have the same value. SAM sets those of Lambda itself.
pub(crate) fn env_vars(functions: &[Function], addresses: &Addresses) -> String {
    let mut all = BTreeMap::new();
    for function in functions {
        let mut declared = environment(function, addresses);
        declared.retain(|name, _| function.environment.contains_key(name));
        all.extend(declared);
    }
    format!("{:#}\n", json!({ "Parameters": all }))
}

/// Whether children were asked to pause at a named step.
pub(crate) fn pauses() -> bool {
    variable("QUITTANCE_PAUSE_AT").is_some()
}

#[expect(clippy::disallowed_methods, reason = "what tests set for children is passed on, not read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
