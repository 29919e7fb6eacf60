//! Confirmations reach the merchant's server signed and in order, and are repeated until it accepts them.

use std::time::Duration;

use e2e::{Options, Receiver, Stack};
use reqwest::Method;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::STACK;
use crate::signed::unix_now;

pub(super) const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT_KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const LAST_KEY: &str = "whsec_plJ3nmyCDGBKInavdOK15jsl9N1cKXPo";

#[tokio::test]
async fn a_stranger_verifies_what_the_merchant_is_sent() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    let paid = stack.paid().await;
    let delivered = receiver.until(1).await.remove(0);
    let genuine = |key: &str| {
        Webhook::new(key).unwrap().verify(delivered.payload.as_bytes(), &delivered.headers)
    };
    genuine(KEY).unwrap();
    genuine(NEXT_KEY).unwrap();
    genuine(LAST_KEY).unwrap_err();
    let altered = delivered.payload.replace("7500", "7501");
    Webhook::new(KEY).unwrap().verify(altered.as_bytes(), &delivered.headers).unwrap_err();

    let body = delivered.body();
    assert_eq!(
        (&body["type"], &body["id"]),
        (&json!("payment.completed"), &json!(delivered.header("webhook-id")))
    );
    assert_eq!(
        (&body["data"]["order_id"], &body["data"]["payment_id"]),
        (&json!(paid.order), &json!(paid.payment))
    );
    assert_eq!(delivered.header("content-type"), "application/json");
    let queued = stack.messages("fulfilment", &paid.order).await;
    assert_eq!(queued, [body], "one message for every target");
}

#[tokio::test]
async fn a_confirmation_names_the_request_that_made_its_fact_known() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    stack.until_inbox(&paid.order, "payment.completed").await;
    let queue = format!("{}/000000000000/quittance-fulfilment.fifo", stack.address("sqs"));
    let question = json!({ "QueueUrl": queue, "MessageAttributeNames": ["All"] });
    let answer = stack.aws("sqs", "AmazonSQS.ReceiveMessage", &question).await;
    let request = &answer.body["Messages"][0]["MessageAttributes"]["request_id"]["StringValue"];
    assert!(request.is_string(), "{answer}");

    let lines = stack.log();
    let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines: Vec<Value> = lines.collect();
    let said = |message: &str, field: &str| {
        lines.iter().find(|line| line["message"] == message && &line[field] == request)
    };
    let caused = said("request", "request.id").unwrap();
    assert_eq!(caused["route"], "POST /api/webhooks/{gateway}");
    let delivered = said("confirmation delivered", "cause.request.id").unwrap();
    assert_ne!(&delivered["request.id"], request, "the delivery has an id of its own");
}

#[tokio::test]
async fn the_shop_takes_only_what_is_signed() {
    let stack = Stack::start(STACK).await;
    let paid = stack.paid().await;
    let genuine = stack.until_inbox(&paid.order, "payment.completed").await;
    let payload = genuine["payload"].as_str().unwrap();
    let post = async |payload: &str, at: &str, signature: &str| {
        let url = format!("{}/webhooks/quittance", stack.address("shop"));
        let request = reqwest::Client::new()
            .request(Method::POST, url)
            .header("webhook-id", genuine["webhook_id"].as_str().unwrap())
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature);
        stack.send(request.body(payload.to_owned())).await.status
    };
    let signature = genuine["signature"].as_str().unwrap();
    let at = genuine["timestamp"].as_str().unwrap();
    assert_eq!(post(&payload.replace("7500", "1"), at, signature).await, 401);
    assert_eq!(post(payload, at, "v1,AAAA").await, 401);
    assert_eq!(post(payload, at, signature).await, 204, "at least once: a repeat is allowed");
    let inbox = stack.inbox(&paid.order).await;
    assert_eq!((inbox.len(), &inbox[0]["count"]), (1, &json!(2)));
    let old = unix_now() - 600;
    let key = stack.secret("quittance/delivery").await["keys"][0]["key"].clone();
    let id = genuine["webhook_id"].as_str().unwrap();
    let signer = Webhook::new(key.as_str().unwrap()).unwrap();
    let resigned = signer.sign(id, old, payload.as_bytes()).unwrap();
    assert_eq!(post(payload, &old.to_string(), &resigned).await, 401, "an old one is a replay");
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again_later_and_later() {
    let receiver = Receiver::start();
    receiver.answer_next(&["500 Oh", "503 No"]);
    let stack = stack_delivering_to(&receiver).await;
    stack.paid().await;
    receiver.until(1).await;
    let mut clock = 0;
    advance(&stack, &receiver, 2, &mut clock, 1).await;
    let all = advance(&stack, &receiver, 3, &mut clock, 2).await;
    let ids: Vec<&str> = all.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids, [ids[0]; 3]);
    assert_eq!([&all[1].payload, &all[2].payload], [&all[0].payload; 2]);
    let waits = waits(&all);
    assert!((5..20).contains(&waits[0]) && (30..60).contains(&waits[1]), "{waits:?}");
    Webhook::new(KEY).unwrap().verify(all[2].payload.as_bytes(), &all[2].headers).unwrap();

    stack.until_empty("deliveries").await;
    stack.set_clock_ahead(3600);
    stack.sweep().await;
    assert_eq!(receiver.received().len(), 3, "once it is taken it does not come again");
}

