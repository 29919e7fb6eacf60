use super::{API_KEY, Api, shop};
use crate::disk::Disk;

#[tokio::test]
async fn buying_places_the_order_and_sends_the_shopper_to_the_gateway() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let home = shop.page("/").await;
    assert!(home.contains("SKU_1001") && !home.contains(API_KEY));
    let answer = shop.buy("product_id=SKU_1001&quantity=2").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:1/checkout/tok_1");
    let asked = api.asked.lock().unwrap().clone();
    assert_eq!(asked[0]["total_amount"], 7500);
    assert_eq!(asked[1]["order_id"], "ORD_1");
    assert_eq!(asked[1]["amount"], 7500);
}

#[tokio::test]
async fn the_return_page_shows_waiting_then_paid_or_declined() {
    let (api, dir) = (Api::default(), tempfile::tempdir().unwrap());
    "pending".clone_into(&mut api.status.lock().unwrap());
    let disk = Disk::open(dir.path()).unwrap();
    let api_url = api.start().await;
    let first = shop(&api_url, disk.clone()).await;
    let path = &first.order(&api).await;
    let page = first.page(path).await;
    assert!(page.contains("data-status=\"waiting\""), "{page}");
    assert!(page.contains(&format!("{api_url}/api/payments/PAY_1?token=v1.t")), "{page}");
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\"") && !page.contains(API_KEY));

    // Another run of the shop still knows its shoppers.
    let second = shop(&api_url, disk).await;
    for (status, shown) in [("succeeded", "paid"), ("failed", "declined"), ("expired", "declined")]
    {
        status.clone_into(&mut api.status.lock().unwrap());
        let page = second.page(path).await;
        assert!(page.contains(&format!("data-status=\"{shown}\"")), "{status}");
        assert!(!page.contains("http-equiv"));
    }
    assert!(second.page("/return/nobody").await.contains("could not find"));
}

#[tokio::test]
async fn what_the_shop_does_not_sell_and_what_the_api_refuses_is_explained() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    for form in ["product_id=SKU_9&quantity=1", "product_id=SKU_1001&quantity=11"] {
        assert_eq!(shop.buy(form).await.status(), 422, "{form}");
    }
    let cart = [("cookie", "cart=USD.SKU_1001-9")];
    let many = shop.submit("/cart", "product_id=SKU_1001&quantity=2", &cart).await;
    assert_eq!(many.status(), 422);
    let many = many.text().await.unwrap();
    assert!(many.contains("at most 10") && many.contains("already has 9"), "{many}");
    assert!(many.contains("class=\"button primary\" href=\"/cart\""), "{many}");
    "refuse".clone_into(&mut api.status.lock().unwrap());
    let refused = shop.buy("product_id=SKU_1001&quantity=1").await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("no gateway &#60;takes&#62; it"));
}

#[tokio::test]
async fn a_form_is_good_for_one_order() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let cart = [("cookie", "cart=USD.SKU_1001-1")];
    let form = shop.check_out_form(cart[0].1).await;
    let first = shop.submit("/checkout", &form, &cart).await;
    assert_eq!(first.headers()["location"], "http://127.0.0.1:1/checkout/tok_1");
    let again = shop.submit("/checkout", &form, &cart).await;
    assert!(again.headers()["location"].to_str().unwrap().starts_with("/return/"));
    assert_eq!(api.asked.lock().unwrap().len(), 2, "one order and one payment");
    let (_, version) = form.split_once('&').unwrap();
    for form in ["", "key=", version, &format!("key=cart-8731&{version}")] {
        assert_eq!(shop.submit("/checkout", form, &cart).await.status(), 422, "{form}");
    }
}

#[tokio::test]
async fn what_expired_can_be_ordered_again() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    "expired".clone_into(&mut api.status.lock().unwrap());
    assert!(shop.page(&path).await.contains("Order again"));
    let answer = shop.submit(&format!("{path}/again"), "", &[]).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &"/cart".parse().unwrap())
    );
    assert!(answer.headers()["set-cookie"].to_str().unwrap().starts_with("cart=USD.SKU_1002-1;"));
}

#[tokio::test]
async fn a_shopper_back_from_the_gateway_is_not_asked_to_pay_again() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    "pending".clone_into(&mut api.status.lock().unwrap());
    *api.shows.lock().unwrap() =
        serde_json::json!({ "next_action": { "url": "http://x.example/" } });
    let page = shop.page(&path).await;
    assert!(page.contains("Not paid yet") && page.contains("Continue to payment"), "{page}");
    let back = shop.client.get(format!("{}{path}/back", shop.url)).send().await.unwrap();
    assert_eq!(
        (back.status().as_u16(), back.headers()["location"].to_str().unwrap()),
        (303, path.as_str())
    );
    let page = shop.page(&path).await;
    assert!(page.contains("Waiting for the bank"), "{page}");
    assert!(
        page.contains("Back to the payment page") && !page.contains("Continue to payment"),
        "{page}"
    );
}
