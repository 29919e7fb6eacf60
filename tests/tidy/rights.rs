//! `docs/permissions.md`, which a deployment writes, shows exactly the permissions of the template.

use std::io::Write;
use std::process::Command;

use serde_json::Value;

use crate::permissions::allowed;
use crate::source::{read, root};
use crate::template::{functions, ours, parse};
use crate::{found, none};

const DOCUMENT: &str = "docs/permissions.md";

/// A row for every function counts for each of them.
fn documented(text: &str, function: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let of_it = cells.filter(|cells| [function, "every function"].contains(&cells[1]));
    let mut rights: Vec<String> =
        of_it.map(|cells| format!("{} on {}", cells[2].trim_matches('`'), cells[3])).collect();
    rights.sort();
    rights
}

fn differences(template: &Value, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (_, properties) in functions(template) {
        let function = properties["CodeUri"].as_str().unwrap_or_default();
        let function = function.trim_start_matches("functions/");
        let documented = documented(text, function);
        let allowed = allowed(template, &properties);
        let allowed: Vec<_> = allowed.iter().map(|right| right.replace(".Arn", "")).collect();
        let unknown = allowed.iter().filter(|right| !documented.contains(right));
        violations.extend(unknown.map(|right| format!("{DOCUMENT}: no {right} of {function}")));
        let gone = documented.iter().filter(|right| !allowed.contains(right));
        violations.extend(gone.map(|right| format!("{DOCUMENT}: {function} has no {right}")));
    }
    violations
}

#[test]
fn the_rights_that_were_proved_are_those_of_the_template() {
    none(&differences(&ours(), &read(DOCUMENT)));
}

/// Runs the comparison of a deployment's recorded calls with the keys of their roles.
#[test]
fn a_call_with_a_key_beyond_its_role_is_found() {
    let tested =
        Command::new("python3").arg("tests/cloud/keys_test.py").current_dir(root()).output();
    let Ok(tested) = tested else {
        // Bypasses the test harness, which shows a test's output only if it fails.
        std::io::stderr()
            .write_all(b"SKIPPED tests/cloud/keys_test.py: install python3\n")
            .unwrap();
        return;
    };
    let output = String::from_utf8_lossy(&tested.stderr);
    assert!(tested.status.success() && output.contains("Ran 7 tests"), "{output}");
}

#[test]
fn a_right_that_nobody_proved_is_found() {
    let template = parse(
        "Resources:\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
         CodeUri: functions/a\n      Policies:\n        - Statement:\n            - Effect: Allow\n              \
         Action: [x:Get, x:Put]\n              Resource: !GetAtt T.Arn\n",
    );
    let text = "| function | action | on | used |\n|---|---|---|---|\n| a | `x:Get` | T | missed |\n\
                | b | `x:Put` | T | missed |\n| every function | `y:Do` | U | platform |\n";
    found(
        &differences(&template, text),
        &["docs/permissions.md: no x:Put on T of a", "docs/permissions.md: a has no y:Do on U"],
    );
}
