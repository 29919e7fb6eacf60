//! Takes the README's pictures again:
//! `PICTURES=docs/images cargo test -p e2e --test browser the_pictures_of_the_readme`.

use std::path::{Path, PathBuf};

use crate::visit::Visit;

/// Without the variable they are saved with the other screenshots.
#[expect(clippy::disallowed_methods, reason = "a test reads its own environment")]
fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let aside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots/readme");
    std::env::var("PICTURES").map_or(aside, |folder| root.join(folder))
}

#[tokio::test]
async fn the_pictures_of_the_readme() {
    let Some(visit) = Visit::begin().await else { return };
    let folder = folder();
    visit.shop("/").await;
    visit.photograph_into(&folder.join("shop.png")).await;
    visit.to_checkout().await;
    visit.photograph_into(&folder.join("checkout.png")).await;
    visit.choose("decline_retryable").await;
    visit.find(".note.bad").await;
    visit.choose("approve").await;
    visit.find("[data-rests=true]").await;
    visit.photograph_into(&folder.join("order.png")).await;
    visit.in_currency("INR").await;
    visit.to_checkout().await;
    visit.click("#method-upi").await;
    visit.at(360, "dark").await;
    visit.photograph_screen(&folder.join("checkout-phone-dark.png")).await;
    visit.end().await;
}
