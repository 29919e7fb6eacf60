//! What the shopper's browser can read with its status token.

use e2e::{Answer, Paid, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

async fn begun(stack: &Stack) -> (Paid, String) {
    let order = stack.order(&order_body()).await;
    let started = stack.pay(&order, json!({})).await.expect(201);
    let text = |member: &str| started.word(member).to_owned();
    let paid = Paid { order, payment: text("payment_id"), page: text("checkout_url") };
    (paid, text("status_token"))
}

async fn seen(stack: &Stack, payment: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let path = format!("/api/payments/{payment}");
    stack.get_as(&path, &[("authorization", &bearer)]).await.expect(200)
}

fn sums(seen: &Answer) -> (&str, &str, &Value, &Value) {
    let of = |member: &str| &seen.body[member];
    (seen.word("status"), seen.word("order_status"), of("amount_captured"), of("amount_refunded"))
}

#[tokio::test]
async fn a_shopper_does_not_read_paid_for_money_that_goes_back() {
    let stack = Stack::start(STACK).await;
    let (paid, token) = begun(&stack).await;
    stack.cancel_order(&paid.order).await.expect(200);
    stack.dashboard(&paid.payment, "capture", json!({})).await.expect(200);
    stack.until(&paid.payment, |shown| shown["amount_captured"] == 7500).await;
    let on_its_way = seen(&stack, &paid.payment, &token).await;
    assert_eq!(sums(&on_its_way), ("returned", "canceled", &json!(7500), &json!(0)));
    stack.sweep_at(15).await;
    stack.until(&paid.payment, |shown| shown["amount_refunded"] == 7500).await;
    let back = seen(&stack, &paid.payment, &token).await;
    assert_eq!(sums(&back), ("returned", "canceled", &json!(7500), &json!(7500)));
}

#[tokio::test]
async fn a_shopper_whose_wrong_amount_went_back_does_not_read_paid() {
    let stack = Stack::start(STACK).await;
    let (paid, token) = begun(&stack).await;
    stack.behave(json!({ "webhooks": { "amount_delta": -100 } })).await;
    stack.choose(&paid.page, "approve").await.expect(200);
    stack.until_payment(&paid.payment, "review").await;
    let reviewed = seen(&stack, &paid.payment, &token).await;
    assert_eq!(sums(&reviewed), ("review", "review", &json!(7400), &json!(0)));
    stack.refund(&paid.payment, "whole", json!({})).await.expect(201);
    let back = seen(&stack, &paid.payment, &token).await;
    assert_eq!(sums(&back), ("returned", "created", &json!(7400), &json!(7400)));
}

#[tokio::test]
async fn a_shopper_whose_page_was_lost_is_led_to_it_and_pays() {
    let stack = Stack::start(STACK).await;
    stack.behave(json!({ "create": "close" })).await;
    let order = stack.order(&order_body()).await;
    let unknown = stack.pay(&order, json!({})).await.expect(202);
    stack.behave(json!({})).await;
    let (payment, token) = (unknown.word("payment_id"), unknown.word("status_token"));
    assert_eq!(seen(&stack, payment, token).await.body["next_action"], Value::Null);
    stack.set_clock_ahead(70);
    let found = seen(&stack, payment, token).await;
    let page = found.body["next_action"]["url"].as_str().unwrap().to_owned();
    assert_eq!(found.body["next_action"]["type"], "redirect");
    stack.choose(&page, "approve").await.expect(200);
    stack.until_payment(payment, "succeeded").await;
    let paid = seen(&stack, payment, token).await;
    assert_eq!(sums(&paid), ("succeeded", "paid", &json!(7500), &json!(0)));
    assert_eq!(paid.body["next_action"], Value::Null);
}
