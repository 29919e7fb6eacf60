use serde_json::json;

use super::{Api, shop};
use crate::disk::Disk;

const FULL: &str = "cart=USD.SKU_1001-2.GIFT_1-1.coupon-SPRING10.ship-express";

#[tokio::test]
async fn a_coupon_shipping_and_a_gift_are_part_of_the_order_and_shown_with_it() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let cart = [("cookie", FULL)];
    let page = shop.client.get(format!("{}/cart", shop.url)).header("cookie", FULL);
    let page = page.send().await.unwrap().text().await.unwrap();
    for shown in ["Subtotal", "75.00 USD", "−7.50 USD", "4.95 USD", "72.45 USD", "Sticker"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let form = shop.check_out_form(FULL).await;
    shop.submit("/checkout", &form, &cart).await;
    let asked = api.asked.lock().unwrap().clone();
    let order = json!({
        "items": [
            { "product_id": "SKU_1001", "name": "Enamel mug", "quantity": 2, "unit_amount": 3750 },
            { "product_id": "GIFT_1", "name": "Sticker", "quantity": 1, "unit_amount": 0 },
        ],
        "discounts": [{ "name": "SPRING10", "amount": 750 }],
        "shipping": { "name": "Express", "amount": 495 },
        "total_amount": 7245, "currency": "USD", "expires_in": 1800,
    });
    assert_eq!(asked[0], order);
    let return_url = asked[1]["return_url"].as_str().unwrap();
    let path = return_url.strip_prefix(&shop.url).unwrap().strip_suffix("/back").unwrap();
    "expired".clone_into(&mut api.status.lock().unwrap());
    let page = shop.page(path).await;
    for shown in ["Discount: SPRING10", "−7.50", "Shipping: Express", "4.95", "72.45 USD"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let again = shop.submit(&format!("{path}/again"), "", &[]).await;
    let kept = again.headers()["set-cookie"].to_str().unwrap();
    assert!(kept.starts_with(&format!("{FULL};")), "{kept}");
}

#[tokio::test]
async fn a_coupon_that_takes_nothing_off_is_no_line_and_the_cart_says_so() {
    let shop = shop(&Api::default().start().await, Disk::none()).await;
    let gift = "cart=USD.GIFT_1-1.coupon-SPRING10.ship-express";
    let page = shop.client.get(format!("{}/cart", shop.url)).header("cookie", gift);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("Discount:") && !page.contains("−0.00"), "{page}");
    assert!(page.contains("This coupon takes nothing off this cart."), "{page}");
    let page = shop.client.get(format!("{}/cart", shop.url)).header("cookie", FULL);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Discount: SPRING10") && !page.contains("takes nothing off"), "{page}");
}

#[tokio::test]
async fn an_unknown_coupon_is_reported_beside_the_field() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let cart = [("cookie", "cart=USD.SKU_1001-1")];
    let answer = shop.submit("/cart/coupon", "code=%3CHALF%3E", &cart).await;
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("Unknown coupon.") && page.contains("value=\"&#60;HALF&#62;\""),
        "{page}"
    );
    for (path, form, kept) in [
        ("/cart/coupon", "code=spring10", "cart=USD.SKU_1001-1.coupon-SPRING10;"),
        ("/cart/coupon", "code=", "cart=USD.SKU_1001-1;"),
        ("/cart/shipping", "way=express", "cart=USD.SKU_1001-1.ship-express;"),
    ] {
        let answer = shop.submit(path, form, &cart).await;
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(answer.status() == 303 && cookie.starts_with(kept), "{cookie}");
    }
    assert_eq!(shop.submit("/cart/shipping", "way=moon", &cart).await.status(), 422);
}

#[tokio::test]
async fn a_cart_that_changed_in_another_tab_is_shown_before_it_is_ordered() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let before = "cart=USD.SKU_1001-1";
    let form = shop.check_out_form(before).await;
    let changed = [("cookie", "cart=USD.SKU_1001-2")];
    let answer = shop.submit("/checkout", &form, &changed).await;
    assert_eq!(answer.status(), 409);
    assert!(answer.text().await.unwrap().contains("Your cart has changed"));
    assert_eq!(api.asked.lock().unwrap().len(), 0);
    // The backend refuses the payment, so that nothing is kept of it; then the cart changes.
    "refuse".clone_into(&mut api.status.lock().unwrap());
    shop.submit("/checkout", &form, &[("cookie", before)]).await;
    let (key, _) = form.split_once('&').unwrap();
    let version = shop.check_out_form(changed[0].1).await;
    let (_, version) = version.split_once('&').unwrap();
    shop.submit("/checkout", &format!("{key}&{version}"), &changed).await;
    let keys = api.keys.lock().unwrap().clone();
    assert_eq!(keys[0], keys[1], "an order and its payment");
    assert_ne!(keys[0], keys[2], "another cart is another order");
}

#[tokio::test]
async fn a_gift_alone_is_no_order() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let gift = shop.buy("product_id=GIFT_1&quantity=1").await;
    assert_eq!(gift.status(), 422);
    assert!(gift.text().await.unwrap().contains("free only with an order"));
    assert_eq!(shop.buy("product_id=GIFT_1&quantity=2").await.status(), 422);
    assert_eq!(api.asked.lock().unwrap().len(), 0);
}
