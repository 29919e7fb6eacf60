//! Unsigned events, events of another stack's gateway, and events that API Gateway would never send.

use dev_stack::functions;
use e2e::{Options, Stack, TABLE, order_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::STACK;
use crate::signed::{Event, SANDBOX, STRANGE_KEY, completed, unix_now};

fn counted(stack: &Stack, metric: &str) -> usize {
    stack.log().iter().filter(|line| line.contains(&format!("\"{metric}\":1"))).count()
}

/// A capture of a payment that is unknown to this stack.
async fn orphan(stack: &Stack, n: usize) -> Event {
    let order = format!("ORD_{n:0>20}");
    let body = completed(&order, &format!("PAY_{n:0>26}"));
    Event { id: format!("evt_{n}"), ..Event::new(stack, &body).await }
}

#[tokio::test]
async fn an_unsigned_event_is_refused_before_a_secret_is_read_and_rolls_nothing_back() {
    let placeholder = json!({
        "mode": "test", "api_key": "REPLACE_ME", "base_url": "REPLACE_ME", "webhook_secrets": [],
    });
    let secrets = json!({ SANDBOX: placeholder });
    let stack = Stack::with_secrets(STACK, &secrets, Options::default()).await;
    for headers in [vec![], vec![("webhook-signature", "")]] {
        let answer = stack.send_as(Method::POST, "/api/webhooks/sandbox", &headers).await;
        answer.expect_problem(401, "unauthorized");
    }
    stack.until_logged("\"webhook.unsigned\":1").await;
    let body = json!({}).to_string().into_bytes();
    let key = STRANGE_KEY.to_owned();
    let event =
        Event { gateway: "sandbox", id: "evt".to_owned(), timestamp: unix_now(), body, key };
    event.send(&stack).await.expect_problem(503, "unavailable");
    stack.until_logged("request put off").await;
    assert!(!stack.log().iter().any(|line| line.contains("request failed")), "no alarm may ring");
    assert_eq!(counted(&stack, "webhook.unsigned"), 2);
    assert_eq!(counted(&stack, "webhook.rejected"), 0);
    assert_eq!(counted(&stack, "request.failed"), 0);
}

#[tokio::test]
async fn a_wrong_signature_is_counted_apart_from_none() {
    let stack = Stack::start(STACK).await;
    let event = orphan(&stack, 1).await;
    let forged = Event { key: STRANGE_KEY.to_owned(), ..event };
    forged.send(&stack).await.expect_problem(401, "unauthorized");
    stack.until_logged("\"webhook.rejected\":1").await;
    assert_eq!(counted(&stack, "webhook.unsigned"), 0);
}

#[tokio::test]
async fn an_event_that_api_gateway_would_never_send_is_a_400_and_no_crash() {
    let stack = Stack::start(STACK).await;
    for function in functions::REQUESTS {
        for event in ["[]", "7", r#"{"headers":5}"#, r#"{"requestContext":"x"}"#] {
            let path = format!("/2015-03-31/functions/{function}/invocations");
            let request = stack.request(Method::POST, &path).body(event);
            let answer = request.send().await.unwrap();
            assert!(!answer.headers().contains_key("x-amz-function-error"), "{function} {event}");
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["statusCode"], 400, "{function} {event}: {answer}");
        }
    }
    let path = "/2015-03-31/functions/deliver-confirmation/invocations";
    let answer = stack.request(Method::POST, path).body("[7]").send().await.unwrap();
    let report: Value = answer.json().await.unwrap();
    assert_eq!(report["errorType"], "serde_json::error::Error", "{report}");
    // The sweep does not read its event.
    for event in ["[]", "{}"] {
        let path = "/2015-03-31/functions/sweep-due/invocations";
        let answer = stack.request(Method::POST, path).body(event).send().await.unwrap();
        assert!(!answer.headers().contains_key("x-amz-function-error"), "{event}");
    }
}

