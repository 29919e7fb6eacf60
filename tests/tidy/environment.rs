//! What the template puts into a function's environment is what its `Need`s read.

use std::cell::RefCell;
use std::collections::BTreeSet;

use quittance::config::{Config, Need};

use crate::source::read;
use crate::template::{functions, ours, resource_name};
use crate::{found, none};

const NEEDS: [(&str, Need); 6] = [
    ("Need::Store", Need::Store),
    ("Need::Gateways", Need::Gateways),
    ("Need::Confirmations", Need::Confirmations),
    ("Need::ApiKeys", Need::ApiKeys),
    ("Need::StatusTokens", Need::StatusTokens),
    ("Need::Delivery", Need::Delivery),
];

/// Read by all, set where the code beside it shows that it matters.
const OPTIONAL: [(&str, &str); 2] =
    [("RETURN_ORIGINS", "return_origins"), ("CORS_ORIGINS", "Reply::preflight")];

/// Lambda sets these itself.
fn is_lambdas(name: &str) -> bool {
    name.starts_with("AWS_")
}

/// Set by the dev stack alone: a function of a real stack must not have them.
fn is_the_dev_stacks(name: &str) -> bool {
    name.starts_with("QUITTANCE_")
}

fn needs(code: &str) -> Vec<Need> {
    let named = NEEDS.iter().filter(|(name, _)| code.contains(name));
    named.map(|(_, need)| *need).collect()
}

/// Asks the real reader: with everything set, which of the variables does it want?
fn wanted(code: &str) -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    let get = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    let refused = Config::read(&needs(code), &get);
    assert!(refused.is_err(), "an empty environment is enough");
    let unused = OPTIONAL.iter().filter(|(_, sign)| !code.contains(sign)).map(|(name, _)| *name);
    let unused: Vec<&str> = unused.collect();
    let mut wanted = asked.into_inner();
    wanted.retain(|name| {
        !is_lambdas(name) && !is_the_dev_stacks(name) && !unused.contains(&name.as_str())
    });
    wanted
}

fn violations(function: &str, code: &str, set: &BTreeSet<String>) -> Vec<String> {
    let wanted = wanted(code);
    let name = resource_name(function);
    let missing = wanted.difference(set).map(|v| format!("{name}: {v} is read and not set"));
    let unread = set.difference(&wanted).map(|v| format!("{name}: {v} is set and not read"));
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

/// The list above is all that `config` knows: an unknown need would go unnoticed.
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
            "CreateOrderFunction: TABLE_NAME is read and not set",
            "CreateOrderFunction: CORS_ORIGINS is set and not read",
        ],
    );
}
