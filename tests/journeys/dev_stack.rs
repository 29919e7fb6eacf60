//! The dev stack as its user meets it: what it prints, what it refuses, and that it leaves nothing
//! behind.

use std::process::{Output, Stdio};
use std::time::Duration;

use e2e::{KEY, Options, Stack};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::STACK;

/// A start that is expected to fail at once.
async fn refused(arguments: &[&str]) -> String {
    let started = Command::new(STACK).args(arguments).stdin(Stdio::null()).output();
    let output: Output =
        tokio::time::timeout(Duration::from_secs(20), started).await.unwrap().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_second_stack_on_the_same_folder_is_refused_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let data = Some(dir.path().to_owned());
    let _first = Stack::with(STACK, Options { data, ..Options::default() }).await;
    let folder = dir.path().to_str().unwrap();
    let said = refused(&["--port", "0", "--data", folder]).await;
    assert_eq!(
        said,
        format!(
            "error: {folder} is in use by another dev stack; stop it or choose another --data folder\n"
        )
    );
}

#[tokio::test]
async fn a_taken_port_is_one_sentence() {
    let stack = Stack::start(STACK).await;
    let port = stack.address("api").rsplit(':').next().unwrap();
    let said = refused(&["--port", port]).await;
    assert_eq!(
        said,
        format!(
            "error: port {port} (the API) is taken: stop the program that listens there, or choose \
             other ports with --port N (0 takes six free ones)\n"
        )
    );
}

/// Names only variables that the template declares, because SAM sets no others. Lambda's own come from
/// Lambda.
#[tokio::test]
async fn a_container_gets_the_addresses_of_the_stack() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("new").join("env-vars.json");
    let arguments = vec!["--env-vars".to_owned(), file.to_str().unwrap().to_owned()];
    let stack = Stack::with(STACK, Options { arguments, ..Options::default() }).await;
    let written: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let parameters = written["Parameters"].as_object().unwrap();
    assert_eq!(parameters["AWS_ENDPOINT_URL_DYNAMODB"], stack.address("dynamodb"));
    assert_eq!(parameters["AWS_ENDPOINT_URL_SQS"], stack.address("sqs"));
    assert_eq!(parameters["AWS_ENDPOINT_URL_SECRETS_MANAGER"], stack.address("secrets_manager"));
    assert_eq!(parameters["TABLE_NAME"], e2e::TABLE);
    assert_eq!(parameters["QUITTANCE_DEV_STACK"], "1");
    assert!(parameters["CONFIRMATION_QUEUES"].as_str().unwrap().contains(stack.address("sqs")));
    assert!(
        !parameters.contains_key("AWS_REGION") && !parameters.contains_key("AWS_SECRET_ACCESS_KEY")
    );
}

fn is_running(pid: u32) -> bool {
    // A zombie has ended; its parent has not collected it yet.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.contains(" Z "))
}

