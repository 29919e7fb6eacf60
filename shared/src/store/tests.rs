//! Every guarantee of the store, and every lost race, tested with a real engine.

use std::net::TcpListener;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

use super::{Claimed, Created, DueKey, PARKED_SHARD, Parked, Saved, Store};
use crate::aws;
use crate::config::AwsConfig;
use crate::domain::attempt::CaptureMode;
use crate::domain::attempt::NewAttempt;
use crate::domain::conclude::conclude;
use crate::domain::history::Source;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::idempotency::{Fingerprint, Key};
use crate::domain::names::{GatewayName, Nonce};
use crate::domain::occasion::Occasion;
use crate::domain::order::{Ending, Order, State};
use crate::domain::phase::OperationPhase;
use crate::domain::testing::{Case, FULL, START, captured, open_order, pending, refunded, usd};

async fn store() -> Store {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    // Its handlers block their worker, so the engine has a thread of its own, which ends with the process.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let engine = dynoxide::Database::memory().unwrap();
            dynoxide::server::serve_on(listener, engine).await;
        });
    });
    let config = AwsConfig {
        region: "eu-west-1".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoints: [("DynamoDB", format!("http://{address}"))].into(),
    };
    let client =
        aws_sdk_dynamodb::Client::new(&aws::sdk_config(&config, aws::http_client().unwrap()));
    make_table(&client).await;
    Store::new(client, "payments".to_owned())
}

async fn make_table(client: &aws_sdk_dynamodb::Client) {
    let define = |name: &str, kind| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let due = GlobalSecondaryIndex::builder()
        .index_name("due")
        .key_schema(key("due_s", KeyType::Hash))
        .key_schema(key("due_at", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap();
    client
        .create_table()
        .table_name("payments")
        .attribute_definitions(define("pk", ScalarAttributeType::S))
        .attribute_definitions(define("due_s", ScalarAttributeType::N))
        .attribute_definitions(define("due_at", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .global_secondary_indexes(due)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}

fn occasion(nonce: &str) -> Occasion {
    let nonce = Nonce(nonce.to_owned());
    Occasion { now: START, source: Source::Merchant, nonce, by: None, request: None }
}

async fn claim(store: &Store, order: &Order, key: &str, nonce: &str) -> Claimed {
    let case = Case::new(FULL);
    let new = NewAttempt {
        fingerprint: Fingerprint::of("payments", "{}"),
        key_hash: None,
        gateway: GatewayName::new("g"),
        mode: CaptureMode::Automatic,
        method: None,
        return_url: None,
        live: false,
        stack: Some("quittance".to_owned()),
    };
    let occasion = occasion(nonce);
    let id = PaymentId::from_key(&order.id, &Key::parse(key).unwrap());
    let attempt = new.claimed_by(&occasion.nonce, START);
    store.claim(&id, &attempt, usd(7500), &case.rules, &occasion).await.unwrap()
}

#[tokio::test]
async fn of_many_orders_with_one_id_one_is_created() {
    let store = Arc::new(store().await);
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..16 {
        let store = Arc::clone(&store);
        let order = Order { writer: Nonce(format!("w{n}")), ..open_order() };
        calls.spawn(async move { store.create(&order).await.unwrap() });
    }
    let outcomes = calls.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Created::Won)).count(), 1);
}

#[tokio::test]
async fn a_writer_whose_answer_was_lost_recognises_its_own_write() {
    let store = store().await;
    let order = open_order();
    assert!(matches!(store.create(&order).await.unwrap(), Created::Won));
    assert!(matches!(store.create(&order).await.unwrap(), Created::Won));
    assert!(matches!(claim(&store, &order, "k", "mine").await, Claimed::Won(_)));
    assert!(matches!(claim(&store, &order, "k", "mine").await, Claimed::Won(_)));
    assert!(matches!(claim(&store, &order, "k", "other").await, Claimed::Refused(_)));
    let before = store.order(&order.id).await.unwrap().unwrap();
    let after = Order { version: 3, writer: Nonce("w3".to_owned()), polls: 9, ..before.clone() };
    assert!(matches!(store.save(&before, &after).await.unwrap(), Saved::Won));
    assert!(matches!(store.save(&before, &after).await.unwrap(), Saved::Won));
    let rival = Order { writer: Nonce("rival".to_owned()), ..after };
    let Saved::Lost(newer) = store.save(&before, &rival).await.unwrap() else { panic!("lost") };
    assert_eq!((newer.version, newer.polls), (3, 9));
}

#[tokio::test]
async fn of_many_claims_on_one_order_one_wins() {
    let store = Arc::new(store().await);
    let order = open_order();
    store.create(&order).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..16 {
        let (store, order) = (Arc::clone(&store), order.clone());
        calls.spawn(async move { claim(&store, &order, &format!("k{n}"), &format!("n{n}")).await });
    }
    let outcomes = calls.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Claimed::Won(_))).count(), 1);
    let order = store.order(&order.id).await.unwrap().unwrap();
    assert_eq!((order.version, order.attempts.len()), (2, 1));
    assert_eq!(order.live.as_ref(), order.attempts.keys().next());
    assert!(order.due_at.is_some());
}

