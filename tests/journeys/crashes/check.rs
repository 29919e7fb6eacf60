//! The state the order must reach afterwards, here and at the gateway.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use e2e::Stack;
use serde_json::{Value, json};

use super::stories::{EXPIRED_SECONDS, Known, OPERATION_KEY, Story, place, refund, start};

struct After {
    order: &'static str,
    payment: &'static str,
    /// At the gateway.
    captured: u64,
    refunded: u64,
    /// The confirmations in each queue, each under one id.
    confirmed: &'static [&'static str],
}

const fn after(story: Story) -> After {
    let unpaid =
        After { order: "created", payment: "pending", captured: 0, refunded: 0, confirmed: &[] };
    let paid = After {
        order: "paid",
        payment: "succeeded",
        captured: 7500,
        confirmed: &["payment.completed"],
        ..unpaid
    };
    match story {
        Story::Order | Story::Payment | Story::KeylessPayment | Story::TakeOver => unpaid,
        Story::Charge | Story::Paid | Story::Unheard => paid,
        Story::Capture => After { confirmed: &["payment.authorized", "payment.completed"], ..paid },
        Story::Refund => After {
            order: "partially_refunded",
            refunded: 2500,
            confirmed: &["payment.completed", "refund.completed"],
            ..paid
        },
        Story::Void => After {
            payment: "canceled",
            confirmed: &["payment.authorized", "payment.canceled"],
            ..unpaid
        },
        Story::Close => After { payment: "canceled", confirmed: &["payment.canceled"], ..unpaid },
        Story::CancelOrder => After {
            order: "canceled",
            payment: "canceled",
            confirmed: &["order.canceled", "payment.canceled"],
            ..unpaid
        },
        Story::Expiry => After {
            order: "expired",
            payment: "expired",
            confirmed: &["order.expired", "payment.expired"],
            ..unpaid
        },
        Story::Compensation => After {
            payment: "returned",
            order: "canceled",
            captured: 7500,
            refunded: 7500,
            confirmed: &["order.canceled", "payment.canceled", "refund.completed"],
        },
    }
}

pub(super) async fn check(story: Story, stack: &Stack, known: &Known) {
    let begun = if story == Story::Expiry { EXPIRED_SECONDS } else { 0 };
    // Past every lease, the settle time and the first steps of the backoff.
    for ahead in [100, 300, 800, 2000, 6000] {
        stack.set_clock_ahead(begun + ahead);
        stack.sweep().await;
    }
    let known = retried(story, stack, known).await;
    let wanted = after(story);
    assert_eq!(stack.order_status(&known.order).await, wanted.order);
    if story != Story::Order {
        assert_eq!(stack.payment_status(&known.payment).await, wanted.payment);
        assert_eq!(stack.truth(&known.payment).await.len(), 1);
    }
    assert_money(stack, &known, wanted.captured, wanted.refunded).await;
    assert_confirmed(stack, &known, wanted.confirmed).await;
    if wanted.order == "created" {
        pay_after_all(story, stack, &known, wanted.confirmed).await;
    } else {
        let item = stack.item(&known.order).await.unwrap();
        assert_eq!(item.get("due_at"), None, "work is left: {item}");
    }
}

/// The answer to a caller who got none and asks again: the same order, payment or refund.
async fn retried(story: Story, stack: &Stack, known: &Known) -> Known {
    let mut known = known.clone();
    match story {
        Story::Order => {
            place(stack).await.expect(200).word("order_id").clone_into(&mut known.order);
        }
        Story::Payment | Story::Charge | Story::TakeOver => {
            let payment = start(stack, &known).await.expect(200);
            assert_eq!(payment.header("idempotent-replayed"), "true");
            payment.word("payment_id").clone_into(&mut known.payment);
            payment.word("checkout_url").clone_into(&mut known.page);
        }
        Story::KeylessPayment => {
            let payment = stack.pay(&known.order, json!({})).await.expect(200);
            payment.word("payment_id").clone_into(&mut known.payment);
            payment.word("checkout_url").clone_into(&mut known.page);
        }
        Story::Refund => {
            let refund = refund(stack, &known).await.expect(200);
            assert_eq!(refund.word("status"), "succeeded");
        }
        Story::Capture => {
            let capture = stack.capture(&known.payment, OPERATION_KEY, json!({})).await.expect(200);
            assert_eq!(capture.header("idempotent-replayed"), "true");
        }
        Story::Void | Story::Close => {
            stack.act(&format!("/api/payments/{}/cancel", known.payment)).await.expect(200);
        }
        Story::CancelOrder => {
            stack.act(&format!("/api/orders/{}/cancel", known.order)).await.expect(200);
        }
        Story::Paid | Story::Unheard | Story::Expiry | Story::Compensation => {}
    }
    known
}

/// Money that moved for the order: the sum over all its objects, with each capture counted once.
async fn assert_money(stack: &Stack, known: &Known, captured: u64, refunded: u64) {
    let truth = stack.all_truth().await;
    let sum = |name: &str| truth.iter().map(|p| p[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("amount_captured"), sum("amount_refunded")), (captured, refunded), "{truth:?}");
    let takings = |payment: &Value| payment["captures"].as_array().unwrap().len();
    assert_eq!(truth.iter().map(takings).sum::<usize>(), usize::from(captured > 0), "{truth:?}");
    let ours = |payment: &Value| payment["order_id"] == known.order.as_str();
    assert!(truth.iter().all(ours), "{truth:?}");
}

/// Each type of confirmation has one id, the same at every target. The number of deliveries does not
/// matter.
async fn assert_confirmed(stack: &Stack, known: &Known, confirmed: &[&str]) {
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for queue in ["fulfilment", "notifications"] {
        let messages = stack.messages(queue, &known.order).await;
        let here: BTreeSet<&str> = messages.iter().map(|m| m["type"].as_str().unwrap()).collect();
        assert_eq!(here, confirmed.iter().copied().collect(), "{queue}");
        for message in &messages {
            let (kind, id) = (message["type"].as_str().unwrap(), message["id"].as_str().unwrap());
            ids.entry(kind.to_owned()).or_default().insert(id.to_owned());
        }
    }
    for kind in confirmed {
        let shown = stack.until_inbox(&known.order, kind).await;
        let id = shown["webhook_id"].as_str().unwrap().to_owned();
        ids.entry((*kind).to_owned()).or_default().insert(id);
    }
    assert!(ids.values().all(|ids| ids.len() == 1), "{ids:?}");
    assert_eq!(stack.inbox(&known.order).await.len(), confirmed.len());
}

/// An order that is still open can be paid once, on the page that was handed out or on another.
async fn pay_after_all(story: Story, stack: &Stack, known: &Known, confirmed: &[&str]) {
    let page = if matches!(story, Story::Order | Story::Void | Story::Close) {
        let again = stack.pay_with_key(&known.order, "again", json!({})).await.expect(201);
        again.word("checkout_url").to_owned()
    } else {
        known.page_on(stack)
    };
    stack.choose(&page, "approve").await.expect(200);
    stack.until_order(&known.order, "paid").await;
    assert_money(stack, known, 7500, 0).await;
    stack.until_inbox(&known.order, "payment.completed").await;
    tokio::time::timeout(Duration::from_secs(10), async {
        while stack.inbox(&known.order).await.len() < confirmed.len() + 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(stack.inbox(&known.order).await.len(), confirmed.len() + 1);
}
