//! One name in five places: `functions/create-order` is the resource `CreateOrderFunction`, the sample
//! `events/create-order.json`, the journey `tests/journeys/create_order.rs`, a row of the README's map,
//! and a function that the dev stack runs.

use std::fs;

use serde_json::Value;

use crate::source::{files, read, root};
use crate::template::{functions, ours, parse, resource_name};
use crate::{found, none};

struct Places {
    folders: Vec<String>,
    template: Value,
    events: Vec<String>,
    journeys: Vec<String>,
    readme: String,
    dev_stack: Vec<String>,
}

fn real() -> Places {
    let entries = fs::read_dir(root().join("functions")).unwrap();
    let mut folders: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    Places {
        folders,
        template: ours(),
        events: files("events", "json"),
        journeys: files("tests/journeys", "rs"),
        readme: read("README.md"),
        dev_stack: dev_stack::functions::NAMES.map(str::to_owned).to_vec(),
    }
}

fn violations(places: &Places) -> Vec<String> {
    let mut violations = Vec::new();
    for name in &places.folders {
        let folder = format!("functions/{name}");
        let resource = resource_name(name);
        if places.template["Resources"][&resource]["Properties"]["CodeUri"] != folder.as_str() {
            violations.push(format!("{folder}: template.yaml has no {resource} with this CodeUri"));
        }
        let events = format!("events/{name}");
        if !places.events.iter().any(|event| belongs(event, &events, &['-', '.'])) {
            violations.push(format!("{folder}: no {events}.json"));
        }
        let journey = format!("tests/journeys/{}", name.replace('-', "_"));
        if !places.journeys.iter().any(|path| belongs(path, &journey, &['.', '/'])) {
            violations.push(format!("{folder}: no {journey}.rs"));
        }
        if !places.readme.contains(&folder) {
            violations.push(format!("{folder}: no row in the map of README.md"));
        }
        if !places.dev_stack.contains(name) {
            violations.push(format!("{folder}: the dev stack does not run it"));
        }
    }
    violations.extend(strays(places));
    violations
}

fn belongs(path: &str, name: &str, ends: &[char]) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.starts_with(ends))
}

/// Entries for functions that do not exist.
fn strays(places: &Places) -> Vec<String> {
    let known =
        |folder: &str| places.folders.iter().any(|name| folder == format!("functions/{name}"));
    let in_template = functions(&places.template).into_iter().filter_map(|(name, properties)| {
        let folder = properties["CodeUri"].as_str().unwrap_or_default().to_owned();
        (!known(&folder)).then(|| format!("template.yaml: {name} has no folder"))
    });
    let in_events = places.events.iter().filter_map(|event| {
        let owned = places
            .folders
            .iter()
            .any(|name| belongs(event, &format!("events/{name}"), &['-', '.']));
        (!owned).then(|| format!("{event}: belongs to no function"))
    });
    let in_dev_stack = places.dev_stack.iter().filter(|name| !places.folders.contains(name));
    let in_dev_stack =
        in_dev_stack.map(|name| format!("dev-stack: runs {name}, which has no folder"));
    in_template.chain(in_events).chain(in_dev_stack).collect()
}

#[test]
fn a_function_has_one_name_in_five_places() {
    none(&violations(&real()));
}

#[test]
fn a_name_without_its_partners_is_found() {
    let text = "Resources:\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
                CodeUri: functions/old\n";
    let places = Places {
        folders: vec!["a".to_owned()],
        template: parse(text),
        events: vec!["events/ab.json".to_owned()],
        journeys: vec!["tests/journeys/ab.rs".to_owned()],
        readme: "functions/b".to_owned(),
        dev_stack: vec!["c".to_owned()],
    };
    found(
        &violations(&places),
        &[
            "functions/a: template.yaml has no AFunction with this CodeUri",
            "functions/a: no events/a.json",
            "functions/a: no tests/journeys/a.rs",
            "functions/a: no row in the map of README.md",
            "functions/a: the dev stack does not run it",
            "template.yaml: AFunction has no folder",
            "events/ab.json: belongs to no function",
            "dev-stack: runs c, which has no folder",
        ],
    );
}