/// The order to claim, with one condition broken.
fn spoilt(how: &str) -> Order {
    let mut order = open_order();
    match how {
        "paid" => order.state = State::Paid,
        "expired" => order.expires_at = START,
        "another amount" => order.total = usd(7499),
        "in review" => order.review_open = Some(true),
        "ending" => order.ending = Some(Ending::Cancel),
        "another is live" => order.live = Some(PaymentId::from_number(&order.id, 0)),
        "all attempts used" => {
            let mut case = Case::new(FULL);
            let made = case.attempt(0, CaptureMode::Automatic);
            let attempt = &case.order.attempts[&made];
            let ids = (0..20).map(|n| PaymentId::from_number(&order.id, n));
            order.attempts = ids.map(|id| (id, attempt.clone())).collect();
        }
        unknown => panic!("{unknown}"),
    }
    order
}

#[tokio::test]
async fn a_claim_is_refused_by_each_of_its_conditions() {
    let store = store().await;
    let ways = [
        "paid",
        "expired",
        "another amount",
        "in review",
        "ending",
        "another is live",
        "all attempts used",
    ];
    for (n, how) in ways.into_iter().enumerate() {
        let id = OrderId::from_random([u8::try_from(n).unwrap() + 2; 16]);
        let order = Order { id, ..spoilt(how) };
        store.create(&order).await.unwrap();
        let outcome = claim(&store, &order, "k", "n").await;
        assert!(matches!(outcome, Claimed::Refused(_)), "{how}: {outcome:?}");
    }
    let absent = Order { id: OrderId::from_random([99; 16]), ..open_order() };
    assert!(matches!(claim(&store, &absent, "k", "n").await, Claimed::NoSuchOrder));
}

#[tokio::test]
async fn an_order_with_everything_in_it_is_read_as_it_was_written() {
    let store = store().await;
    let mut case = Case::new(FULL);
    let id = case.attempt(0, CaptureMode::Automatic);
    case.learn(&id, &pending("o1"));
    case.learn(&id, &captured("o1", usd(7500)));
    case.learn(&id, &refunded("o1", "r1", 100, None, OperationPhase::Pending));
    store.create(&case.order).await.unwrap();
    assert_eq!(store.order(&case.order.id).await.unwrap().unwrap(), case.order);
    let occasion = occasion("later");
    let mut after = case.order.clone();
    after.outbox.clear();
    let after = conclude(&case.order, after, &case.rules, &occasion).unwrap().order;
    assert!(matches!(store.save(&case.order, &after).await.unwrap(), Saved::Won));
    assert_eq!(store.order(&after.id).await.unwrap().unwrap(), after);
}

#[tokio::test]
async fn the_due_index_holds_what_has_work_and_nothing_else() {
    let store = store().await;
    let order = open_order();
    store.create(&order).await.unwrap();
    assert!(store.due(0, START).await.unwrap().is_empty(), "not due yet");
    let due = store.due(0, order.expires_at).await.unwrap();
    let due = [&due[0].key];
    assert_eq!(due, [&DueKey::Order(order.id.clone())]);
    store.push_back(due[0], order.expires_at.plus(60)).await.unwrap();
    assert!(store.due(0, order.expires_at).await.unwrap().is_empty(), "pushed back");
    let done = Order {
        version: 2,
        writer: Nonce("w2".to_owned()),
        due_at: None,
        due_s: None,
        ..order.clone()
    };
    store.save(&order, &done).await.unwrap();
    assert!(store.due(0, order.expires_at.plus(100)).await.unwrap().is_empty(), "quiescent");
    store.push_back(due[0], order.expires_at).await.unwrap();
    assert!(store.order(&order.id).await.unwrap().unwrap().due_at.is_none());
}

#[tokio::test]
async fn an_event_is_parked_once_and_kept_for_a_person_after_a_week() {
    let store = store().await;
    let event = Parked::new(&GatewayName::new("g"), Some("evt_1"), b"{}", "why", START);
    assert!(store.park(&event).await.unwrap());
    assert!(!store.park(&event).await.unwrap());
    assert!(store.due(0, START.plus(3600)).await.unwrap().is_empty(), "no order waits behind it");
    let due = store.due(PARKED_SHARD, START.plus(3600)).await.unwrap();
    assert_eq!(due[0].key, DueKey::Parked(event.key.clone()));
    assert_eq!(Some(due[0].since), event.due_at);
    let tried = event.clone().tried(START.plus(60));
    store.park_again(&tried).await.unwrap();
    assert_eq!(store.parked(&event.key).await.unwrap().unwrap().tries, 1);
    let over = tried.tried(START.plus(8 * 86_400));
    store.park_again(&over).await.unwrap();
    assert!(store.due(PARKED_SHARD, START.plus(9 * 86_400)).await.unwrap().is_empty());
    store.unpark(&event.key).await.unwrap();
    assert!(store.parked(&event.key).await.unwrap().is_none());
}

#[tokio::test]
async fn an_event_as_long_as_a_webhook_may_be_is_parked_whole() {
    let store = store().await;
    let body = "é".repeat(256 * 1024);
    let event = Parked::new(&GatewayName::new("g"), None, body.as_bytes(), "why", START);
    assert!(store.park(&event).await.unwrap());
    let read = store.parked(&event.key).await.unwrap().unwrap();
    assert_eq!(read.body, body);
    store.park_again(&read.tried(START)).await.unwrap();
    assert_eq!(store.parked(&event.key).await.unwrap().unwrap().body, body);
}
