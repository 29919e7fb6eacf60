//! A cart with a coupon, shipping and a gift, from the shop to the order's page.

use serde_json::{Value, json};

use crate::visit::Visit;

/// Label and amount of each line under an element.
async fn lines(visit: &Visit, css: &str) -> Vec<String> {
    visit.find(css).await;
    let read = format!(
        "const rows = [...document.querySelectorAll('{css} .rows > div')];
        return rows.map((it) => `${{it.querySelector('dt').innerText}} ${{it.querySelector('dd').innerText}}`);"
    );
    let lines: Value = visit.run(&read).await;
    serde_json::from_value(lines).unwrap()
}

#[tokio::test]
async fn a_cart_with_a_coupon_and_shipping_is_paid_and_shown_the_same_everywhere() {
    let Some(visit) = Visit::begin().await else { return };
    visit.shop("/").await;
    visit.click("form[action='/cart'] .primary").await;
    visit.find("form[action='/checkout']").await;
    visit.click("form[action='/cart'] button").await;
    visit.find("[aria-label='Remove Sticker']").await;
    visit.type_into("#coupon", "HALF").await;
    visit.click("form[action='/cart/coupon'] button").await;
    visit.find("#coupon[aria-invalid=true]").await;
    visit.audit("shop-cart-wrong-coupon").await;
    visit.type_into("#coupon", "spring10").await;
    visit.click("form[action='/cart/coupon'] button").await;
    visit.find("form[action='/cart/coupon'] .plain").await;
    visit.find("#shipping").await.select_by_value("express").await.unwrap();
    visit.click("form[action='/cart/shipping'] button").await;
    visit.find("option[value=express][selected]").await;
    visit.audit("shop-cart-full").await;
    let summed = [
        "Subtotal 37.50 USD",
        "Discount: SPRING10 −3.75 USD",
        "Shipping 4.95 USD",
        "Total 38.70 USD",
    ];
    assert_eq!(lines(&visit, "[aria-labelledby=sum]").await, summed);

    visit.click("form[action='/checkout'] button").await;
    visit.until_checkout("pay", "pending").await;
    visit.audit("checkout-cart").await;
    let bought = [
        "1 × Enamel mug 37.50",
        "1 × Sticker 0.00",
        "Discount: SPRING10 −3.75",
        "Shipping: Express 4.95",
    ];
    assert_eq!(lines(&visit, ".bill").await, bought);
    assert_eq!(visit.text(".summary .big").await, "38.70 USD");
    visit.click("[data-submit]").await;
    visit.until_order("paid").await;
    visit.find("[data-rests=true]").await;
    let shown = lines(&visit, "[aria-labelledby=bought]").await;
    assert_eq!(shown[..4], bought);
    assert_eq!(shown[4], "Total 38.70 USD");
    assert_eq!(visit.stack.all_truth().await[0]["amount_captured"], json!(3870));
    visit.end().await;
}

#[tokio::test]
async fn the_clerk_captures_what_was_reserved() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.choose("authorize").await;
    visit.find("[data-payment=authorized]").await;
    visit.click("form[action$='/capture'] button").await;
    visit.until_order("paid").await;
    assert_eq!(visit.stack.all_truth().await[0]["status"], "captured");
    visit.to_checkout().await;
    visit.choose("authorize").await;
    visit.find("[data-payment=authorized]").await;
    visit.click("form[action$='/release'] button").await;
    visit.until_order("declined").await;
    visit.end().await;
}
