//! Tabs that are closed, duplicated, or left open for too long.

use crate::visit::Visit;

#[tokio::test]
async fn an_order_is_found_again_after_its_tab_was_closed() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    let first = visit.client.window().await.unwrap();
    let other = visit.client.new_window(true).await.unwrap();
    visit.client.switch_to_window(first).await.unwrap();
    visit.client.close_window().await.unwrap();
    visit.client.switch_to_window(other.handle).await.unwrap();
    visit.shop("/").await;
    visit.click(".open-order a").await;
    visit.until_order("waiting").await;
    visit.click(".actions .primary").await;
    visit.until_checkout("pay", "pending").await;
    visit.choose("approve").await;
    visit.until_order("paid").await;
    visit.shop("/").await;
    assert_eq!(
        visit.run("return document.querySelector('.open-order')").await,
        serde_json::Value::Null
    );
    visit.end().await;
}

#[tokio::test]
async fn two_tabs_share_one_payment() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    let page = visit.address().await;
    let first = visit.client.window().await.unwrap();
    let second = visit.client.new_window(true).await.unwrap();
    visit.client.switch_to_window(second.handle).await.unwrap();
    visit.go(&page).await;
    visit.choose("approve").await;
    visit.until_order("paid").await;
    visit.client.switch_to_window(first).await.unwrap();
    visit.until_checkout("done", "captured").await;
    let taken = visit.stack.all_truth().await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0]["captures"].as_array().unwrap().len(), 1);
    visit.end().await;
}

#[tokio::test]
async fn a_page_that_is_too_late_says_so_by_itself() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    let left = visit.text("[data-clock]").await;
    assert!(left.starts_with("29:") || left == "30:00", "{left}");
    visit.stack.set_clock_ahead(1_801);
    visit.until_checkout("done", "expired").await;
    visit.click(".verdict .primary").await;
    // Either may be shown: the end of the page or the end of the order, whichever was reported first.
    visit.until_order("declined").await;
    // An order that ended first accepts no further try, and says so.
    if visit.text("[data-title]").await != "Expired" {
        visit.click("form[action$='/pay'] button").await;
        visit.find(".note.bad").await;
    }
    visit.click("form[action$='/again'] button").await;
    visit.find("form[action='/checkout']").await;
    let truth = visit.stack.all_truth().await;
    assert_eq!(truth[0]["captures"].as_array().unwrap().len(), 0);
    visit.end().await;
}
