//! Executes the snippets of `docs/integrate.md` as they stand: each is written to a file of its name,
//! beside a script that uses it as a shop would.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics at its first failure"
)]

mod document;
mod operations;
mod readme;
mod steps;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use document::{Snippets, snippets};
use dynoxide::{Database, DynoxideError};
use e2e::{KEY, Stack};
use serde_json::{Value, json};

/// The dev stack, built with these tests.
const STACK: &str = env!("CARGO_BIN_EXE_e2e-stack");

/// Our own signatures are tested with these vectors too.
const VECTORS: &str = include_str!("../../shared/src/fixtures/standard-webhooks.json");

/// `None`, with a visible message, if the interpreter is not installed.
fn run(program: &str, script: &str, folder: &Path, environment: &[(&str, &str)]) -> Option<Output> {
    if Command::new(program).arg("--version").output().is_err() {
        skipped(script, program);
        return None;
    }
    let mut command = Command::new(program);
    command.arg(script).current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1");
    Some(command.envs(environment.iter().copied()).output().unwrap())
}

/// Bypasses the test harness, which shows a test's output only if it fails.
fn skipped(what: &str, program: &str) {
    let line = format!("SKIPPED {what}: install {program} to run it\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The output of a person's shell.
#[track_caller]
fn bash(line: &str) -> String {
    succeeds(&Command::new("bash").args(["-c", line]).output().unwrap())
}

fn verifying(snippets: &Snippets) -> tempfile::TempDir {
    let folder = snippets.written_out();
    let script = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    script("vectors.json", VECTORS);
    script("vectors.mjs", include_str!("vectors.mjs"));
    script("vectors.py", include_str!("vectors.py"));
    folder
}

#[test]
fn every_named_snippet_of_the_document_is_run_here() {
    let names =
        ["buy.mjs", "buy.py", "take.json", "take.py", "verify.mjs", "verify.py", "watch.mjs"];
    assert_eq!(snippets().names(), names);
}

#[test]
fn the_verifiers_agree_with_the_reference_library_on_every_vector() {
    let folder = verifying(&snippets());
    for (program, script) in [("node", "vectors.mjs"), ("python3", "vectors.py")] {
        if let Some(output) = run(program, script, folder.path(), &[]) {
            assert_eq!(succeeds(&output).trim(), "9 vectors", "{script}");
        }
    }
}

#[test]
fn a_verifier_that_believes_too_much_is_found() {
    for (program, script, name, right, wrong) in [
        ("node", "vectors.mjs", "verify.mjs", "> 300", "> 3e9"),
        ("node", "vectors.mjs", "verify.mjs", "key.length > 0", "true"),
        ("node", "vectors.mjs", "verify.mjs", ".update(body)", ""),
        ("python3", "vectors.py", "verify.py", "> 300", "> 3e9"),
        ("python3", "vectors.py", "verify.py", "not secret", "False"),
        ("python3", "vectors.py", "verify.py", " + body", ""),
    ] {
        let folder = verifying(&snippets().altered(name, right, wrong));
        if let Some(output) = run(program, script, folder.path(), &[]) {
            assert!(!output.status.success(), "{name} with `{wrong}` for `{right}`");
        }
    }
}

#[test]
fn a_message_is_taken_once_with_its_effect() {
    let folder = snippets().written_out();
    let script = include_str!("take_once.py");
    std::fs::write(folder.path().join("take_once.py"), script).unwrap();
    if let Some(output) = run("python3", "take_once.py", folder.path(), &[]) {
        succeeds(&output);
    }
}

#[test]
fn a_message_is_taken_once_in_dynamodb_too() {
    let database = Database::memory().unwrap();
    for table in ["shop-taken", "shop-stock"] {
        let request = json!({
            "TableName": table,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        });
        database.create_table(serde_json::from_value(request).unwrap()).unwrap();
    }
    let text = snippets().text("take.json");
    let take = || database.transact_write_items(serde_json::from_str(&text).unwrap());
    take().unwrap();
    let Err(DynoxideError::TransactionCanceledException(_, reasons)) = take() else {
        unreachable!("the second is refused");
    };
    assert_eq!(reasons[0].code, "ConditionalCheckFailed");
    let request = json!({ "TableName": "shop-stock", "Key": { "pk": { "S": "SKU_1001" } } });
    let stock = database.get_item(serde_json::from_value(request).unwrap()).unwrap();
    let stock: Value = serde_json::to_value(stock).unwrap();
    assert_eq!(stock["Item"]["reserved"], json!({ "N": "2" }));
}

/// Runs one of the purchase recipes against a stack. Returns the payment it made, or `None` without the
/// program.
async fn bought(program: &str, script: &str, flow: &str) -> Option<(Stack, String)> {
    let stack = Stack::with(STACK, steps::documented()).await;
    let folder = snippets().written_out();
    std::fs::write(folder.path().join(script), flow).unwrap();
    let environment = [("QUITTANCE_URL", stack.address("api")), ("QUITTANCE_KEY", KEY)];
    let output = run(program, script, folder.path(), &environment)?;
    let bought: Value = serde_json::from_str(&succeeds(&output)).unwrap();
    let payment = bought["payment_id"].as_str().unwrap().to_owned();
    assert_eq!(stack.truth(&payment).await.len(), 1, "two requests, one object at the gateway");
    Some((stack, payment))
}

#[tokio::test]
async fn a_cart_is_bought_and_watched_until_it_is_paid() {
    let Some((stack, payment)) = bought("node", "flow.mjs", include_str!("flow.mjs")).await else {
        return;
    };
    assert_eq!(stack.payment_status(&payment).await, "succeeded");
}

#[tokio::test]
async fn a_cart_is_bought_in_python_once() {
    let Some((stack, payment)) = bought("python3", "flow.py", include_str!("flow.py")).await else {
        return;
    };
    assert_eq!(stack.payment_status(&payment).await, "pending");
}
