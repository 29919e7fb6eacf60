//! `docs/integrate.md` from its first command on, with the options it names.

use e2e::{KEY, Options, Receiver, Stack};
use serde_json::Value;

use crate::document::{DOCUMENT, blocks};
use crate::{STACK, bash};

/// Values that differ from run to run.
const PASSING: [&str; 8] = [
    "checkout_url",
    "client_token",
    "created_at",
    "expires_at",
    "order_id",
    "payment_id",
    "status_token",
    "url",
];

fn shell(words: &str) -> String {
    let mut found = blocks(DOCUMENT).into_iter();
    found.find(|(kind, text)| kind == "sh" && text.contains(words)).unwrap().1
}

fn answer(words: &str) -> Value {
    let mut found = blocks(DOCUMENT).into_iter();
    let found = found.find(|(kind, text)| kind == "json" && text.contains(words));
    serde_json::from_str(&found.unwrap().1).unwrap()
}

/// The options of the document's `cargo dev`.
pub(crate) fn documented() -> Options {
    let command = shell("cargo dev --origin");
    let line = command.lines().find_map(|line| line.strip_prefix("cargo dev ")).unwrap();
    let words = line.split('#').next().unwrap().split_whitespace();
    Options { arguments: words.map(str::to_owned).collect(), ..Options::default() }
}

fn lasting(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let member = |(name, value): (String, Value)| {
        let value = if PASSING.contains(&name.as_str()) { Value::Null } else { lasting(value) };
        (name, value)
    };
    Value::Object(members.into_iter().map(member).collect())
}

#[tokio::test]
async fn the_first_two_steps_are_answered_as_the_document_shows() {
    let stack = Stack::with(STACK, documented()).await;
    let known = format!("QUITTANCE_URL={} QUITTANCE_KEY={KEY}\n", stack.address("api"));
    let ask =
        |step: &str| -> Value { serde_json::from_str(&bash(&(known.clone() + step))).unwrap() };
    let order = ask(&shell("\"$QUITTANCE_URL/api/orders\""));
    let shown = answer("\"reference\":\"8731\",\"status\":\"created\"");
    assert_eq!(lasting(order.clone()), lasting(shown.clone()));
    let id = |order: &Value| order["order_id"].as_str().unwrap().to_owned();
    let payment = ask(&shell("\"$QUITTANCE_URL/api/payments\"").replace(&id(&shown), &id(&order)));
    assert_eq!(lasting(payment), lasting(answer("\"next_action\"")));
}

#[tokio::test]
async fn a_shop_of_ones_own_reads_the_status_and_gets_confirmations() {
    let receiver = Receiver::start();
    let origin = "http://localhost:5173";
    let arguments = ["--origin", origin, "--delivery-url", &receiver.url];
    let arguments = arguments.map(str::to_owned).into();
    let stack = Stack::with(STACK, Options { arguments, ..Options::default() }).await;
    let paid = stack.checkout().await;
    let url = format!("{}/api/payments/{}", stack.address("api"), paid.payment);
    for (asking, allowed) in [(origin, Some(origin)), ("http://localhost:5174", None)] {
        let asked = stack.client().get(&url).header("origin", asking).send().await.unwrap();
        let header = asked.headers().get("access-control-allow-origin");
        assert_eq!(header.map(|value| value.to_str().unwrap()), allowed);
    }
    stack.choose(&paid.page, "approve").await.expect(200);
    let confirmations = receiver.until(1).await;
    assert_eq!(confirmations[0].body()["data"]["order_id"], paid.order.as_str());
}
