use super::{Api, KEY, shop};
use crate::disk::Disk;

#[tokio::test]
async fn a_signed_confirmation_is_kept_once_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    let first_run = shop("http://127.0.0.1:1", disk.clone()).await;
    let body = r#"{"id":"msg_1","type":"payment.completed","data":{"order_id":"ORD_<1>"}}"#;
    assert_eq!(first_run.deliver("msg_1", body).await, 204);
    assert_eq!(first_run.deliver("msg_0", r#"{"type":"refund.completed"}"#).await, 204);
    assert_eq!(first_run.deliver("msg_1", body).await, 204);
    let confirmations = first_run.confirmations().await;
    assert_eq!(confirmations.len(), 2);
    let first = &confirmations[0];
    assert_eq!(first["webhook_id"], "msg_1");
    assert_eq!(first["count"], 2);
    assert_eq!(first["type"], "payment.completed");
    assert_eq!(first["received_at"], "2023-11-14T22:13:20Z");
    assert_eq!(first["body"]["data"]["order_id"], "ORD_<1>");
    assert_eq!(first["payload"], body);
    assert!(first_run.page("/inbox").await.contains("ORD_&#60;1&#62;"));

    let again = shop("http://127.0.0.1:1", disk).await;
    assert_eq!(again.confirmations().await, confirmations);
}

#[tokio::test]
async fn anything_that_is_not_signed_well_and_lately_is_refused() {
    let shop = shop("http://127.0.0.1:1", Disk::none()).await;
    let now = 1_700_000_000;
    let webhook = standardwebhooks::Webhook::new(KEY).unwrap();
    let signed = |timestamp| webhook.sign("msg_1", timestamp, b"{}").unwrap();
    assert_eq!(shop.post("msg_1", now - 300, &signed(now - 300), "{}").await, 204);
    assert_eq!(shop.post("msg_1", now - 301, &signed(now - 301), "{}").await, 401);
    assert_eq!(shop.post("msg_1", now + 301, &signed(now + 301), "{}").await, 401);
    assert_eq!(shop.post("msg_1", now, &signed(now), "{ }").await, 401);
    assert_eq!(shop.post("msg_2", now, &signed(now), "{}").await, 401);
    assert_eq!(shop.post("msg_1", now, "", "{}").await, 401);
    let url = format!("{}/webhooks/quittance", shop.url);
    assert_eq!(shop.client.post(url).body("{}").send().await.unwrap().status(), 401);
    assert_eq!(shop.confirmations().await.len(), 1);
}

#[tokio::test]
async fn an_inbox_of_hundreds_is_shown_page_by_page_and_listed_whole() {
    let shop = shop("http://127.0.0.1:1", Disk::none()).await;
    for n in 0..41 {
        let body = format!(r#"{{"type":"payment.completed","data":{{"order_id":"ORD_{n}."}}}}"#);
        assert_eq!(shop.deliver(&format!("msg_{n}"), &body).await, 204);
    }
    assert_eq!(shop.confirmations().await.len(), 41);
    for (path, shown, hidden) in [
        ("/inbox", "ORD_40.", "ORD_20."),
        ("/inbox?page=2", "ORD_20.", "ORD_0."),
        ("/inbox?page=3", "ORD_0.", "ORD_1."),
        ("/inbox?page=99", "Page 3 of 3", "ORD_1."),
        ("/inbox?page=-1", "Page 1 of 3", "ORD_20."),
    ] {
        let page = shop.page(path).await;
        assert!(page.contains(shown) && !page.contains(hidden), "{path}: {page}");
    }
}

#[tokio::test]
async fn a_confirmation_leads_to_its_order() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    let body = r#"{"type":"payment.completed","data":{"order_id":"ORD_1"}}"#;
    assert_eq!(shop.deliver("msg_1", body).await, 204);
    assert!(shop.page("/inbox").await.contains(&format!("href=\"{path}\"")));
}
