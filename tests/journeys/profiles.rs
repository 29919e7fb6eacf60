//! The core of a checkout at other kinds of gateways: their limitations change the course of a story,
//! never its end.

use e2e::{End, Options, Paid, Stack, order_body};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::STACK;

const PROFILES: [&str; 4] = ["phonepe-like", "razorpay-like", "paypal-like", "no-keys"];

#[tokio::test]
async fn a_shopper_pays() {
    for profile in PROFILES {
        let stack = at(profile).await;
        let checkout = stack.checkout().await;
        pay(&stack, &checkout).await;
        let confirmed = confirmations(profile, &["payment.completed"]);
        stack.ends(&checkout, paid(&confirmed)).await;
    }
}

#[tokio::test]
async fn a_shopper_is_declined_and_pays_another_page() {
    for profile in PROFILES {
        let stack = at(profile).await;
        let first = stack.checkout().await;
        stack.choose(&first.page, "decline").await.expect(200);
        let confirmed = &["payment.failed"];
        let end = End { payment: "failed", order: "created", captured: 0, refunded: 0, confirmed };
        stack.ends(&first, end).await;
        let second = stack.try_again(&first.order, "second", json!({})).await;
        pay(&stack, &second).await;
        let mut confirmed = vec!["payment.failed"];
        confirmed.extend(confirmations(profile, &["payment.completed"]));
        stack.ends(&second, paid(&confirmed)).await;
    }
}

#[tokio::test]
async fn a_payment_is_found_without_webhooks() {
    for profile in PROFILES {
        let stack = at(profile).await;
        stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
        let checkout = stack.checkout().await;
        stack.choose(&checkout.page, "approve").await.expect(200);
        // A capture that is left to us is owed by the first sweep and sent by the second.
        stack.sweep_at(60).await;
        stack.sweep_at(75).await;
        let confirmed = confirmations(profile, &["payment.completed"]);
        stack.ends(&checkout, paid(&confirmed)).await;
    }
}

#[tokio::test]
async fn a_payment_is_refunded_in_parts() {
    for profile in PROFILES {
        let stack = at(profile).await;
        let checkout = stack.checkout().await;
        pay(&stack, &checkout).await;
        let part = stack.refund(&checkout.payment, "part", json!({ "amount": 2500 })).await;
        assert_eq!(part.expect(201).word("status"), "succeeded", "{profile}");
        stack.until_order(&checkout.order, "partially_refunded").await;
        let rest = stack.refund(&checkout.payment, "rest", json!({})).await.expect(201);
        assert_eq!(rest.body["amount"], 5000);
        let confirmed =
            confirmations(profile, &["payment.completed", "refund.completed", "refund.completed"]);
        let end = End { order: "refunded", refunded: 7500, ..paid(&confirmed) };
        stack.ends(&checkout, end).await;
    }
}

