//! The hosted page in each of its states, audited.

use e2e::order_body;
use serde_json::json;

use crate::visit::Visit;

/// A separate page, in the state that an outcome leads to.
async fn page(visit: &Visit, outcome: Option<&str>) -> String {
    let return_url = format!("{}/return/x", visit.stack.address("shop"));
    let more = json!({ "return_url": return_url });
    let checkout = visit.stack.checkout_with(order_body(), more).await;
    if let Some(outcome) = outcome {
        visit.stack.choose(&checkout.page, outcome).await.expect(200);
    }
    checkout.page
}

#[tokio::test]
async fn every_method_of_paying_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    let mut rupees = order_body();
    rupees["currency"] = json!("INR");
    let rupees = visit.stack.checkout_with(rupees, json!({ "currency": "INR" })).await;
    visit.go(&rupees.page).await;
    for method in ["card", "upi", "netbanking", "wallet"] {
        visit.click(&format!("#method-{method}")).await;
        visit.audit(&format!("checkout-{method}")).await;
    }
    visit.click("#method-card").await;
    let button =
        "return document.querySelector('[data-submit]').getBoundingClientRect().top + scrollY";
    let before = visit.run(button).await;
    visit.type_into("#card-number", "4111111111111111").await;
    visit.click("[data-submit]").await;
    visit.find("#card-said.wrong").await;
    assert_eq!(visit.run(button).await, before, "the complaint moves what is below it");
    visit.audit("checkout-wrong-card").await;
    visit.type_into("#card-number", "4242424242424242").await;
    for field in ["#card-end", "#card-code"] {
        let kept = visit.run(&format!("return document.querySelector('{field}').value")).await;
        visit.find(field).await.clear().await.unwrap();
        visit.click("[data-submit]").await;
        visit.find(&format!("{field}[aria-invalid=true]")).await;
        visit.type_into(field, kept.as_str().unwrap()).await;
    }
    visit.end().await;
}

#[tokio::test]
async fn every_end_of_a_payment_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    for (outcome, next, status) in [
        ("decline_retryable", "pay", "pending"),
        ("challenge", "confirm", "pending"),
        ("approve", "done", "captured"),
        ("authorize", "done", "authorized"),
        ("decline", "done", "failed"),
    ] {
        visit.go(&page(&visit, Some(outcome)).await).await;
        visit.until_checkout(next, status).await;
        visit.audit(&format!("checkout-after-{outcome}")).await;
    }
    visit.go(&format!("{}/checkout/nothing", visit.stack.address("sandbox"))).await;
    visit.until_checkout("none", "refused").await;
    visit.audit("checkout-not-found").await;
    visit.end().await;
}

#[tokio::test]
async fn a_page_changed_by_the_shop_or_by_time_is_sound() {
    let Some(visit) = Visit::begin().await else { return };
    let waiting = page(&visit, Some("pending")).await;
    // The bank's answer is now a minute away. An audit takes longer than its usual three seconds.
    visit.stack.set_clock_ahead(-60);
    visit.go(&waiting).await;
    visit.until_checkout("wait", "pending").await;
    visit.audit("checkout-waiting").await;
    visit.stack.set_clock_ahead(0);
    visit.until_checkout("done", "captured").await;

    let canceled = visit.stack.checkout().await;
    visit.go(&canceled.page).await;
    visit.stack.cancel_payment(&canceled.payment).await.expect(200);
    visit.until_checkout("done", "canceled").await;
    visit.audit("checkout-canceled").await;

    visit.go(&page(&visit, None).await).await;
    visit.stack.set_clock_ahead(90_000);
    visit.until_checkout("done", "expired").await;
    visit.audit("checkout-expired").await;
    visit.end().await;
}

#[tokio::test]
async fn money_is_written_with_the_decimals_of_its_currency() {
    let Some(visit) = Visit::begin().await else { return };
    for (currency, amount, shown) in [
        ("JPY", 7505, "Pay 7,505 JPY"),
        ("KWD", 7505, "Pay 7.505 KWD"),
        ("INR", 750_000_000, "Pay 7,500,000.00 INR"),
    ] {
        let order = json!({
            "items": [{ "product_id": "SKU_1", "quantity": 1 }],
            "total_amount": amount,
            "currency": currency,
        });
        let more = json!({ "amount": amount, "currency": currency });
        let checkout = visit.stack.checkout_with(order, more).await;
        visit.go(&checkout.page).await;
        assert_eq!(visit.text("[data-submit]").await, shown);
        visit.at(360, "light").await;
        assert_eq!(visit.look().await, Vec::<String>::new(), "{currency}");
    }
    visit.end().await;
}
