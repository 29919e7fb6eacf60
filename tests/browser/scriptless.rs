//! Everything works without scripts: forms post, and pages refresh themselves.

use serde_json::json;

use crate::visit::Visit;

async fn without_scripts() -> Option<Visit> {
    let visit = Visit::begin().await?;
    visit.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    Some(visit)
}

#[tokio::test]
async fn a_payment_without_scripts() {
    let Some(visit) = without_scripts().await else { return };
    visit.stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    visit.to_checkout().await;
    assert!(!visit.find("#card-number").await.is_displayed().await.unwrap());
    assert!(visit.find("[for=method-wallet]").await.is_displayed().await.unwrap());
    visit.click("#method-wallet").await;
    visit.choose("decline_retryable").await;
    assert!(visit.text(".note.bad").await.contains("You can try again"));
    visit.choose("pending").await;
    visit.until_order("waiting").await;
    let shown = visit.text("main").await;
    assert!(
        shown.contains("reloads every two seconds") && !shown.contains("automatically"),
        "{shown}"
    );
    let page = visit.stack.all_truth().await[0]["checkout_url"].as_str().unwrap().to_owned();
    visit.go(&page).await;
    visit.until_checkout("done", "captured").await;
    visit.click(".verdict .primary").await;
    visit.until_order("waiting").await;
    visit.stack.deliver_held().await;
    visit.until_order("paid").await;
    visit.end().await;
}

#[tokio::test]
async fn pressing_pay_after_a_decision_elsewhere_says_so() {
    let Some(visit) = without_scripts().await else { return };
    visit.to_checkout().await;
    visit.stack.choose(&visit.address().await, "approve").await.expect(200);
    visit.choose("decline").await;
    visit.until_checkout("done", "captured").await;
    assert!(visit.text(".note").await.contains("already decided"));
    visit.end().await;
}