#[tokio::test]
async fn what_the_dashboard_does_is_seen() {
    for profile in PROFILES {
        let stack = at(profile).await;
        let checkout = stack.checkout().await;
        pay(&stack, &checkout).await;
        let refund = json!({ "amount": 2500 });
        stack.dashboard(&checkout.payment, "refund", refund).await.expect(201);
        stack.until_order(&checkout.order, "partially_refunded").await;
        let lost = json!({ "status": "lost", "amount": 5000 });
        stack.dashboard(&checkout.payment, "dispute", lost).await.expect(200);
        let heard = ["payment.completed", "refund.completed", "dispute.opened", "dispute.lost"];
        let confirmed = confirmations(profile, &heard);
        let end = End { order: "partially_refunded", refunded: 2500, ..paid(&confirmed) };
        stack.ends(&checkout, end).await;
        let more = stack.refund(&checkout.payment, "more", json!({})).await;
        more.expect_problem(422, "refund-exceeds-captured");
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_not_paid_twice() {
    for profile in PROFILES {
        let stack = at(profile).await;
        let checkout = stack.checkout().await;
        pay(&stack, &checkout).await;
        stack.behave(json!({ "refund": "error_after", "webhooks": { "mode": "never" } })).await;
        stack.refund(&checkout.payment, "key", json!({})).await.expect(202);
        stack.behave(json!({})).await;
        stack.sweep_at(300).await;
        let confirmed = confirmations(profile, &["payment.completed", "refund.completed"]);
        let end = End { order: "refunded", refunded: 7500, ..paid(&confirmed) };
        stack.ends(&checkout, end).await;
    }
}

/// Each takes fifteen seconds, so they run concurrently.
#[tokio::test]
async fn a_create_call_without_an_answer_made_one_object() {
    join_all(PROFILES.map(|profile| async move {
        let stack = at(profile).await;
        stack.behave(json!({ "create": "timeout_after" })).await;
        let order = stack.order(&order_body()).await;
        let unknown = stack.pay_with_key(&order, "key", json!({})).await.expect(202);
        stack.behave(json!({})).await;
        stack.set_clock_ahead(100);
        let found = stack.pay_with_key(&order, "key", json!({})).await.expect(200);
        assert_eq!(found.word("payment_id"), unknown.word("payment_id"));
        assert_eq!(stack.all_truth().await.len(), 1, "{profile}");
        if found.word("checkout_url").is_empty() {
            // Nobody has its page, and this gateway does not show it again, so another payment replaces
            // it.
            assert_eq!(profile, "phonepe-like");
            let second = stack.try_again(&order, "second", json!({ "replace": true })).await;
            pay(&stack, &second).await;
            stack.ends(&second, paid(&["payment.canceled", "payment.completed"])).await;
        } else {
            let (payment, page) = (found.word("payment_id"), found.word("checkout_url"));
            let checkout = Paid { order, payment: payment.to_owned(), page: page.to_owned() };
            pay(&stack, &checkout).await;
            stack.ends(&checkout, paid(&confirmations(profile, &["payment.completed"]))).await;
        }
    }))
    .await;
}

#[tokio::test]
async fn a_page_is_closed_where_there_is_a_call_for_it() {
    let stack = at("no-keys").await;
    let checkout = stack.checkout().await;
    stack.cancel_payment(&checkout.payment).await.expect(200);
    stack.ends(&checkout, unpaid("canceled", "created", &["payment.canceled"])).await;
    stack.choose(&checkout.page, "approve").await.expect(409);
}

#[tokio::test]
async fn a_page_that_lapses_is_closing_until_the_gateway_says_so() {
    let stack = at("phonepe-like").await;
    let checkout = stack.checkout().await;
    let closing = stack.cancel_payment(&checkout.payment).await.expect(202);
    assert_eq!((closing.word("status"), &closing.body["next_action"]), ("pending", &Value::Null));
    stack.sweep_at(1800).await;
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");
    stack.sweep_at(3700).await;
    stack.ends(&checkout, unpaid("expired", "created", &["payment.expired"])).await;
}

#[tokio::test]
async fn an_order_with_a_page_that_lapses_ends_after_it() {
    let stack = at("phonepe-like").await;
    let checkout = stack.checkout().await;
    stack.cancel_order(&checkout.order).await.expect(202);
    let other = stack.pay_with_key(&checkout.order, "other", json!({})).await;
    other.expect_problem(409, "payment-in-progress");
    stack.sweep_at(3700).await;
    let confirmed = &["payment.expired", "order.canceled"];
    stack.ends(&checkout, unpaid("expired", "canceled", confirmed)).await;
}

#[tokio::test]
async fn a_payment_that_only_we_can_capture_is_closed_by_us_alone() {
    let stack = at("paypal-like").await;
    let checkout = stack.checkout().await;
    stack.cancel_order(&checkout.order).await.expect(200);
    let confirmed = &["payment.canceled", "order.canceled"];
    stack.ends(&checkout, unpaid("canceled", "canceled", confirmed)).await;
}

#[tokio::test]
async fn a_gateway_that_captures_at_once_takes_no_manual_payment() {
    let stack = at("phonepe-like").await;
    let order = stack.order(&order_body()).await;
    let refused = stack.pay(&order, json!({ "capture": "manual" })).await;
    let refused = refused.expect_problem(422, "no-gateway");
    assert!(refused.body["gateways"]["sandbox"].is_string(), "{refused}");
    assert!(stack.all_truth().await.is_empty());
}

async fn at(profile: &'static str) -> Stack {
    Stack::with(STACK, Options { profile: Some(profile), ..Options::default() }).await
}

/// The shopper pays; where the capture is up to us, the sweep sends it.
async fn pay(stack: &Stack, checkout: &Paid) {
    stack.choose(&checkout.page, "approve").await.expect(200);
    let seen = stack.until(&checkout.payment, |shown| shown["status"] != "pending").await;
    if seen["status"] == "authorized" {
        stack.sweep_at(120).await;
        stack.sweep_until(&checkout.payment, "succeeded").await;
    }
}

/// The confirmations of a payment, starting with its authorization if there is one.
fn confirmations<'a>(profile: &str, rest: &[&'a str]) -> Vec<&'a str> {
    let authorized = (profile == "paypal-like").then_some("payment.authorized");
    authorized.into_iter().chain(rest.iter().copied()).collect()
}

fn paid<'a>(confirmed: &'a [&'a str]) -> End<'a> {
    End { payment: "succeeded", order: "paid", captured: 7500, refunded: 0, confirmed }
}

fn unpaid<'a>(payment: &'a str, order: &'a str, confirmed: &'a [&'a str]) -> End<'a> {
    End { payment, order, captured: 0, refunded: 0, confirmed }
}
