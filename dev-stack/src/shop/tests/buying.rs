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
    first.buy("product_id=SKU_1002&quantity=1").await;
    let asked = api.asked.lock().unwrap().clone();
    let return_url = asked[1]["return_url"].as_str().unwrap();
    let path = return_url.strip_prefix(&first.url).unwrap();
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
    assert!(second.page("/return/nobody").await.contains("do not know"));
}

#[tokio::test]
async fn what_the_shop_does_not_sell_and_what_the_api_refuses_is_told() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    for form in ["product_id=SKU_9&quantity=1", "product_id=SKU_1001&quantity=11"] {
        assert_eq!(shop.buy(form).await.status(), 422, "{form}");
    }
    "refuse".clone_into(&mut api.status.lock().unwrap());
    let refused = shop.buy("product_id=SKU_1001&quantity=1").await;
    assert_eq!(refused.status(), 502);
    assert!(refused.text().await.unwrap().contains("no gateway &#60;takes&#62; it"));
}
