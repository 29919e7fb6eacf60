//! An ended order can be redacted, and keeps working as an order.

use std::time::Duration;

use e2e::{Answer, Paid, Stack, order_body};
use quittance::domain::id::{OrderId, PaymentId};
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, completed};

/// Each appears somewhere in the order that `personal` makes.
const PERSONAL: [&str; 8] = [
    "Maria Example",
    "maria@example.com",
    "+441632960960",
    "customer-77",
    "For Maria",
    "Happy birthday",
    "maria-77",
    "She did not like it",
];

fn personal() -> Value {
    let mut body = order_body();
    body["items"][0]["name"] = json!("For Maria");
    body["reference"] = json!("8731");
    body["customer"] = json!({
        "id": "customer-77",
        "name": "Maria Example",
        "email": "maria@example.com",
        "phone": "+441632960960",
    });
    body["metadata"] = json!({ "card": "Happy birthday" });
    body
}

/// A person's order, created under a key and paid.
async fn paid_by_maria(stack: &Stack, key: &str) -> Paid {
    let order = stack.post_with_key("/api/orders", key, &personal()).await.expect(201);
    let order = order.word("order_id").to_owned();
    let back = json!({ "return_url": format!("{}/maria-77", stack.address("shop")) });
    let paid = stack.try_again(&order, &format!("{key}-pay"), back).await;
    stack.choose(&paid.page, "approve").await.expect(200);
    stack.until_payment(&paid.payment, "succeeded").await;
    settled(stack, &order).await;
    paid
}

/// Waits until the order has no unfinished work: a function that has just sent a confirmation may be
/// about to mark it as sent.
async fn settled(stack: &Stack, order: &str) {
    let mut item = stack.item(order).await.unwrap();
    for _ in 0..250 {
        if item.get("due_at").is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        item = stack.item(order).await.unwrap();
    }
    assert!(item.get("due_at").is_none(), "{order} is due: {item}");
}

async fn redact(stack: &Stack, order: &str) -> Answer {
    stack.act(&format!("/api/orders/{order}/redact")).await
}

/// The personal words that are still in the table.
async fn kept(stack: &Stack) -> Vec<&'static str> {
    let items = Value::from(stack.items().await).to_string();
    PERSONAL.into_iter().filter(|word| items.contains(word)).collect()
}

#[tokio::test]
async fn a_redacted_order_names_nobody_and_keeps_its_sums() {
    let stack = Stack::start(STACK).await;
    let paid = paid_by_maria(&stack, "cart-1").await;
    let reason = json!({ "amount": 500, "reason": "She did not like it" });
    stack.refund(&paid.payment, "refund", reason).await.expect(201);
    settled(&stack, &paid.order).await;
    assert_eq!(kept(&stack).await, PERSONAL);
    let fingerprint = stack.item(&paid.order).await.unwrap()["fp"].clone();

    let redacted = redact(&stack, &paid.order).await.expect(200).body;
    assert_eq!(kept(&stack).await, [""; 0], "{:?}", stack.items().await);
    let items = Value::from(stack.items().await).to_string();
    assert!(!items.contains(fingerprint["S"].as_str().unwrap()), "{items}");
    assert!(redacted["redacted_at"].as_str().unwrap().ends_with('Z'), "{redacted}");
    for gone in ["customer", "metadata"] {
        assert_eq!(redacted.get(gone), None, "{redacted}");
    }
    assert_eq!(redacted["items"], json!([{ "product_id": "SKU_1001", "quantity": 2 }]));
    assert_eq!((&redacted["reference"], &redacted["total_amount"]), (&json!("8731"), &json!(7500)));
    assert_eq!(redacted["status"], "partially_refunded");
    let last = redacted["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["what"], &last["by"]), (&json!("order.redacted"), &json!("key:local")));
    let payment = stack.payment(&paid.payment).await;
    assert_eq!(payment["refunds"][0]["reason"], "requested");
    assert_eq!(
        (&payment["amount_captured"], &payment["amount_refunded"]),
        (&json!(7500), &json!(500))
    );
}

#[tokio::test]
async fn any_body_under_a_redacted_key_answers_with_the_order() {
    let stack = Stack::start(STACK).await;
    let paid = paid_by_maria(&stack, "cart-1").await;
    let guess = order_body();
    let reused = stack.post_with_key("/api/orders", "cart-1", &guess).await;
    reused.expect_problem(422, "idempotency-key-reused");
    redact(&stack, &paid.order).await.expect(200);
    for body in [
        guess,
        personal(),
        json!({ "items": [{ "product_id": "x", "quantity": 1 }], "total_amount": 1, "currency": "EUR" }),
    ] {
        let again = stack.post_with_key("/api/orders", "cart-1", &body).await.expect(200);
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.word("order_id"), paid.order);
        assert_eq!((again.word("status"), &again.body["total_amount"]), ("paid", &json!(7500)));
        assert!(!again.word("redacted_at").is_empty(), "{again}");
    }
    // The keys of later operations reveal as little.
    for more in [json!({}), json!({ "amount": 1 }), json!({ "method": "wallet" })] {
        let again = stack.pay_with_key(&paid.order, "cart-1-pay", more).await;
        assert_eq!(again.expect(200).word("payment_id"), paid.payment);
    }
}

