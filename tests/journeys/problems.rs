//! Every problem in the API document is triggered by a request and looks as documented.

pub(crate) mod met;

use std::collections::BTreeSet;

use e2e::{Answer, Stack};
use quittance::http::problem::Kind;
use serde_json::{Value, json};

use crate::STACK;

/// Problems that no request produces.
const NOT_MET: [(Kind, &str); 1] =
    [(Kind::IdCollision, "no two keys with the same 100 bits of SHA-256 are known")];

#[tokio::test]
async fn every_problem_is_produced_by_a_request() {
    let answers = met::everything().await;
    let met: BTreeSet<&str> = answers.iter().map(Answer::slug).collect();
    let named = Kind::ALL.iter().filter(|kind| NOT_MET.iter().all(|(not, _)| not != *kind));
    let named: BTreeSet<&str> = named.map(|kind| kind.slug()).collect();
    assert_eq!(met, named);
    for answer in &answers {
        let kind = Kind::ALL.into_iter().find(|kind| kind.slug() == answer.slug()).unwrap();
        assert_eq!(answer.status, kind.status().as_u16());
        assert_eq!(answer.body["status"], answer.status);
        assert_eq!(answer.header("cache-control"), "no-store");
        for member in ["title", "detail", "instance"] {
            assert!(!answer.word(member).is_empty(), "{member} of {answer}");
        }
        if answer.status >= 500 {
            let members: Vec<_> = answer.body.as_object().unwrap().keys().collect();
            assert_eq!(members, ["detail", "instance", "status", "title", "type"], "{answer}");
        }
        let known = ["type", "title", "status", "detail", "instance"];
        let members = kind.members().iter().map(|(member, _)| member.name());
        let known: Vec<&str> = known.into_iter().chain(members).collect();
        for member in answer.body.as_object().unwrap().keys() {
            assert!(known.contains(&member.as_str()), "{member} of {answer}");
        }
        for (member, _) in kind.members().iter().filter(|(_, always)| *always) {
            assert!(answer.body.get(member.name()).is_some(), "no {} in {answer}", member.name());
        }
        if answer.status == 503 {
            assert_eq!(answer.header("retry-after"), "5", "{answer}");
        }
        if answer.status == 401 {
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{answer}");
        }
    }
}

/// The whole answer, with variable parts replaced.
fn shown(answer: &Answer) -> String {
    let mut body = answer.body.clone();
    body["instance"] = json!("<request>");
    if let Some(payment) = body.get_mut("payment").and_then(Value::as_object_mut) {
        payment.insert("checkout_url".to_owned(), json!("<page>"));
        payment.insert("expires_at".to_owned(), json!("<time>"));
    }
    let head = answer.to_string().lines().next().unwrap_or_default().to_owned();
    let retry = answer.header("retry-after");
    let head = if retry.is_empty() { head } else { format!("{head}\nretry-after: {retry}") };
    format!("{head}\n{body:#}")
}

#[tokio::test]
async fn problems_look_as_documented() {
    let stack = Stack::start(STACK).await;
    let body = json!({ "items": [], "total_amount": 1.5, "currency": "XXY", "extra": true });
    let invalid = stack.post("/api/orders", &body).await;
    insta::assert_snapshot!(shown(&invalid), @r#"
    422 Unprocessable Entity application/problem+json
    {
      "detail": "Fields of the body or parameters of the query are unknown, missing, of the wrong type or out of range, or a parameter is repeated.",
      "errors": [
        {
          "detail": "must be an array of 1 to 100 items",
          "pointer": "/items"
        },
        {
          "detail": "must be an integer between 1 and 999999999999",
          "pointer": "/total_amount"
        },
        {
          "detail": "must be an ISO 4217 code",
          "pointer": "/currency"
        },
        {
          "detail": "unknown field",
          "pointer": "/extra"
        }
      ],
      "instance": "<request>",
      "status": 422,
      "title": "Invalid request",
      "type": "/problems/invalid-request"
    }
    "#);
    let mut body = e2e::order_body();
    body["metadata"] = json!({ "note": "4111 1111 1111 1111" });
    let refused = stack.post("/api/orders", &body).await;
    insta::assert_snapshot!(shown(&refused), @r#"
    422 Unprocessable Entity application/problem+json
    {
      "detail": "A string in the body contains what looks like a card number.",
      "errors": [
        {
          "detail": "looks like a card number",
          "pointer": "/metadata/note"
        }
      ],
      "instance": "<request>",
      "status": 422,
      "title": "Card numbers are not accepted here",
      "type": "/problems/card-data-refused"
    }
    "#);
}

#[tokio::test]
async fn problems_show_what_is_in_the_way() {
    let stack = Stack::start(STACK).await;
    let order = stack.post_with_key("/api/orders", "order-1", &e2e::order_body()).await;
    let order = order.expect(201).word("order_id").to_owned();
    stack.pay_with_key(&order, "first", json!({})).await.expect(201);
    let other = stack.pay_with_key(&order, "second", json!({})).await;
    insta::assert_snapshot!(shown(&other), @r#"
    409 Conflict application/problem+json
    retry-after: 30
    {
      "detail": "The order has a live payment other than the one requested.",
      "instance": "<request>",
      "payment": {
        "checkout_url": "<page>",
        "expires_at": "<time>",
        "live": false,
        "payment_id": "PAY_E90GHQ5Z8CM4PMASS1EYX1YQHT",
        "status": "pending"
      },
      "status": 409,
      "title": "Another payment of the order is in progress",
      "type": "/problems/payment-in-progress"
    }
    "#);
    let unpaid = stack.order(&e2e::order_body()).await;
    let none = stack.pay(&unpaid, json!({ "gateway": "stripe" })).await;
    insta::assert_snapshot!(shown(&none), @r#"
    422 Unprocessable Entity application/problem+json
    {
      "detail": "No configured gateway accepts this currency, amount and method, or moves this stack's kind of money: real or test.",
      "gateways": {
        "stripe": "is not configured"
      },
      "instance": "<request>",
      "status": 422,
      "title": "No gateway accepts this payment",
      "type": "/problems/no-gateway"
    }
    "#);
    let missing = stack.get("/api/orders/ORD_00000000000000000000").await;
    insta::assert_snapshot!(shown(&missing), @r#"
    404 Not Found application/problem+json
    {
      "detail": "There is no order with this id.",
      "instance": "<request>",
      "status": 404,
      "title": "No such order",
      "type": "/problems/order-not-found"
    }
    "#);
}

#[tokio::test]
async fn an_unreachable_gateway_leaves_nothing_behind() {
    let stack = met::without_gateway().await;
    let order = stack.order(&e2e::order_body()).await;
    let unavailable = stack.pay_with_key(&order, "once", json!({})).await;
    insta::assert_snapshot!(shown(&unavailable), @r#"
    503 Service Unavailable application/problem+json
    retry-after: 5
    {
      "detail": "No gateway could be reached. No charge was made and nothing is left behind.",
      "instance": "<request>",
      "status": 503,
      "title": "The gateway cannot be reached",
      "type": "/problems/gateway-unavailable"
    }
    "#);
    let seen = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!(seen.body["payments"], json!([]));

    // Once the gateway is reachable, the same key sends the payment there.
    let mut secret = stack.secret(crate::signed::SANDBOX).await;
    secret["base_url"] = json!(stack.address("sandbox"));
    stack.set_secret(crate::signed::SANDBOX, &secret).await;
    stack.set_clock_ahead(301);
    stack.pay_with_key(&order, "once", json!({})).await.expect(201);
    assert_eq!(stack.all_truth().await.len(), 1);
}