#[tokio::test]
async fn a_server_that_names_its_time_is_left_alone_until_then() {
    let receiver = Receiver::start();
    receiver.answer_next(&["429 Later\r\nretry-after: 120"]);
    let stack = stack_delivering_to(&receiver).await;
    stack.paid().await;
    receiver.until(1).await;
    let mut clock = 0;
    let all = advance(&stack, &receiver, 2, &mut clock, 10).await;
    let wait = waits(&all)[0];
    assert!((120..180).contains(&wait), "{wait} s");
}

#[tokio::test]
async fn a_date_far_away_is_waited_for_as_long_as_a_queue_can() {
    let receiver = Receiver::start();
    receiver.answer_next(&["503 Closed\r\nretry-after: Sun, 06 Nov 2094 08:49:37 GMT"]);
    let stack = stack_delivering_to(&receiver).await;
    stack.paid().await;
    receiver.until(1).await;
    let mut clock = 43_000;
    let all = advance(&stack, &receiver, 2, &mut clock, 60).await;
    let wait = waits(&all)[0];
    assert!(wait >= 43_050, "{wait} s");
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_tried_again() {
    let receiver = Receiver::start();
    receiver.answer_next(&["302 Found\r\nlocation: /elsewhere", "307 Go\r\nlocation: /elsewhere"]);
    let stack = stack_delivering_to(&receiver).await;
    stack.paid().await;
    receiver.until(1).await;
    let mut clock = 0;
    let all = advance(&stack, &receiver, 3, &mut clock, 5).await;
    let paths: Vec<&str> = all.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["/hook"; 3]);
}

#[tokio::test]
async fn a_failed_delivery_holds_up_its_own_order_only() {
    let receiver = Receiver::start();
    receiver.answer_next(&["500 Oh"]);
    let stack = stack_delivering_to(&receiver).await;
    let first = stack.paid().await;
    receiver.until(1).await;
    stack.refund(&first.payment, "refund", json!({})).await.expect(201);
    let second = stack.paid().await;
    let all = receiver.until(2).await;
    assert_eq!(all[1].body()["data"]["order_id"], second.order);
    let mut clock = 0;
    let all = advance(&stack, &receiver, 4, &mut clock, 2).await;
    let delivered: Vec<_> = all[2..]
        .iter()
        .map(|one| (one.body()["data"]["order_id"].clone(), one.body()["type"].clone()))
        .collect();
    let order = json!(first.order);
    assert_eq!(
        delivered,
        [(order.clone(), json!("payment.completed")), (order, json!("refund.completed"))]
    );
}

/// The stack's time that passed between one request and the next.
pub(super) fn waits(all: &[e2e::Received]) -> Vec<i64> {
    all.windows(2).map(|two| two[1].came_at() - two[0].came_at()).collect()
}

/// Advances the stack's clock in steps until this many requests have arrived.
pub(super) async fn advance(
    stack: &Stack,
    receiver: &Receiver,
    count: usize,
    clock: &mut i64,
    step: i64,
) -> Vec<e2e::Received> {
    for _ in 0..200 {
        *clock += step;
        receiver.set_clock_ahead(*clock);
        stack.set_clock_ahead(*clock);
        for _ in 0..10 {
            let requests = receiver.received();
            if requests.len() >= count {
                return requests;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    receiver.until(count).await
}

pub(super) async fn stack_delivering_to(receiver: &Receiver) -> Stack {
    let keys = [
        key("k1", KEY, None),
        key("k2", NEXT_KEY, None),
        key("k0", LAST_KEY, Some("2020-01-01T00:00:00Z")),
    ];
    let secrets = json!({ "quittance/delivery": { "url": receiver.url, "keys": keys } });
    Stack::with_secrets(STACK, &secrets, Options::default()).await
}

fn key(id: &str, key: &str, not_after: Option<&str>) -> Value {
    json!({ "id": id, "key": key, "not_after": not_after })
}