#[tokio::test]
async fn nothing_is_redacted_while_anything_is_unfinished() {
    let stack = Stack::start(STACK).await;
    let refused = async |order: &str, why: &str| {
        let before = stack.item(order).await;
        let refused = redact(&stack, order).await.expect_problem(409, "order-unfinished");
        assert!(refused.word("detail").contains(why), "{refused}");
        assert_eq!(stack.item(order).await, before);
    };
    let unpaid = stack.order(&personal()).await;
    refused(&unpaid, "has not ended").await;
    let live = stack.checkout_with(personal(), json!({})).await;
    refused(&live.order, "payment is in progress").await;

    let disputed = paid_by_maria(&stack, "disputed").await;
    stack.dashboard(&disputed.payment, "dispute", json!({ "status": "opened" })).await.expect(200);
    stack.until_inbox(&disputed.order, "dispute.opened").await;
    settled(&stack, &disputed.order).await;
    refused(&disputed.order, "dispute").await;
    stack.dashboard(&disputed.payment, "dispute", json!({ "status": "won" })).await.expect(200);
    stack.until_inbox(&disputed.order, "dispute.won").await;
    settled(&stack, &disputed.order).await;
    redact(&stack, &disputed.order).await.expect(200);

    stack.behave(json!({ "refund_status": "pending" })).await;
    let refunded = paid_by_maria(&stack, "refunded").await;
    stack.refund(&refunded.payment, "r", json!({})).await.expect(201);
    refused(&refunded.order, "refund is in progress").await;

    stack.cancel_order(&unpaid).await.expect(200);
    settled(&stack, &unpaid).await;
    redact(&stack, &unpaid).await.expect(200);
    redact(&stack, "ORD_00000000000000000000").await.expect_problem(404, "order-not-found");
}

#[tokio::test]
async fn operations_after_a_redaction_work_and_can_be_redacted_too() {
    let stack = Stack::start(STACK).await;
    let paid = paid_by_maria(&stack, "cart-1").await;
    let first = redact(&stack, &paid.order).await.expect(200).body;
    assert_eq!(redact(&stack, &paid.order).await.expect(200).body, first);
    let reason = json!({ "amount": 500, "reason": "She did not like it" });
    stack.refund(&paid.payment, "refund", reason).await.expect(201);
    settled(&stack, &paid.order).await;
    assert_eq!(kept(&stack).await, ["She did not like it"]);
    stack.set_clock_ahead(10);
    let second = redact(&stack, &paid.order).await.expect(200).body;
    assert_eq!(kept(&stack).await, [""; 0]);
    let redactions = second["history"].as_array().unwrap().iter();
    assert_eq!(redactions.filter(|entry| entry["what"] == "order.redacted").count(), 2);
}

