//! The commands of `docs/operations.md`, as an operator copies them, run against the secrets and the
//! table of the dev stack.

use std::process::Command;

use e2e::{KEY, Stack};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::document::blocks;
use crate::{STACK, skipped, succeeds};

const DOCUMENT: &str = include_str!("../../docs/operations.md");
const API_KEYS: &str = "quittance/api-keys";
const DELIVERY: &str = "quittance/delivery";
const TOOLS: [&str; 4] = ["aws", "curl", "jq", "openssl"];
/// How long a function may keep using a secret it has read.
const FRESH_SECONDS: i64 = 301;

struct Operator {
    stack: Stack,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// `None`, with a visible message, if a tool is not installed.
async fn operator() -> Option<Operator> {
    let missing =
        TOOLS.into_iter().find(|tool| Command::new(tool).arg("--version").output().is_err());
    if let Some(tool) = missing {
        skipped("the commands of docs/operations.md", tool);
        return None;
    }
    let stack = Stack::start(STACK).await;
    let services = [("DYNAMODB", "dynamodb"), ("SECRETS_MANAGER", "secrets_manager")];
    let endpoint = |(variable, name): (&str, &str)| {
        (format!("AWS_ENDPOINT_URL_{variable}"), stack.address(name).to_owned())
    };
    let mut environment: Vec<(String, String)> = services.map(endpoint).into();
    let known = [
        ("STACK", "quittance"),
        ("KEY", KEY),
        ("API", stack.address("api")),
        ("AWS_REGION", stack.address("region")),
        ("AWS_DEFAULT_REGION", stack.address("region")),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_PAGER", ""),
    ];
    environment.extend(known.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Some(Operator { stack, folder: tempfile::tempdir().unwrap(), environment })
}

impl Operator {
    /// Runs the block that contains these words and returns its output.
    #[track_caller]
    fn types(&self, words: &str, change: impl Fn(String) -> String) -> String {
        let (_, text) = block("sh", words);
        let script = format!("set -euo pipefail\n{}", change(text));
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(self.folder.path());
        let output = command.envs(self.environment.iter().cloned()).output().unwrap();
        let printed = succeeds(&output);
        let left = std::fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(left, 0, "a file with a secret is left behind by {words}");
        printed
    }

    async fn status_with(&self, key: &str) -> u16 {
        let path = "/api/orders/ORD_00000000000000000000";
        let bearer = format!("Bearer {key}");
        self.stack.get_as(path, &[("authorization", bearer.as_str())]).await.status
    }
}

fn block(kind: &str, words: &str) -> (String, String) {
    let mut found = blocks(DOCUMENT).into_iter();
    found.find(|(opening, text)| opening == kind && text.contains(words)).unwrap()
}

fn same(text: String) -> String {
    text
}

#[tokio::test]
async fn a_key_is_added_beside_the_old_one_ended_and_taken_out() {
    let Some(operator) = operator().await else { return };
    let added = operator.types("id: \"shop-2\"", same);
    let key = added.lines().last().unwrap();
    assert!(key.starts_with("sk_live_"), "{added}");
    operator.stack.set_clock_ahead(FRESH_SECONDS);
    assert_eq!((operator.status_with(key).await, operator.status_with(KEY).await), (404, 404));
    let listed = operator.types("until \\(.not_after", same);
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(ids, ["local", "shop-2"], "{listed}");

    let second = |text: String| text.replace("shop-1", "shop-2");
    let past = |text: String| second(text).replace("2027-01-31", "2020-01-31");
    operator.types(".not_after = \"2027", past);
    operator.stack.set_clock_ahead(2 * FRESH_SECONDS);
    assert_eq!((operator.status_with(key).await, operator.status_with(KEY).await), (401, 404));
    operator.types("map(select(.id != \"shop-1\"))", second);
    let left = operator.stack.secret(API_KEYS).await;
    let ids: Vec<&Value> = left.as_array().unwrap().iter().map(|key| &key["id"]).collect();
    assert_eq!(ids, [&json!("local")]);
}

#[tokio::test]
async fn the_key_of_the_deliveries_is_changed_and_their_address_set() {
    let Some(operator) = operator().await else { return };
    let before = operator.stack.secret(DELIVERY).await;
    operator.types(".url = \"https://shop.example", same);
    let moved = operator.stack.secret(DELIVERY).await;
    let url = json!("https://shop.example/webhooks/quittance");
    assert_eq!((&moved["url"], &moved["keys"]), (&url, &before["keys"]));
    // As a deployment generates it: a single key instead of a list.
    for old in [json!({ "keys": before["keys"], "url": url }), json!({ "key": "b2xk", "url": url })]
    {
        operator.stack.set_secret(DELIVERY, &old).await;
        operator.types("openssl rand -base64 32", same);
        let both = operator.stack.secret(DELIVERY).await;
        let id = both["keys"][0]["id"].as_str().unwrap();
        assert!(id.len() > 9 && id.starts_with('k'), "named by the time: {id}");
        assert_eq!(both["url"], url);
        assert!(both["key"] == old["key"] && both["keys"][1] == old["keys"][0], "{both}");
        operator.types("del(.key)", same);
        let left = operator.stack.secret(DELIVERY).await;
        let expected = json!({ "keys": [both["keys"][0]], "url": url });
        assert_eq!(left, expected);
    }
}

#[tokio::test]
async fn every_rotation_makes_a_key_of_its_own_and_leaves_the_newest() {
    let Some(operator) = operator().await else { return };
    for secret in ["delivery", "status-token"] {
        let name = format!("quittance/{secret}");
        let of = |text: String| text.replace("delivery", secret);
        let before = operator.stack.secret(&name).await;
        let mut newest = before["keys"][0].clone();
        for round in 1..=2 {
            operator.types("openssl rand -base64 32", of);
            let both = operator.stack.secret(&name).await;
            assert_eq!(both["keys"][1], newest, "{secret}, rotation {round}");
            assert_ne!(both["keys"][0]["id"], both["keys"][1]["id"], "{secret}, rotation {round}");
            operator.types("del(.key)", of);
            let left = operator.stack.secret(&name).await;
            assert_eq!(left["keys"], json!([both["keys"][0]]), "{secret}, rotation {round}");
            newest = left["keys"][0].clone();
        }
    }
}

#[tokio::test]
async fn a_token_is_good_through_two_rotations_that_left_the_old_keys() {
    let Some(operator) = operator().await else { return };
    let stack = &operator.stack;
    let mut issued = Vec::new();
    for round in 0..3 {
        stack.set_clock_ahead(round * FRESH_SECONDS);
        let order = stack.order(&e2e::order_body()).await;
        let payment = stack.pay_with_key(&order, &format!("k{round}"), json!({})).await.expect(201);
        let (id, token) = (payment.word("payment_id"), payment.word("status_token"));
        issued.push(format!("/api/payments/{id}?token={token}"));
        operator.types("openssl rand -base64 32", |text| text.replace("delivery", "status-token"));
    }
    stack.set_clock_ahead(3 * FRESH_SECONDS);
    for (round, path) in issued.iter().enumerate() {
        let answer = stack.get_as(path, &[]).await;
        assert_eq!(answer.status, 200, "of the key before rotation {round}: {answer}");
    }
}

#[tokio::test]
async fn a_new_deployment_is_asked_what_a_merchant_would() {
    let Some(operator) = operator().await else { return };
    let printed = operator.types("without a key", same);
    assert_eq!(printed, block("text", "401 without a key").1);
    assert_eq!(operator.stack.all_truth().await.len(), 1, "one payment, which nobody can pay");
}

#[tokio::test]
async fn the_look_ups_of_the_runbook_work() {
    let Some(operator) = operator().await else { return };
    assert!(operator.types("begins_with(pk, :p)", same).contains("\"Count\": 0"));
    let due = |text: String| text.lines().filter(|l| l.contains("--index-name due")).collect();
    assert!(operator.types("--index-name due", due).contains("\"Count\": 0"));
}
