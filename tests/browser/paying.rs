//! Paying, failing to pay, and getting a refund.

use std::time::Duration;

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
    for moment in ["Payment started", "Paid", "Shop notified: Paid"] {
        assert!(story.contains(moment), "{story}");
    }
    assert!(visit.text("main").await.contains("37.50 USD"));
    visit.end().await;
}

#[tokio::test]
async fn a_button_that_was_pressed_shows_that_it_waits() {
    let Some(visit) = Visit::begin().await else { return };
    visit.stack.behave(json!({ "create": "timeout_before" })).await;
    visit.shop("/").await;
    visit.click("form[action='/cart'] .primary").await;
    // A page that is being left answers no queries, so its text is kept before it goes.
    visit
        .run(
            "document.addEventListener('submit', () => setTimeout(() => {
                const button = document.querySelector('form[action=\"/checkout\"] button');
                const again = new SubmitEvent('submit', { submitter: button, cancelable: true, bubbles: true });
                const refused = !button.form.dispatchEvent(again);
                const said = document.querySelector('[data-busy-said]').textContent;
                sessionStorage.setItem('seen', [button.ariaBusy, refused, said].join(' '));
            }), { once: true });
            return null;",
        )
        .await;
    visit.click("form[action='/checkout'] button").await;
    visit.until_order("waiting").await;
    assert_eq!(visit.run("return sessionStorage.getItem('seen')").await, "true true One moment…");
    assert_eq!(visit.stack.all_truth().await.len(), 0);
    visit.end().await;
}

#[tokio::test]
async fn the_clerk_gives_a_part_back_and_then_the_rest() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    visit.type_into("#refund-amount", "37.51").await;
    visit.click("form[action$='/refund'] button").await;
    assert!(visit.text("#refund-wrong").await.contains("Only 37.50 USD is left"));
    assert_eq!(visit.run("return document.querySelector('#refund-amount').value").await, "37.51");
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
    assert!(visit.text("#card-said").await.contains("not one of the test cards"));
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
    visit.in_currency("INR").await;
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
    visit.find("[data-rests=true]").await;
    let story = visit.text(".timeline").await;
    let wanted = ["Payment declined", "Shop notified: Payment declined", "Paid"];
    assert!(wanted.iter().all(|it| story.contains(it)), "{story}");
    visit.end().await;
}

/// Focuses a link and counts replaced elements: an update must leave both alone.
const WATCH: &str = "
    const link = [...document.querySelectorAll('a')].find((it) => it.textContent === 'Back to the shop');
    link.focus();
    window.replaced = 0;
    const live = document.querySelector('[data-live]');
    new MutationObserver(() => { window.replaced += 1; }).observe(live, { childList: true });
    return null;";
const WATCHED: &str = "return [document.activeElement.textContent, window.replaced]";
/// Enough for several polls at the fast pace.
const A_WHILE: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_page_that_waits_leaves_the_focus_where_it_is() {
    let Some(visit) = Visit::begin().await else { return };
    visit.stack.behave(json!({ "create": "close" })).await;
    visit.shop("/").await;
    visit.click("button[formaction='/buy']").await;
    visit.until_order("waiting").await;
    visit.run(WATCH).await;
    tokio::time::sleep(A_WHILE).await;
    let watched = visit.run(WATCHED).await;
    // The sweep may find the page meanwhile; that counts as one change.
    assert!(watched[0] == "Back to the shop" && watched[1].as_u64() <= Some(1), "{watched}");

    visit.stack.behave(json!({ "refund_status": "pending" })).await;
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    visit.click("form[action$='/refund'] button").await;
    visit.find(".status .wait").await;
    assert_eq!(visit.text("[data-title]").await, "Refund on its way");
    visit.run(WATCH).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(visit.run(WATCHED).await, json!(["Back to the shop", 0]));

    visit.stack.behave(json!({})).await;
    visit.to_checkout().await;
    let order = visit.stack.all_truth().await.pop().unwrap();
    let order = order["return_url"].as_str().unwrap().strip_suffix("/back").unwrap().to_owned();
    visit.go(&order).await;
    visit.until_order("waiting").await;
    let kill_the_token = "document.querySelector('[data-live]').dataset.poll += 'x'; return null;";
    visit.run(kill_the_token).await;
    visit.run(WATCH).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(visit.run(WATCHED).await, json!(["Back to the shop", 0]));
    assert!(visit.text("[data-follows]").await.contains("cannot update right now"));
    let asked = "return performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('token=')).length";
    assert!(visit.run(asked).await.as_u64() <= Some(3), "a dead token is asked with ever again");
    visit.end().await;
}

#[tokio::test]
async fn the_order_waits_for_a_late_webhook() {
    let Some(visit) = Visit::begin().await else { return };
    visit.stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.until_order("waiting").await;
    assert!(visit.text("[data-title]").await.starts_with("Waiting for the bank"));
    assert!(!visit.text("main").await.contains("Continue to payment"));
    // The page that shows the result in the end is the one that waited: nobody reloaded it.
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