#[tokio::test]
async fn a_capture_that_comes_after_a_redaction_is_given_back() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout_with(personal(), json!({})).await;
    stack.cancel_order(&checkout.order).await.expect(200);
    settled(&stack, &checkout.order).await;
    redact(&stack, &checkout.order).await.expect(200);
    stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
    stack.until(&checkout.payment, |shown| shown["amount_captured"] == 7500).await;
    stack.sweep_at(60).await;
    let confirmation = stack.until_inbox(&checkout.order, "refund.completed").await;
    assert_eq!(confirmation["body"]["data"]["reason"], "late_payment");
    assert_eq!(confirmation["body"]["data"]["metadata"], json!({}));
    let truth = &stack.truth(&checkout.payment).await[0];
    assert_eq!(truth["refunds"][0]["amount"], 7500);
    assert_eq!(kept(&stack).await, [""; 0]);
}

#[tokio::test]
async fn the_body_of_a_stored_event_is_removed_too() {
    let stack = Stack::start(STACK).await;
    let paid = paid_by_maria(&stack, "cart-1").await;
    let other = PaymentId::from_number(&OrderId::parse(&paid.order).unwrap(), 7);
    let mut body = completed(&paid.order, other.as_str());
    body["email"] = json!("maria@example.com");
    let event = Event::new(&stack, &body).await;
    assert_eq!(event.send(&stack).await.expect(200).body["received"], "parked");
    redact(&stack, &paid.order).await.expect(200);
    assert_eq!(kept(&stack).await, [""; 0], "{:?}", stack.items().await);
    // Its id stays, for look-ups at the gateway; nothing restores its body.
    let parked = stack.items().await.into_iter().find(|item| item["pk"]["S"] == "P#sandbox#evt_1");
    assert_eq!(parked.unwrap()["body"]["S"], "");
    stack.sweep_at(3600).await;
    assert_eq!(kept(&stack).await, [""; 0], "{:?}", stack.items().await);
}

#[tokio::test]
async fn removed_data_does_not_return_when_the_gateway_repeats_it() {
    let stack = Stack::start(STACK).await;
    let declined = stack.checkout_with(personal(), json!({})).await;
    stack.choose(&declined.page, "decline").await.expect(200);
    stack.until_payment(&declined.payment, "failed").await;
    stack.cancel_order(&declined.order).await.expect(200);
    settled(&stack, &declined.order).await;
    let other = PaymentId::from_number(&OrderId::parse(&declined.order).unwrap(), 7);
    let mut long = completed(&declined.order, other.as_str());
    // The end of a body this long is stored in a second item.
    long["note"] = json!("x".repeat(300_000));
    long["zz"] = json!("maria@example.com");
    let event = Event::new(&stack, &long).await;
    assert_eq!(event.send(&stack).await.expect(200).body["received"], "parked");
    let sentence = stack.payment(&declined.payment).await["failure"]["message"].clone();
    redact(&stack, &declined.order).await.expect(200);

    event.send(&stack).await.expect(200);
    stack.set_clock_ahead(10);
    let shown = stack.refreshed(&declined.payment).await;
    assert_eq!(shown["failure"], json!({ "code": "card_declined", "message": "" }));
    let items = Value::from(stack.items().await).to_string();
    assert!(!items.contains(sentence.as_str().unwrap()), "{items}");
    assert_eq!(kept(&stack).await, [""; 0]);
}

#[tokio::test]
async fn the_free_words_of_a_dispute_are_removed_and_its_code_stays() {
    let stack = Stack::start(STACK).await;
    for (reason, left) in [("Maria Example: it broke", None), ("fraudulent", Some("fraudulent"))] {
        let paid = paid_by_maria(&stack, left.unwrap_or("free")).await;
        for status in ["opened", "won"] {
            let dispute = json!({ "status": status, "reason": reason });
            stack.dashboard(&paid.payment, "dispute", dispute).await.expect(200);
            stack.until_inbox(&paid.order, &format!("dispute.{status}")).await;
        }
        settled(&stack, &paid.order).await;
        redact(&stack, &paid.order).await.expect(200);
        assert_eq!(stack.payment(&paid.payment).await["disputes"][0]["reason"].as_str(), left);
        assert_eq!(kept(&stack).await, [""; 0]);
    }
}
