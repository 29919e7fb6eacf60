//! Executes the README's first page: the output must be what it shows, apart from `…`.

use std::time::Duration;

use e2e::Stack;

use crate::document::{README, blocks};
use crate::{STACK, bash};

/// The README's addresses of the stack, in the order of its ports.
const NAMES: [&str; 6] = ["api", "sandbox", "dynamodb", "sqs", "secrets_manager", "shop"];

fn documented(port: usize) -> String {
    format!("http://127.0.0.1:{}", 3000 + port)
}

/// Whether `printed` matches `shown`, whose lines may be wrapped and whose gaps are `…`.
fn shows(shown: &str, printed: &str) -> bool {
    let shown = shown.replace('\n', "");
    let mut pieces = shown.split('…');
    let mut rest = printed.replace('\n', "");
    let first = pieces.next().unwrap_or_default();
    if !rest.starts_with(first) {
        return false;
    }
    rest = rest.split_off(first.len());
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = rest.split_off(at + piece.len());
    }
    rest.is_empty() || shown.ends_with('…')
}

#[test]
fn a_gap_leaves_out_and_nothing_else_is_forgiven() {
    assert!(shows("{\"a\":1,…,\n\"c\":\"x_…\"}", "{\"a\":1,\"b\":2,\"c\":\"x_77\"}\n"));
    for wrong in
        ["{\"a\":2,\"b\":2,\"c\":\"x_7\"}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2,\"c\":\"x_7\"}}"]
    {
        assert!(!shows("{\"a\":1,…,\"c\":\"x_…\"}", wrong), "{wrong}");
    }
}

#[tokio::test]
async fn the_readme_shows_what_is_printed() {
    let stack = Stack::start(STACK).await;
    let here = |text: &str| {
        let ports = NAMES.iter().enumerate();
        ports.fold(text.to_owned(), |text, (n, name)| {
            text.replace(&documented(n), stack.address(name))
        })
    };
    let block = |kind: &str, words: &str| {
        let mut found = blocks(README).into_iter();
        let found = found.find(|(opening, text)| opening == kind && text.contains(words));
        here(&found.unwrap_or_else(|| unreachable!("no {kind} with {words}")).1)
    };
    let line = |text: &str, words: &str| {
        text.lines().find(|line| line.contains(words)).unwrap().to_owned()
    };

    let banner = block("text", "ready ");
    let paid = bash(&line(&banner, "curl "));
    let shown = block("json", "\"checkout_url\"");
    assert!(shows(&shown, &paid), "{paid}");

    let page = paid.split("\"checkout_url\":\"").nth(1).unwrap().split('"').next().unwrap();
    let by_hand = block("sh", "outcome=approve").replace("<checkout_url>", page);
    let shown = block("json", "\"next\":\"done\"");
    let (first, second) = shown.split_once('\n').unwrap();
    let approved = bash(&line(&by_hand, "outcome=approve"));
    assert!(shows(first, &approved), "{approved}");
    let order = paid.split("\"order_id\":\"").nth(1).unwrap().split('"').next().unwrap();
    stack.until_inbox(order, "payment.completed").await;
    let inbox = bash(&line(&by_hand, "/inbox"));
    assert!(shows(second, &inbox), "{inbox}");
}

#[tokio::test]
async fn the_readme_shows_the_banner() {
    let mut child = tokio::process::Command::new(STACK)
        .args(["--port", "0", "--quiet"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stdout = child.stdout.take().unwrap();
    let reading = async {
        use tokio::io::AsyncReadExt;
        let mut piece = [0_u8; 4096];
        while !said.ends_with("@-\n\n") {
            let read = stdout.read(&mut piece).await.unwrap();
            said.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reading).await.unwrap();
    let address = |label: &str| {
        let line = said.lines().find(|line| line.starts_with(label)).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    let labels = ["ready", "sandbox gateway", "DynamoDB", "SQS", "Secrets Manager", "demo shop"];
    let addresses = labels.map(address);
    let ports = addresses.iter().enumerate();
    let said = ports.fold(said.clone(), |said, (n, url)| said.replace(url, &documented(n)));
    let (_, shown) = blocks(README).into_iter().find(|(kind, _)| kind == "text").unwrap();
    assert_eq!(said.trim_end(), shown.trim_end());
}
