//! Executes `docs/rehearse.md` as it stands; only the addresses are replaced by this stack's.

use e2e::Stack;
use serde_json::Value;

use crate::STACK;

const DOCUMENT: &str = include_str!("../../docs/rehearse.md");

fn blocks() -> String {
    let blocks = DOCUMENT.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.collect::<Vec<_>>().join("\n")
}

/// The first cells of the table below a heading, without code marks.
fn named(heading: &str) -> Vec<&'static str> {
    let section = DOCUMENT.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    cells.collect()
}

#[tokio::test]
async fn a_shop_can_rehearse_every_situation_from_the_document() {
    let stack = Stack::start(STACK).await;
    let script = blocks()
        .replace("http://127.0.0.1:3000", stack.address("api"))
        .replace("http://127.0.0.1:3001", stack.address("sandbox"))
        .replace("http://127.0.0.1:3005", stack.address("shop"))
        .replace("/tmp/quittance-clock", stack.clock_file().to_str().unwrap());
    let mut shell = tokio::process::Command::new("bash");
    let walked = shell.args(["-euxo", "pipefail", "-c", &script]).output().await.unwrap();
    let said = String::from_utf8_lossy(&walked.stderr);
    let last: Vec<&str> = said.lines().rev().take(12).collect();
    assert!(walked.status.success(), "{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));

    // A second walk on the same stack ends another day ahead, and a failing step says why.
    let end = script.lines().rev().find(|line| line.contains("expired")).unwrap();
    let setup = script.split("\nstart; shopper").next().unwrap();
    let again = |more: &str| format!("{setup}\n{more}");
    let walk = async |script: String| {
        let mut shell = tokio::process::Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", &script]).output().await.unwrap()
    };
    let second = walk(again(&format!("start\n{end}"))).await;
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    let failed = walk(again("echo something else | has '\"status\"'")).await;
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && said.contains("missing: \"status\" in: something else"));
}

#[tokio::test]
async fn the_document_names_every_member_of_the_gateways_behaviour() {
    let stack = Stack::start(STACK).await;
    let url = format!("{}/control/behaviour", stack.address("sandbox"));
    let shown: Value =
        stack.client().put(url).body("{}").send().await.unwrap().json().await.unwrap();
    let mut members = Vec::new();
    for (name, value) in shown.as_object().unwrap() {
        match value.as_object() {
            Some(inner) => members.extend(inner.keys().map(|inner| format!("{name}.{inner}"))),
            None => members.push(name.clone()),
        }
    }
    let mut documented = named("## How the gateway behaves\n");
    documented.sort_unstable();
    members.sort_unstable();
    assert_eq!(documented, members);
}
