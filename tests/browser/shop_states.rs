//! The shop's pages in each of their states, audited.

use serde_json::json;

use crate::visit::Visit;

#[tokio::test]
async fn the_way_to_the_checkout_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    for (path, name) in [
        ("/", "home"),
        ("/cart", "cart-empty"),
        ("/inbox", "inbox-empty"),
        ("/help", "help-new"),
        ("/nothing", "not-found"),
    ] {
        visit.shop(path).await;
        visit.audit(&format!("shop-{name}")).await;
    }
    visit.in_currency("JPY").await;
    visit.click("form[action='/cart'] .primary").await;
    assert!(visit.text("main").await.contains("5,600 JPY"));
    visit.audit("shop-cart").await;
    visit.click("form[action='/checkout'] button").await;
    visit.until_checkout("pay", "pending").await;
    visit.shop("/").await;
    visit.audit("shop-home-with-open-order").await;
    let gap = "const [note, goods] = ['.open-order', '.goods'].map((it) =>
        document.querySelector(it).getBoundingClientRect());
        return goods.top - note.bottom;";
    assert!(visit.run(gap).await.as_f64().unwrap() >= 16.0, "the notice touches the goods");
    visit.shop("/cart").await;
    assert!(visit.text(".open-order").await.contains("waiting for payment"));
    visit.end().await;
}

#[tokio::test]
async fn what_engineers_read_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    let gateway = visit.stack.address("sandbox").to_owned();
    visit.go(&format!("{gateway}/")).await;
    assert_eq!(visit.address().await, format!("{gateway}/control/payments"));
    visit.audit("gateway-empty").await;
    visit.stack.checkout().await;
    visit.go(&gateway).await;
    visit.audit("gateway").await;
    visit.go(&format!("{}/docs", visit.stack.address("api"))).await;
    visit.audit("reference").await;
    visit.run("document.querySelectorAll('details').forEach((it) => { it.open = true; })").await;
    visit.audit("reference-open").await;
    visit.click("a[href='/docs/schemas']").await;
    visit.audit("reference-schemas").await;
    visit.end().await;
}

#[tokio::test]
async fn every_end_of_an_order_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    visit.stack.behave(json!({ "webhooks": { "mode": "hold" } })).await;
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.until_order("waiting").await;
    visit.audit("order-waiting").await;
    visit.stack.deliver_held().await;
    visit.find("[data-rests=true]").await;
    visit.audit("order-paid").await;
    visit.stack.behave(json!({})).await;
    visit.click("form[action$='/refund'] button").await;
    visit.find("[data-rests=true]").await;
    visit.audit("order-refunded").await;
    visit.to_checkout().await;
    visit.choose("decline").await;
    visit.click(".verdict .primary").await;
    visit.find("[data-rests=true]").await;
    visit.audit("order-declined").await;
    visit.to_checkout().await;
    visit.choose("authorize").await;
    visit.find("[data-payment=authorized]").await;
    visit.audit("order-reserved").await;
    for (path, name) in [("/inbox", "inbox"), ("/help", "help")] {
        visit.shop(path).await;
        visit.audit(&format!("shop-{name}")).await;
    }
    visit.end().await;
}
