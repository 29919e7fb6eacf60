use super::{API_KEY, Api, shop};
use crate::disk::Disk;

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_here() {
    let api = Api::default();
    let shop = shop(&api.start().await, Disk::none()).await;
    let path = shop.order(&api).await;
    let asked = api.asked.lock().unwrap().len();
    let key = crate::random::hex();
    let stranger = ("origin", "http://127.0.0.1:9");
    for said in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), stranger] {
        for (to, form) in [
            ("/cart", "product_id=SKU_1001&quantity=1".to_owned()),
            ("/cart/update", "product_id=SKU_1001&quantity=1".to_owned()),
            ("/currency", "currency=JPY".to_owned()),
            ("/buy", format!("product_id=SKU_1001&quantity=1&key={key}")),
            ("/checkout", format!("key={key}")),
            (&format!("{path}/refund"), "key=1&amount=".to_owned()),
            (&format!("{path}/pay"), String::new()),
            (&format!("{path}/again"), String::new()),
        ] {
            let cart = ("cookie", "cart=USD.SKU_1001-1");
            let answer = shop.submit(to, &form, &[cart, said]).await;
            assert_eq!(answer.status(), 403, "{to} {said:?}");
            assert!(!answer.headers().contains_key("set-cookie"), "{to} {said:?}");
        }
    }
    assert_eq!(api.asked.lock().unwrap().len(), asked);
    let own = [("origin", shop.url.as_str())];
    assert_eq!(shop.submit("/currency", "currency=JPY", &own).await.status(), 303);
}

#[tokio::test]
async fn a_browser_that_says_localhost_is_sent_to_the_name_it_comes_back_to() {
    let shop = shop("http://127.0.0.1:1", Disk::none()).await;
    let ask = async |host: &str, accept: &str| {
        let get = shop.client.get(format!("{}/cart?x=1", shop.url));
        let answer = get.header("host", host).header("accept", accept).send().await.unwrap();
        let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location)
    };
    let port = shop.url.rsplit(':').next().unwrap().to_owned();
    let other = format!("localhost:{port}");
    assert_eq!(ask(&other, "text/html").await, (307, Some(format!("{}/cart?x=1", shop.url))));
    assert_eq!(ask(&other, "*/*").await, (200, None), "a program keeps the name it used");
    assert_eq!(ask("localhost:8080", "text/html").await, (200, None), "a tunnel's name is its own");
    assert_eq!(ask(&format!("127.0.0.1:{port}"), "text/html").await, (200, None));
}

#[tokio::test]
async fn a_form_leads_to_this_shop_or_to_the_gateway() {
    let shop = shop("http://127.0.0.1:2", Disk::none()).await;
    let answer = shop.client.get(format!("{}/cart", shop.url)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:1;"), "{policy}");
    assert_eq!(answer.headers()["referrer-policy"], "same-origin");
}

#[tokio::test]
async fn the_help_page_alone_shows_the_key() {
    let shop = shop("http://127.0.0.1:1", Disk::none()).await;
    assert!(shop.page("/help").await.contains(&format!("export KEY='{API_KEY}'")));
    for path in ["/", "/cart", "/inbox"] {
        assert!(!shop.page(path).await.contains(API_KEY), "{path}");
    }
}

#[tokio::test]
async fn every_page_counts_what_is_in_the_cart() {
    let shop = shop("http://127.0.0.1:1", Disk::none()).await;
    for path in ["/", "/cart", "/inbox", "/help", "/nothing"] {
        let get = shop.client.get(format!("{}{path}", shop.url));
        let page = get.header("cookie", "cart=USD.SKU_1001-7").send().await.unwrap();
        assert!(page.text().await.unwrap().contains("with </span>7</span>"), "{path}");
    }
}