#[tokio::test]
async fn an_error_of_a_function_is_reported_by_its_type() {
    let stack = Stack::start(STACK).await;
    let table = json!({ "TableName": TABLE });
    stack.aws("dynamodb", "DynamoDB_20120810.DeleteTable", &table).await;
    let report = stack.invoke("sweep-due").await.body;
    assert_eq!(report["errorType"], "quittance::operations::Unavailable", "{report}");
    assert_eq!(report["errorMessage"], "the table did not answer");
}

#[tokio::test]
async fn another_stacks_event_is_ignored_and_one_without_a_stack_is_ours() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let truth = &stack.truth(&checkout.payment).await[0];
    assert_eq!(truth["metadata"]["quittance_stack"], "quittance");

    // With the same id as a payment here: two stacks may have created both from one key.
    let mut body = completed(&checkout.order, &checkout.payment);
    body["metadata"] = json!({ "quittance_stack": "quittance-staging" });
    for (key, value) in
        [("id", json!("pay_x")), ("amount", json!(7500)), ("currency", json!("USD"))]
    {
        body[key] = value;
    }
    let theirs = Event::new(&stack, &body).await;
    let answer = theirs.send(&stack).await.expect(200);
    assert_eq!(answer.body, json!({ "received": "ignored" }));
    stack.until_logged("\"webhook.foreign\":1").await;
    assert_eq!(stack.payment_status(&checkout.payment).await, "pending");

    let unknown =
        json!({ "event": "payment.completed", "metadata": { "quittance_stack": "other" } });
    let theirs = Event { id: "evt_2".to_owned(), ..Event::new(&stack, &unknown).await };
    assert_eq!(theirs.send(&stack).await.expect(200).body, json!({ "received": "ignored" }));
    assert!(stack.parked().await.is_empty());

    body["metadata"] = json!({ "quittance_stack": "" });
    let ours = Event { id: "evt_3".to_owned(), ..Event::new(&stack, &body).await };
    assert_eq!(ours.send(&stack).await.expect(200).body, json!({ "received": "committed" }));
    assert_eq!(stack.order_status(&checkout.order).await, "paid");
}

#[tokio::test]
async fn an_attempt_repeats_its_create_call_as_it_was_first_sent() {
    for named in [true, false] {
        let stack = Stack::start(STACK).await;
        stack.behave(json!({ "create": "timeout_before" })).await;
        let order = stack.order(&order_body()).await;
        let payment = stack.pay_with_key(&order, "k", json!({})).await.expect(202);
        let payment = payment.word("payment_id").to_owned();
        if !named {
            // The item as an older version left it.
            let update = json!({
                "TableName": TABLE, "Key": { "pk": { "S": format!("O#{order}") } },
                "UpdateExpression": "REMOVE atts.#a.stk",
                "ExpressionAttributeNames": { "#a": payment },
            });
            stack.aws("dynamodb", "DynamoDB_20120810.UpdateItem", &update).await;
        }
        stack.behave(json!({})).await;
        stack.set_clock_ahead(100);
        stack.sweep().await;
        let truth = stack.truth(&payment).await;
        let stack_name = truth[0]["metadata"].get("quittance_stack");
        assert_eq!(stack_name, named.then_some(&json!("quittance")), "{truth:?}");
    }
}

