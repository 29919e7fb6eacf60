use serde_json::json;

use super::{Api, shop};
use crate::disk::Disk;

#[tokio::test]
async fn the_clerk_takes_reserved_money_or_lets_it_go() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    "authorized".clone_into(&mut api.status.lock().unwrap());
    let page = shop.page(&path).await;
    assert!(page.contains("Capture 18.50 USD") && page.contains("Release the money"), "{page}");
    for act in ["capture", "release"] {
        let answer = shop.submit(&format!("{path}/{act}"), "key=k1", &[]).await;
        assert_eq!(answer.headers()["location"].to_str().unwrap(), path);
        assert_eq!(api.asked.lock().unwrap().last(), Some(&json!({})));
    }
    "succeeded".clone_into(&mut api.status.lock().unwrap());
    let late = shop.submit(&format!("{path}/capture"), "key=k1", &[]).await;
    assert_eq!(late.status(), 409);
    let page = late.text().await.unwrap();
    assert!(page.contains("nothing is reserved") && !page.contains("Release the money"), "{page}");
}
