//! The template gives each function exactly the environment that its `Need`s read.

use std::cell::RefCell;
use std::collections::BTreeSet;

use quittance::config::{Config, Need};
use serde_json::{Value, json};

use crate::source::read;
use crate::template::{functions, ours, resource_name};
use crate::{found, none};

const NEEDS: [(&str, Need); 7] = [
    ("Need::Store", Need::Store),
    ("Need::Parking", Need::Parking),
    ("Need::Gateways", Need::Gateways),
    ("Need::Confirmations", Need::Confirmations),
    ("Need::ApiKeys", Need::ApiKeys),
    ("Need::StatusTokens", Need::StatusTokens),
    ("Need::Delivery", Need::Delivery),
];

/// Read by all functions, but set only where the code of this name shows that it matters.
const OPTIONAL: [(&str, &str); 2] =
    [("RETURN_ORIGINS", "return_origins"), ("CORS_ORIGINS", "Reply::preflight")];

/// Lambda sets these itself.
fn is_lambdas(name: &str) -> bool {
    name.starts_with("AWS_")
}

/// Set by the dev stack only; in a real stack they have no value.
fn is_the_dev_stacks(name: &str) -> bool {
    name.starts_with("QUITTANCE_")
}

fn needs(code: &str) -> Vec<Need> {
    let named = NEEDS.iter().filter(|(name, _)| code.contains(name));
    named.map(|(_, need)| *need).collect()
}

/// `sam local` sets only what the template declares; a container of the dev stack needs these.
fn is_a_containers(name: &str) -> bool {
    name.starts_with("AWS_ENDPOINT_URL_") || name == "QUITTANCE_DEV_STACK"
}

/// Asks the real reader for the variables it would read.
fn asked(code: &str) -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    let get = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    let refused = Config::read(&needs(code), &get);
    assert!(refused.is_err(), "an empty environment is enough");
    asked.into_inner()
}

fn wanted(code: &str) -> BTreeSet<String> {
    let unused = OPTIONAL.iter().filter(|(_, sign)| !code.contains(sign)).map(|(name, _)| *name);
    let unused: Vec<&str> = unused.collect();
    let mut wanted = asked(code);
    wanted.retain(|name| {
        !is_lambdas(name) && !is_the_dev_stacks(name) && !unused.contains(&name.as_str())
    });
    wanted
}

fn violations(function: &str, code: &str, set: &BTreeSet<String>) -> Vec<String> {
    let wanted = wanted(code);
    let name = resource_name(function);
    let missing = wanted.difference(set).map(|v| format!("{name}: {v} is read but not set"));
    let unread = set.difference(&wanted).map(|v| format!("{name}: {v} is set but not read"));
    missing.chain(unread).collect()
}

fn code_of(function: &str) -> String {
    ["lib", "body"].map(|file| read(&format!("functions/{function}/src/{file}.rs"))).concat()
}

#[test]
fn a_function_gets_the_variables_that_it_reads() {
    let mut all = Vec::new();
    for (name, properties) in functions(&ours()) {
        let function = properties["CodeUri"].as_str().unwrap().trim_start_matches("functions/");
        assert_eq!(name, resource_name(function));
        let variables = properties["Environment"]["Variables"].as_object().cloned();
        let set = variables.unwrap_or_default().keys().cloned().collect();
        all.extend(violations(function, &code_of(function), &set));
    }
    none(&all);
}

/// The variables that the template must declare for all functions: a container needs them, and they have
/// no value of their own.
fn undeclared(template: &Value) -> Vec<String> {
    let declared = &template["Globals"]["Function"]["Environment"]["Variables"];
    let declared = declared.as_object().cloned().unwrap_or_default();
    let mut needed = asked("");
    needed.retain(|name| is_a_containers(name));
    let missing = needed.iter().filter(|name| !declared.contains_key(*name));
    let missing = missing.map(|name| format!("Globals: {name} is read but not declared"));
    let stray = declared.iter().filter(|(name, _)| !needed.contains(*name));
    let stray = stray.map(|(name, _)| format!("Globals: no container needs {name}"));
    let set = declared.iter().filter(|(_, value)| *value != "");
    let set =
        set.map(|(name, value)| format!("Globals: {name} also has the value {value} in the cloud"));
    missing.chain(stray).chain(set).collect()
}

#[test]
fn what_a_container_needs_is_declared_and_has_no_value_in_the_cloud() {
    none(&undeclared(&ours()));
}

#[test]
fn a_declaration_that_is_missing_or_has_a_value_is_found() {
    let declared = json!({
        "AWS_ENDPOINT_URL_DYNAMODB": "",
        "AWS_ENDPOINT_URL_SQS": "",
        "QUITTANCE_DEV_STACK": "1",
        "GATEWAYS": "",
    });
    let globals =
        json!({ "Globals": { "Function": { "Environment": { "Variables": declared } } } });
    found(
        &undeclared(&globals),
        &[
            "Globals: AWS_ENDPOINT_URL_SECRETS_MANAGER is read but not declared",
            "Globals: no container needs GATEWAYS",
            "Globals: QUITTANCE_DEV_STACK also has the value \"1\" in the cloud",
        ],
    );
}

/// The list above is everything that `config` knows: an unknown need would go unnoticed.
#[test]
fn every_need_is_known() {
    let config = read("shared/src/config.rs");
    let listed = config.split_once("pub enum Need {").unwrap().1.split_once('}').unwrap().0;
    let variants: Vec<&str> =
        listed.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    let known: Vec<&str> =
        NEEDS.iter().map(|(name, _)| name.trim_start_matches("Need::")).collect();
    assert_eq!(variants, known);
}

#[test]
fn a_variable_that_is_missing_or_idle_is_found() {
    let set = ["STACK_NAME", "DUE_SHARDS", "CORS_ORIGINS"].map(str::to_owned);
    found(
        &violations("create-order", "&[Need::Store]", &set.into_iter().collect()),
        &[
            "CreateOrderFunction: TABLE_NAME is read but not set",
            "CreateOrderFunction: CORS_ORIGINS is set but not read",
        ],
    );
}
