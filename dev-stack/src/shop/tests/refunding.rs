use serde_json::json;

use super::{Api, shop};
use crate::disk::Disk;

const FORM_KEY: &str = "key=k1";

#[tokio::test]
async fn a_refund_that_is_refused_leads_back_to_the_order_with_what_was_typed() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    "succeeded".clone_into(&mut api.status.lock().unwrap());
    *api.shows.lock().unwrap() = json!({ "amount_captured": 1850 });
    for (typed, message) in [
        ("0", "Enter an amount above 0, such as 12.50."),
        ("ten", "Enter an amount above 0, such as 12.50."),
        ("1,5", "Enter an amount above 0, such as 12.50."),
        ("18.51", "Only 18.50 USD is left to refund."),
    ] {
        let form = format!("{FORM_KEY}&amount={typed}");
        let answer = shop.submit(&format!("{path}/refund"), &form, &[]).await;
        assert_eq!(answer.status(), 422, "{typed}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(message) && page.contains(&format!("value=\"{typed}\"")), "{page}");
        assert!(page.contains("aria-invalid=\"true\"") && page.contains("data-title"), "{page}");
    }
    let form = format!("{FORM_KEY}&amount=18.50");
    assert_eq!(shop.submit(&format!("{path}/refund"), &form, &[]).await.status(), 303);
    // Reloading the answer to a form shows the order.
    let by_address = shop.client.get(format!("{}{path}/refund", shop.url)).send().await.unwrap();
    assert_eq!(by_address.headers()["location"].to_str().unwrap(), path);
}

#[tokio::test]
async fn what_is_on_its_way_is_shown_and_not_offered_again() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    "succeeded".clone_into(&mut api.status.lock().unwrap());
    for (pending, offers) in
        [(1000, Some("Leave empty to refund the remaining 8.50 USD.")), (1850, None)]
    {
        *api.shows.lock().unwrap() = json!({
            "amount_captured": 1850,
            "refunds": [{ "status": "pending", "amount": pending }],
        });
        let page = shop.page(&path).await;
        assert!(
            page.contains("Refund on its way") && !page.contains("packing your order"),
            "{page}"
        );
        match offers {
            Some(offer) => assert!(page.contains(offer), "{page}"),
            None => assert!(!page.contains("For the clerk"), "{page}"),
        }
    }
}
