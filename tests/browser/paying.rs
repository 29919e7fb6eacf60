//! Paying, failing to pay, and getting it back.

use serde_json::json;

use crate::visit::Visit;

#[tokio::test]
async fn buying_takes_three_clicks() {
    let Some(visit) = Visit::begin().await else { return };
    visit.shop("/").await;
    visit.click("form[action='/cart'] .primary").await;
    visit.click("form[action='/checkout'] button").await;
    visit.click("[data-submit]").await;
    visit.until_order("paid").await;
    visit.find("[data-rests=true]").await;
    let story = visit.text(".timeline").await;
    for moment in ["Payment started", "Paid", "The shop was told: payment.completed"] {
        assert!(story.contains(moment), "{story}");
    }
    assert!(visit.text("main").await.contains("37.50 USD"));
    visit.end().await;
}

#[tokio::test]
async fn the_clerk_gives_a_part_back_and_then_the_rest() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    visit.type_into("#refund-amount", "10.5").await;
    visit.click("form[action$='/refund'] button").await;
    visit.find("[data-rests=true]").await;
    assert!(visit.text("main").await.contains("10.50 USD"));
    assert_eq!(visit.text("[data-title]").await, "Paid, and partly refunded");
    visit.click("form[action$='/refund'] button").await;
    visit.find("[data-rests=true]").await;
    assert_eq!(visit.text("[data-title]").await, "Refunded");
    visit.end().await;
}

#[tokio::test]
async fn a_failed_try_is_followed_by_a_paid_one() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.type_into("#card-number", "4111111111111111").await;
    visit.click("[data-submit]").await;
    assert!(visit.text("#card-wrong").await.contains("none of the test cards"));
    visit.type_into("#card-number", "4000000000009995").await;
    assert_eq!(
        visit.run("return document.querySelector('#card-number').value").await,
        "4000 0000 0000 9995"
    );
    visit.click("[data-submit]").await;
    assert!(visit.text(".note.bad").await.contains("You can try again"));
    visit.type_into("#card-number", "4242 4242 4242 4242").await;
    visit.click("[data-submit]").await;
    visit.until_order("paid").await;
    assert!(visit.text(".timeline").await.contains("A try failed"));
    visit.end().await;
}

#[tokio::test]
async fn after_a_decline_the_shop_offers_another_payment() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.click("#method-upi").await;
    visit.type_into("#upi-id", "decline@sandbox").await;
    visit.click("[data-submit]").await;
    visit.until_checkout("done", "failed").await;
    visit.click(".verdict .primary").await;
    visit.until_order("declined").await;
    visit.click("form[action$='/pay'] button").await;
    visit.until_checkout("pay", "pending").await;
    visit.choose("approve").await;
    visit.until_order("paid").await;
    visit.end().await;
}

#[tokio::test]
async fn the_order_waits_for_a_late_webhook() {
    let Some(visit) = Visit::begin().await else { return };
    visit.stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.until_order("waiting").await;
    // The page that shows it in the end is the one that waited: nobody reloaded it.
    visit.run("window.waited = true; return null").await;
    visit.stack.deliver_held().await;
    visit.until_order("paid").await;
    assert_eq!(visit.run("return window.waited").await, true);
    assert_eq!(visit.text("[data-said]").await, "Paid. Thank you!");
    visit.end().await;
}

#[tokio::test]
async fn the_bank_asks_and_the_bank_takes_its_time() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    let page = visit.address().await;
    visit.choose("challenge").await;
    visit.until_checkout("confirm", "pending").await;
    visit.click("[value=approve]").await;
    visit.until_order("paid").await;
    visit.go(&page).await;
    visit.until_checkout("done", "captured").await;

    visit.to_checkout().await;
    let page = visit.address().await;
    visit.choose("pending").await;
    visit.until_order("waiting").await;
    visit.go(&page).await;
    visit.until_checkout("done", "captured").await;
    visit.end().await;
}
