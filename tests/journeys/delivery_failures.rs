//! Failed deliveries: how often and how long they are repeated, and what the log reports about them.

use std::time::Duration;

use e2e::{GIBBERISH, Receiver, SILENCE, Stack, kill_pid};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::deliver_confirmation::{KEY, advance, stack_delivering_to, waits};

const FUNCTION: &str = "deliver-confirmation";
/// Longer than any wait between two deliveries.
const HALF_A_DAY: i64 = 43_200;

#[tokio::test]
async fn an_undeliverable_confirmation_ends_in_the_dead_letter_queue() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    receiver.answer_next(&["500 Oh"; 20]);
    let paid = stack.paid().await;
    until_dead(&stack, &receiver).await;
    let dead = stack.messages("deliveries-dead", &paid.order).await;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0]["type"], "payment.completed");
    assert_eq!(receiver.received().len(), 15);
}

#[tokio::test]
async fn a_confirmation_redriven_from_the_dead_letter_queue_keeps_its_id() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    receiver.answer_next(&["500 Oh"; 15]);
    stack.paid().await;
    until_dead(&stack, &receiver).await;
    let dead = json!({ "SourceArn": attribute(&stack, "deliveries-dead", "QueueArn").await });
    stack.aws("sqs", "AmazonSQS.StartMessageMoveTask", &dead).await;
    let all = receiver.until(16).await;
    let (first, last) = (&all[0], &all[15]);
    assert_eq!(last.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(last.payload, first.payload);
    Webhook::new(KEY).unwrap().verify(last.payload.as_bytes(), &last.headers).unwrap();
    stack.until_empty("deliveries").await;
    stack.until_empty("deliveries-dead").await;
    let tasks = stack.aws("sqs", "AmazonSQS.ListMessageMoveTasks", &dead).await;
    let task = &tasks.body["Results"][0];
    let moved = &task["ApproximateNumberOfMessagesMoved"];
    assert_eq!((&task["Status"], moved), (&json!("COMPLETED"), &json!(1)));
}

#[tokio::test]
async fn a_server_that_is_always_back_in_a_second_still_has_days() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    receiver.answer_next(&["503 Soon\r\nretry-after: 1"; 3]);
    stack.paid().await;
    receiver.until(1).await;
    let mut clock = 0;
    let all = advance(&stack, &receiver, 4, &mut clock, 4).await;
    let waits = waits(&all);
    let least = [5, 30, 120];
    assert!(waits.iter().zip(least).all(|(wait, least)| *wait >= least), "{waits:?}");
}

#[tokio::test]
async fn the_log_of_a_failed_delivery_names_the_payment_the_failure_and_the_next_try() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    receiver.answer_next(&["503 No", GIBBERISH]);
    let paid = stack.paid().await;
    let sent = receiver.until(1).await[0].clone();
    let mut clock = 0;
    advance(&stack, &receiver, 3, &mut clock, 2).await;
    stack.until_logged("confirmation delivered").await;
    let lines = of_deliveries(&stack, "confirmation not delivered");
    let [refused, gibberish] = lines.as_slice() else { panic!("{lines:?}") };
    for (line, tries) in [(refused, 1), (gibberish, 2)] {
        assert_eq!(
            (&line["order.id"], &line["payment.id"]),
            (&json!(paid.order), &json!(paid.payment))
        );
        assert_eq!(
            (&line["message.id"], &line["try"]),
            (&json!(sent.header("webhook-id")), &json!(tries))
        );
        assert!(line["next_try_at"].as_str().unwrap().ends_with('Z'), "{line}");
    }
    assert_eq!((&refused["status"], gibberish.get("status")), (&json!(503), None));
    let said = gibberish["error"].as_str().unwrap();
    assert!(said.contains("not HTTP") && !said.contains("time"), "{said}");
    let delivered = of_deliveries(&stack, "confirmation delivered");
    assert_eq!(delivered[0]["try"], 3);
}

#[tokio::test]
async fn a_crash_during_a_delivery_delays_the_confirmation_by_half_a_minute() {
    let receiver = Receiver::start();
    let stack = stack_delivering_to(&receiver).await;
    receiver.answer_next(&[SILENCE]);
    stack.paid().await;
    receiver.until(1).await;
    for pid in stack.children(FUNCTION).await {
        kill_pid(pid).await;
    }
    let mut clock = 0;
    let all = advance(&stack, &receiver, 2, &mut clock, 3).await;
    let wait = waits(&all)[0];
    // The function itself may take 25 s; nothing else may start before that.
    assert!((25..60).contains(&wait), "{wait} s");
    assert_eq!(all[1].header("webhook-id"), all[0].header("webhook-id"));
}

/// The merchant's server refuses until the queue gives up.
async fn until_dead(stack: &Stack, receiver: &Receiver) {
    for tries in 1..15 {
        receiver.until(tries).await;
        let mut clock = i64::try_from(tries).unwrap() * HALF_A_DAY;
        advance(stack, receiver, tries + 1, &mut clock, 1).await;
    }
    let mut dead = String::new();
    for hours in 0..250 {
        stack.set_clock_ahead(16 * HALF_A_DAY + hours * 3600);
        dead = attribute(stack, "deliveries-dead", "ApproximateNumberOfMessages").await;
        if dead == "1" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert_eq!(dead, "1", "the confirmation is still alive");
}

async fn attribute(stack: &Stack, queue: &str, name: &str) -> String {
    let url = format!("{}/000000000000/quittance-{queue}.fifo", stack.address("sqs"));
    let question = json!({ "QueueUrl": url, "AttributeNames": [name] });
    let answer = stack.aws("sqs", "AmazonSQS.GetQueueAttributes", &question).await;
    answer.body["Attributes"][name].as_str().unwrap_or_default().to_owned()
}

fn of_deliveries(stack: &Stack, message: &str) -> Vec<Value> {
    let lines = stack.log();
    let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == message).collect()
}