#[tokio::test]
async fn when_parking_is_full_the_gateway_must_retry_and_our_orders_are_unaffected() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let hour = unix_now() / 3600;
    let fill = async |parked: u32| {
        for hour in [hour, hour + 1] {
            let item = json!({ "pk": { "S": format!("P##{hour}") }, "parked": { "N": parked.to_string() } });
            let put = json!({ "TableName": TABLE, "Item": item });
            stack.aws("dynamodb", "DynamoDB_20120810.PutItem", &put).await;
        }
    };
    fill(999).await;
    let last = orphan(&stack, 1).await;
    assert_eq!(last.send(&stack).await.expect(200).body, json!({ "received": "parked" }));
    let next = orphan(&stack, 2).await;
    let answer = next.send(&stack).await.expect_problem(503, "unavailable");
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    let detail = "No more events of unknown orders are stored this hour.";
    assert_eq!(answer.word("detail"), detail);
    assert_eq!(stack.parked().await.len(), 1);
    assert_eq!(last.send(&stack).await.expect(200).body, json!({ "received": "parked" }));
    stack.until_logged("\"webhook.not_parked\":1").await;
    assert_eq!(counted(&stack, "request.failed"), 0, "no reason to take a version back");

    let strange = completed(&checkout.order, &format!("{}AAAAAA", &checkout.payment[..24]));
    let kept = Event { id: "evt_kept".to_owned(), ..Event::new(&stack, &strange).await };
    assert_eq!(kept.send(&stack).await.expect(200).body, json!({ "received": "parked" }));
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_order(&checkout.order, "paid").await;

    fill(0).await;
    assert_eq!(next.send(&stack).await.expect(200).body, json!({ "received": "parked" }));
}

#[tokio::test]
async fn too_many_parked_events_of_an_order_do_not_affect_its_payment() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let strange = |n: usize| {
        let body = completed(&checkout.order, &format!("{}{n:0>6}", &checkout.payment[..24]));
        let (stack, id) = (&stack, format!("evt_{n:0>246}"));
        async move { Event { id, ..Event::new(stack, &body).await }.send(stack).await }
    };
    for n in 0..100 {
        assert_eq!(strange(n).await.expect(200).word("received"), "parked", "{n}");
    }
    for n in 100..103 {
        let answer = strange(n).await.expect_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "3600");
        let detail = "No more unmerged events of this order are stored.";
        assert_eq!(answer.word("detail"), detail);
    }
    assert_eq!(strange(7).await.expect(200).word("received"), "parked", "as it is already");
    assert_eq!(stack.parked().await.len(), 100);
    stack.until_logged("\"webhook.not_parked\":1").await;
    assert_eq!(counted(&stack, "request.failed"), 0, "no reason to take a version back");

    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_order(&checkout.order, "paid").await;
    stack.until_inbox(&checkout.order, "payment.completed").await;
    stack.sweep_at(60).await;
    stack.act(&format!("/api/orders/{}/redact", checkout.order)).await.expect(200);
    let bodies = stack.items().await.into_iter().filter(|item| item.get("body").is_some());
    assert!(bodies.into_iter().all(|item| item["body"]["S"] == ""), "no body is kept");
}

#[tokio::test]
async fn no_number_of_parked_events_delays_an_order() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout().await;
    let order = stack.item(&checkout.order).await.unwrap();
    orphan(&stack, 0).await.send(&stack).await.expect(200);
    let parked = stack.parked().await.remove(0);
    // The key under which events wait; among the orders' keys they would come before this very order.
    let apart = parked["due_s"]["N"].as_str().unwrap().starts_with('-');
    let shard = if apart { &parked["due_s"] } else { &order["due_s"] };
    for some in (1..=600).collect::<Vec<u32>>().chunks(25) {
        let puts = some.iter().map(|n| {
            let mut another = parked.clone();
            another["pk"] = json!({ "S": format!("P#sandbox#evt_{n}") });
            another["due_s"] = shard.clone();
            json!({ "PutRequest": { "Item": another } })
        });
        let batch = json!({ "RequestItems": { TABLE: puts.collect::<Vec<Value>>() } });
        stack.aws("dynamodb", "DynamoDB_20120810.BatchWriteItem", &batch).await;
    }
    stack.set_clock_ahead(86_400 + 100);
    let swept = stack.sweep().await;
    assert!(swept["due"].as_u64() > Some(1), "the events were due too: {swept}");
    assert_eq!(stack.payment_status(&checkout.payment).await, "expired");
    assert_eq!(stack.order_status(&checkout.order).await, "expired");
}
