//! What a page must not do at any width: break a time, hide the subject of a row, or wrap only some of
//! its rows.

use serde_json::json;

use crate::visit::Visit;

/// Longer pages are not read.
const REFERENCE_PX_MAX: f64 = 15_000.0;

const BROKEN_TIMES: &str = "return [...document.querySelectorAll('time')]
    .filter((it) => it.getClientRects().length !== 1).map((it) => it.innerText);";
const TIMES: &str = "return [...document.querySelectorAll('time')].map((it) => it.innerText);";

/// `20 Nov 2026, 09:00:05 UTC`
fn has_date_and_zone(shown: &str) -> bool {
    let words: Vec<&str> = shown.split(' ').collect();
    matches!(words.as_slice(), [day, month, year, clock, "UTC"]
        if day.parse::<u8>().is_ok() && month.len() == 3 && year.len() == 5 && clock.len() == 8)
}

#[tokio::test]
async fn every_time_has_its_date_and_stands_on_one_line() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    let order = visit.address().await;
    let gateway = visit.stack.address("sandbox").to_owned();
    for page in [order, format!("{}/inbox", visit.stack.address("shop")), gateway] {
        visit.go(&page).await;
        visit.at(360, "light").await;
        assert_eq!(visit.run(BROKEN_TIMES).await, json!([]), "{page}");
        let shown: Vec<String> = serde_json::from_value(visit.run(TIMES).await).unwrap();
        assert!(!shown.is_empty() && shown.iter().all(|it| has_date_and_zone(it)), "{shown:?}");
    }
    visit.end().await;
}

#[tokio::test]
async fn each_confirmation_says_what_it_is_about_before_it_is_opened() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    let paid = visit.stack.all_truth().await[0]["metadata"]["order_id"].clone();
    visit.shop("/inbox").await;
    let entry = visit.text(".entries li").await;
    assert!(entry.contains("37.50 USD"), "{entry}");
    let link = visit.text(".entries a").await;
    assert_eq!(link, format!("View order {}", paid.as_str().unwrap()));
    visit.end().await;
}

#[tokio::test]
async fn the_test_cards_stand_all_beside_their_names_or_all_below() {
    let Some(visit) = Visit::begin().await else { return };
    visit.to_checkout().await;
    for width in [320, 360, 420, 600, 1280] {
        visit.at(width, "light").await;
        let below = visit
            .run(
                "return [...document.querySelectorAll('.outcome label')].map((it) => {
                    const [name, card] = [...it.children].map((part) => part.getBoundingClientRect());
                    return card.top >= name.bottom - 1;
                });",
            )
            .await;
        let below: Vec<bool> = serde_json::from_value(below).unwrap();
        assert!(below.len() == 6 && below.iter().all(|it| *it == below[0]), "{width}: {below:?}");
    }
    visit.end().await;
}

#[tokio::test]
async fn the_reference_is_short_and_states_common_facts_once() {
    let Some(visit) = Visit::begin().await else { return };
    for page in ["/docs/schemas", "/docs"] {
        visit.go(&format!("{}{page}", visit.stack.address("api"))).await;
        let height = visit.run("return document.documentElement.scrollHeight").await;
        assert!(height.as_f64().unwrap() < REFERENCE_PX_MAX, "{page}: {height} px");
    }
    let mentions =
        visit.run("return document.body.textContent.split('Cache-Control').length - 1").await;
    assert_eq!(mentions, 1);
    let headings = "return [...document.querySelectorAll('dt')].map((it) => it.textContent.trim())";
    let headings: Vec<String> = serde_json::from_value(visit.run(headings).await).unwrap();
    let refusals: Vec<&String> =
        headings.iter().filter(|it| it.starts_with("400") || it.starts_with("413")).collect();
    assert!(!refusals.is_empty());
    assert!(refusals.iter().all(|it| it.contains("problem")), "{refusals:?}");
    visit.end().await;
}
