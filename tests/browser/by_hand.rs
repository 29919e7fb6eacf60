//! The commands on the help page, pasted into a shell, lead to the states it promises.

use std::time::Duration;

use e2e::KEY;
use tokio::process::Command;

use crate::visit::Visit;

const SHELL_WITHIN: Duration = Duration::from_secs(30);

/// The commands that the help page shows under a heading, once a payment exists.
async fn commands(visit: &Visit, heading: &str) -> Vec<String> {
    visit.shop("/help").await;
    let find = format!(
        "const heading = [...document.querySelectorAll('h3')].find((it) => it.textContent === \"{heading}\");
        return [...heading.parentElement.querySelectorAll('pre')].map((it) => it.textContent);"
    );
    serde_json::from_value(visit.run(&find).await).unwrap()
}

async fn paste(command: &str) -> String {
    let shell = Command::new("bash").args(["-c", command]).env("KEY", KEY).output();
    let output = tokio::time::timeout(SHELL_WITHIN, shell).await.unwrap().unwrap();
    assert!(output.status.success(), "{command}");
    String::from_utf8(output.stdout).unwrap()
}

/// Buys a mug with the gateway set to this outcome, and opens the order's page.
async fn buy(visit: &Visit, outcome: Option<&str>) {
    visit.to_checkout().await;
    if let Some(outcome) = outcome {
        visit.choose(outcome).await;
        visit.find("[data-live]").await;
    }
}

/// The page of the latest order, once it has this title.
async fn until_titled(visit: &Visit, title: &str) {
    let order = visit.stack.all_truth().await.pop().unwrap();
    let address = order["return_url"].as_str().unwrap();
    visit.go(address).await;
    let mut shown = String::new();
    for n in 1..=200 {
        // A page that has stopped updating shows manual changes only after a reload.
        if n % 20 == 0 {
            visit.go(address).await;
        }
        shown = visit.text("[data-title]").await;
        if shown == title {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the order shows {shown}, not {title}");
}

#[tokio::test]
async fn what_the_merchant_does_by_hand() {
    let Some(visit) = Visit::begin().await else { return };
    buy(&visit, Some("authorize")).await;
    visit.shop("/help").await;
    assert_eq!(visit.text(".head .command").await, format!("export KEY='{KEY}'"));
    paste(&commands(&visit, "Money reserved only").await[0]).await;
    until_titled(&visit, "Paid. Thank you!").await;
    paste(&commands(&visit, "Refunded").await[0]).await;
    until_titled(&visit, "Paid, and partly refunded").await;
    paste(&commands(&visit, "Refunded at the gateway's dashboard").await[0]).await;
    paste(&commands(&visit, "Disputed").await[0]).await;
    until_titled(&visit, "Paid, and disputed").await;
    let all = paste(&commands(&visit, "Everything the merchant can see").await[0]).await;
    assert!(all.contains("\"amount_refunded\":200") && all.contains("dispute.opened"), "{all}");
    buy(&visit, None).await;
    paste(&commands(&visit, "Canceled").await[0]).await;
    until_titled(&visit, "Canceled").await;
    visit.shop("/help").await;
    visit.click("a[href$='/checkout/nothing']").await;
    visit.until_checkout("none", "refused").await;
    assert!(visit.text(".verdict").await.contains("There is no payment at this address."));
    visit.end().await;
}

#[tokio::test]
async fn what_the_gateway_does_by_hand() {
    let Some(visit) = Visit::begin().await else { return };
    let held = commands(&visit, "Waiting for a late webhook").await;
    paste(&held[0]).await;
    buy(&visit, Some("approve")).await;
    until_titled(&visit, "Waiting for the bank to confirm…").await;
    assert_eq!(paste(&held[1]).await, "{\"released\":1}");
    until_titled(&visit, "Paid. Thank you!").await;
    paste(&commands(&visit, "The wrong amount was paid").await[0]).await;
    buy(&visit, Some("approve")).await;
    until_titled(&visit, "In review").await;
    paste(&commands(&visit, "Back to normal").await[0]).await;
    paste(&commands(&visit, "A pending or failed refund").await[1]).await;
    buy(&visit, Some("approve")).await;
    until_titled(&visit, "Paid. Thank you!").await;
    visit.click("form[action$='/refund'] button").await;
    until_titled(&visit, "Paid; the refund failed").await;
    assert!(visit.text(".timeline").await.contains("Shop notified: Refund failed"));
    visit.end().await;
}