async fn until_gone(pids: &[u32]) {
    let mut left = pids.to_vec();
    for _ in 0..500 {
        left.retain(|pid| is_running(*pid));
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(left.is_empty(), "still running: {left:?}");
}

async fn all_children(stack: &Stack) -> Vec<u32> {
    let functions = stack.get("/2015-03-31/functions").await.expect(200).body["functions"].clone();
    let pids = functions.as_array().unwrap().iter().flat_map(|f| f["pids"].as_array().unwrap());
    pids.map(|pid| u32::try_from(pid.as_u64().unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn every_way_to_end_a_stack_ends_its_children() {
    for signal in ["-INT", "-TERM", "-KILL"] {
        let stack = Stack::start(STACK).await;
        let paid = stack.checkout().await;
        stack.choose(&paid.page, "approve").await.expect(200);
        stack.until_inbox(&paid.order, "payment.completed").await;
        let children = all_children(&stack).await;
        assert!(children.len() >= 4, "{children:?}");
        assert!(children.iter().all(|pid| is_running(*pid)));
        let parent = stack.pid();
        Command::new("kill").args([signal, &parent.to_string()]).status().await.unwrap();
        until_gone(&[children, vec![parent]].concat()).await;
    }
}

#[tokio::test]
async fn a_child_that_pauses_in_a_handler_ends_with_its_stack() {
    let pause_at = Some("attempt-claimed".to_owned());
    let mut stack = Stack::with(STACK, Options { pause_at, ..Options::default() }).await;
    let order = stack.order(&e2e::order_body()).await;
    let pid = tokio::select! {
        answer = stack.pay(&order, serde_json::json!({})) => panic!("not paused: {answer}"),
        pid = stack.paused_at("attempt-claimed") => pid.unwrap(),
    };
    assert!(is_running(pid));
    stack.kill().await;
    until_gone(&[pid]).await;
}

/// An interactive stack: everything it prints up to its instructions.
async fn banner() -> (tokio::process::Child, Vec<String>) {
    let mut child = Command::new(STACK)
        .args(["--port", "0", "--quiet"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    let reading = async {
        while let Ok(Some(line)) = lines.next_line().await {
            said.push(line);
            if said.last().is_some_and(|line| line.starts_with("curl ")) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reading).await.unwrap();
    (child, said)
}

#[tokio::test]
async fn the_banner_is_ready_first_and_its_curl_works_pasted() {
    let (_child, said) = banner().await;
    assert!(said[0].starts_with("ready http://127.0.0.1:"), "{said:?}");
    assert!(said.iter().any(|line| line.contains(KEY)));
    assert!(said.iter().any(|line| line.starts_with("demo shop") && line.contains("http://")));
    let pasted = Command::new("bash").args(["-c", said.last().unwrap()]).output();
    let output = tokio::time::timeout(Duration::from_secs(20), pasted).await.unwrap().unwrap();
    let payment: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(payment["status"], "pending", "{payment}");
    let page = payment["checkout_url"].as_str().unwrap();
    let paid = format!("curl -s -d outcome=approve {page}");
    let output = Command::new("bash").args(["-c", &paid]).output().await.unwrap();
    let paid: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(paid["status"], "captured", "{paid}");
}

#[tokio::test]
async fn the_line_for_machines_has_every_address() {
    let stack = Stack::start(STACK).await;
    for name in ["api", "sandbox", "dynamodb", "sqs", "secrets_manager", "shop"] {
        assert!(stack.address(name).starts_with("http://127.0.0.1:"), "{}", stack.addresses);
    }
    assert_eq!(stack.addresses["api_key"], KEY);
    assert_eq!(stack.addresses["pid"], stack.pid());
}

/// Every path on the six ports that accepts a form. The merchant's own routes are open to every site and
/// require a key or a signature.
const POSTS: [(&str, &str); 29] = [
    ("api", "/2015-03-31/functions/deliver-confirmation/invocations"),
    ("api", "/2015-03-31/functions/sweep-due/invocations"),
    ("api", "/_dev/confirmations"),
    ("api", "/api/orders"),
    ("api", "/api/payments"),
    ("api", "/api/webhooks/sandbox"),
    ("sandbox", "/control/deliver"),
    ("sandbox", "/control/payments/PAY_1/capture"),
    ("sandbox", "/control/payments/PAY_1/authorize"),
    ("sandbox", "/control/payments/PAY_1/refund"),
    ("sandbox", "/control/payments/PAY_1/dispute"),
    ("sandbox", "/checkout/x"),
    ("sandbox", "/v1/payments"),
    ("dynamodb", "/"),
    ("sqs", "/"),
    ("secrets_manager", "/"),
    ("shop", "/buy"),
    ("shop", "/cart"),
    ("shop", "/cart/update"),
    ("shop", "/currency"),
    ("shop", "/checkout"),
    ("shop", "/return/x/pay"),
    ("shop", "/return/x/refund"),
    ("shop", "/return/x/capture"),
    ("shop", "/webhooks/quittance"),
    ("shop", "/cart/coupon"),
    ("shop", "/cart/shipping"),
    ("shop", "/return/x/release"),
    ("shop", "/return/x/again"),
];

#[tokio::test]
async fn no_page_of_another_site_makes_a_port_do_anything() {
    let stack = Stack::start(STACK).await;
    for (port, path) in POSTS {
        let url = format!("{}{path}", stack.address(port));
        let post = stack.client().post(&url).header("content-type", "text/plain");
        let post = post.header("origin", "https://evil.example").body("{}");
        let answer = post.send().await.unwrap();
        let needs_a_key = path.starts_with("/api/") || path.starts_with("/webhooks/");
        let expected: &[u16] = if needs_a_key { &[401, 403] } else { &[403] };
        assert!(expected.contains(&answer.status().as_u16()), "{url}: {}", answer.status());
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{url}");
    }
    let ours = stack.client().post(format!("{}{}", stack.address("api"), POSTS[1].1));
    assert_eq!(ours.body("{}").send().await.unwrap().status().as_u16(), 200, "no browser");
}

#[tokio::test]
async fn another_sites_page_cannot_reach_a_port_by_its_own_host_name() {
    let stack = Stack::start(STACK).await;
    let ports = ["api", "sandbox", "dynamodb", "sqs", "secrets_manager", "shop"];
    for port in ports {
        let address = stack.address(port);
        let number = address.rsplit(':').next().unwrap();
        let ask = async |host: &str| {
            let asked = stack.client().get(address).header("host", host).send().await.unwrap();
            asked.status().as_u16()
        };
        for strange in ["evil.example", &format!("evil.example:{number}"), "localhost.evil.example"]
        {
            assert_eq!(ask(strange).await, 421, "{port} {strange}");
        }
        for ours in [format!("localhost:{number}"), format!("127.0.0.1:{number}")] {
            assert_ne!(ask(&ours).await, 421, "{port} {ours}");
        }
    }
    // Nor by our names where no credentials are required: the engine itself would answer every site.
    for port in ["dynamodb", "sqs", "secrets_manager"] {
        let read =
            stack.client().post(stack.address(port)).header("origin", "https://evil.example");
        let answer = read.body("{}").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{port}");
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{port}");
    }
}
