//! The requests on the wire, and what the answers to captures, voids, closes and refunds prove.

use crate::ports::Verified;
use std::time::Duration;

use super::{
    AUTHORIZED, CANCELED, CAPTURED, INTERNAL_ERROR, KEY_REUSED, NOT_FOUND, OBJECT, PAYMENT,
    PENDING, REFUSED, UNAUTHORIZED, canned, fixtures, sign,
};
use crate::domain::attempt::{CaptureMode, Method};
use crate::domain::cart::{Cart, Item, Line, Shipping, Tax};
use crate::domain::id::OperationId;
use crate::domain::money::{Currency, Money};
use crate::domain::names::{CaptureId, ObjectId};
use crate::domain::phase::{OperationPhase, Phase};
use crate::gateways::contract::Canned;
use crate::ports::{Answer, Effect};

const TIMEOUT: Duration = Duration::from_secs(5);
const REFUND: &str = include_str!("../fixtures/refund.json");
const REFUNDED: &str = include_str!("../fixtures/refunded.json");

#[tokio::test]
async fn a_create_call_says_all_that_was_asked() {
    let fixtures = fixtures("full", sign);
    let (gateway, transport) = fixtures.gateway([Ok(canned(201, PENDING))]);
    let mut create = fixtures.create.clone();
    create.method = Some(Method::BankTransfer);
    create.mode = CaptureMode::Manual;
    gateway.create(&create, TIMEOUT).await;
    let (request, timeout) = transport.sent().remove(0);
    assert_eq!(timeout, TIMEOUT);
    let header = |name| request.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:3001/v1/payments");
    assert_eq!(header("authorization"), "Bearer sbx_test_7d1f");
    assert_eq!(header("idempotency-key"), PAYMENT);
    insta::assert_snapshot!(String::from_utf8_lossy(request.body()), @r#"{"reference":"PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A","amount":7500,"currency":"USD","capture":"manual","method":"bank_transfer","return_url":"https://shop.example/return","metadata":{"cart":"17","order_id":"ORD_7Q2M9X4KD1T8V3N6B0ZC","quittance_stack":"quittance"},"expires_in":86400}"#);
}

#[tokio::test]
async fn a_create_call_names_its_stack_if_it_has_one_and_events_show_it() {
    let fixtures = fixtures("full", sign);
    let (gateway, transport) = fixtures.gateway([Ok(canned(201, PENDING))]);
    let create = crate::ports::Create { stack: None, ..fixtures.create.clone() };
    gateway.create(&create, TIMEOUT).await;
    let (request, _) = transport.sent().remove(0);
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["metadata"].as_object().unwrap().len(), 2, "{body}");

    let stack = |body: &str| gateway.stack_of(&Verified::vouch_for(body.as_bytes()));
    let theirs = r#"{"event":"payment.completed","amount":"?","metadata":{"quittance_stack":"b"}}"#;
    assert_eq!(stack(theirs).as_deref(), Some("b"), "whatever else is wrong with it");
    for silent in [
        r#"{"event":"x"}"#,
        r#"{"metadata":7}"#,
        r#"{"metadata":{"quittance_stack":7}}"#,
        r#"{"metadata":{"quittance_stack":""}}"#,
        "[",
    ] {
        assert_eq!(stack(silent), None, "{silent}");
    }
}

#[tokio::test]
async fn a_create_call_lists_what_is_bought_if_every_line_fits() {
    let breakdown = async |cart: Cart| {
        let fixtures = fixtures("full", sign);
        let (gateway, transport) = fixtures.gateway([Ok(canned(201, PENDING))]);
        let create = crate::ports::Create { cart: Some(cart), ..fixtures.create };
        gateway.create(&create, TIMEOUT).await;
        let (request, _) = transport.sent().remove(0);
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        body.get("breakdown").cloned()
    };
    let item = |name: &str, price| Item {
        product_id: "SKU_1001".to_owned(),
        quantity: 2,
        unit_amount: Some(price),
        discount_amount: Some(500),
        name: Some(name.to_owned()),
    };
    let line = |name: &str, amount| Line { name: name.to_owned(), amount };
    let cart = Cart {
        items: vec![item("Enamel mug", 3750)],
        discounts: Some(vec![line("SPRING10", 800)]),
        shipping: Some(Shipping { name: None, amount: 495 }),
        fees: Some(vec![line("Gift wrap", 5)]),
        taxes: Some(vec![Tax {
            name: "VAT".to_owned(),
            rate: Some("19".to_owned()),
            amount: 1069,
        }]),
        tax_included: Some(true),
    };
    let expected = serde_json::json!([
        { "kind": "item", "label": "Enamel mug", "quantity": 2, "amount": 7000 },
        { "kind": "discount", "label": "SPRING10", "amount": 800 },
        { "kind": "shipping", "amount": 495 },
        { "kind": "fee", "label": "Gift wrap", "amount": 5 },
        { "kind": "included_tax", "label": "VAT 19 %", "amount": 1069 },
    ]);
    assert_eq!(breakdown(cart.clone()).await, Some(expected));
    let large = vec![item("Enamel mug", 1), item("Gold", 999_999_999_999)];
    assert_eq!(breakdown(Cart { items: large, ..cart }).await, None);
}

#[tokio::test]
async fn a_page_lives_as_long_as_the_profile_allows() {
    let life = async |profile: &str, wanted: i64| {
        let fixtures = fixtures(profile, sign);
        let (gateway, transport) = fixtures.gateway([Ok(canned(201, PENDING))]);
        let create = crate::ports::Create { expires_in_seconds: wanted, ..fixtures.create };
        gateway.create(&create, TIMEOUT).await;
        let (request, _) = transport.sent().remove(0);
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        body.get("expires_in").map(|life| life.as_i64().unwrap())
    };
    assert_eq!(life("full", 86_400).await, Some(86_400));
    assert_eq!(life("full", -5).await, Some(1));
    assert_eq!(life("phonepe-like", 86_400).await, Some(3600));
    assert_eq!(life("phonepe-like", 20).await, Some(300));
    assert_eq!(life("razorpay-like", 86_400).await, None);
}

#[tokio::test]
async fn a_payment_that_exists_already_is_that_payment() {
    let duplicate = canned(409, include_str!("../fixtures/duplicate.json"));
    let fixtures = fixtures("phonepe-like", sign);
    let (gateway, _) = fixtures.gateway([Ok(duplicate)]);
    let Answer::Seen(seen) = gateway.create(&fixtures.create, TIMEOUT).await else { panic!() };
    assert_eq!((seen.object.as_str(), seen.phase), (OBJECT, Some(Phase::Pending)));
    assert_eq!(seen.page, None);
}

#[test]
fn what_a_profile_does_not_take_is_said_beforehand() {
    let usd = |amount| Money::new(amount, Currency::from_code("USD").unwrap());
    let refuses = |profile, amount, mode| {
        fixtures(profile, sign).gateway([]).0.refuses(usd(amount), Some(Method::Card), mode)
    };
    assert_eq!(refuses("full", 7500, CaptureMode::Manual), None);
    assert!(refuses("phonepe-like", 7500, CaptureMode::Manual).is_some());
    assert!(refuses("full", 0, CaptureMode::Automatic).is_some());
    assert!(refuses("full", 1_000_000_000_000, CaptureMode::Automatic).is_some());
}

#[test]
fn upi_is_taken_for_rupees_only() {
    let (gateway, _) = fixtures("full", sign).gateway([]);
    let refuses = |currency, method| {
        let amount = Money::new(7500, Currency::from_code(currency).unwrap());
        gateway.refuses(amount, method, CaptureMode::Automatic)
    };
    assert_eq!(refuses("USD", Some(Method::Upi)), Some("UPI is available in INR only"));
    assert_eq!(refuses("INR", Some(Method::Upi)), None);
    assert_eq!(refuses("USD", None), None);
}

fn effect(operation: &str) -> Effect {
    Effect {
        operation: OperationId::parse(operation).unwrap(),
        object: ObjectId::new(OBJECT),
        amount: Money::new(2500, Currency::from_code("USD").unwrap()),
        ..fixtures("full", sign).effect()
    }
}

fn capture_effect() -> Effect {
    effect("CAP_7Q2M9X4KD1T8V3N6B0ZC5R2T8M")
}

fn refund_effect() -> Effect {
    let capture = Some(CaptureId::new(OBJECT));
    Effect { capture, ..effect("RFD_7Q2M9X4KD1T8V3N6B0ZC5R2T8M") }
}

#[derive(Clone, Copy)]
enum Call {
    Capture,
    Void,
    Close,
    Refund,
}

async fn answer(call: Call, reply: Canned) -> Answer {
    let (gateway, transport) = fixtures("full", sign).gateway([Ok(reply)]);
    let effect = capture_effect();
    let (answer, path) = match call {
        Call::Capture => (gateway.capture(&effect, TIMEOUT).await, "capture"),
        Call::Void => (gateway.void(&effect, TIMEOUT).await, "void"),
        Call::Close => (gateway.close(&effect.payment, &effect.object, TIMEOUT).await, "cancel"),
        Call::Refund => (gateway.refund(&refund_effect(), TIMEOUT).await, "refunds"),
    };
    let (request, _) = transport.sent().remove(0);
    assert_eq!(request.uri().path(), format!("/v1/payments/{OBJECT}/{path}"));
    answer
}

fn wrong_status(payment: &str) -> Canned {
    (409, format!(r#"{{"error":{{"code":"wrong_status","message":"No."}},"payment":{payment}}}"#))
}

/// An answer as one word.
fn word(answer: &Answer) -> String {
    match answer {
        Answer::Seen(seen) => format!("{:?}", seen.phase),
        Answer::Refused(failure) => failure.code.clone(),
        Answer::NotSent => "not sent".to_owned(),
        Answer::Unknown => "unknown".to_owned(),
    }
}

#[tokio::test]
async fn only_an_answer_that_proves_something_is_taken_as_proof() {
    let elsewhere = CAPTURED.replace(OBJECT, "pay_of_somebody_else");
    let cases = [
        (Call::Capture, canned(200, CAPTURED), "Some(Captured)"),
        (Call::Capture, wrong_status(CAPTURED), "Some(Captured)"),
        (Call::Capture, wrong_status(CANCELED), "Some(Canceled)"),
        (Call::Capture, wrong_status(PENDING), "wrong_status"),
        (Call::Capture, wrong_status(&elsewhere), "unknown"),
        (Call::Capture, canned(200, &elsewhere), "unknown"),
        (Call::Capture, canned(409, KEY_REUSED), "unknown"),
        (Call::Capture, canned(405, NOT_FOUND), "not_found"),
        (Call::Capture, canned(422, REFUSED), "invalid_request"),
        (Call::Capture, canned(401, UNAUTHORIZED), "unknown"),
        (Call::Capture, canned(500, INTERNAL_ERROR), "unknown"),
        (Call::Capture, canned(202, CAPTURED), "unknown"),
        (Call::Void, canned(200, CANCELED), "Some(Canceled)"),
        (Call::Void, wrong_status(CAPTURED), "Some(Captured)"),
        (Call::Void, wrong_status(AUTHORIZED), "wrong_status"),
        (Call::Close, canned(200, CANCELED), "Some(Canceled)"),
        (Call::Close, wrong_status(CAPTURED), "Some(Captured)"),
        (Call::Close, wrong_status(AUTHORIZED), "Some(Authorized)"),
        (Call::Close, canned(409, include_str!("../fixtures/processing.json")), "Some(Pending)"),
        (Call::Close, canned(405, NOT_FOUND), "not_found"),
        (Call::Refund, wrong_status(PENDING), "wrong_status"),
        (Call::Refund, canned(201, CAPTURED), "unknown"),
        (Call::Refund, canned(403, UNAUTHORIZED), "unknown"),
        (
            Call::Refund,
            canned(422, include_str!("../fixtures/refund_too_large.json")),
            "amount_too_large",
        ),
    ];
    for (call, reply, expected) in cases {
        let shown = format!("{reply:?}");
        assert_eq!(word(&answer(call, reply).await), expected, "{shown}");
    }
}

#[tokio::test]
async fn the_answer_to_our_capture_shows_that_it_is_ours() {
    let operation = |answer| {
        let Answer::Seen(seen) = answer else { panic!("{answer:?}") };
        seen.captures[0].operation.clone()
    };
    let ours = answer(Call::Capture, canned(200, CAPTURED)).await;
    assert_eq!(operation(ours), Some(capture_effect().operation));
    let somebodys = answer(Call::Capture, wrong_status(CAPTURED)).await;
    assert_eq!(operation(somebodys), None);
}

#[tokio::test]
async fn a_refund_is_known_by_our_name_for_it() {
    let duplicate = format!(
        r#"{{"error":{{"code":"duplicate_reference","message":"In use."}},"refund":{REFUND},"payment":{REFUNDED}}}"#
    );
    let too_large = format!(
        r#"{{"error":{{"code":"amount_too_large","message":"0 left."}},"payment":{REFUNDED}}}"#
    );
    for reply in [canned(201, REFUND), canned(409, &duplicate), canned(422, &too_large)] {
        let Answer::Seen(seen) = answer(Call::Refund, reply).await else { panic!() };
        let ours = refund_effect().operation;
        let refund = seen.refunds.iter().find(|r| r.operation.as_ref() == Some(&ours)).unwrap();
        assert_eq!((refund.capture.as_str(), refund.amount_minor), (OBJECT, 2500));
        assert_eq!(refund.phase, OperationPhase::Done);
    }
    let other = REFUND.replace("5R2T8M", "000000");
    assert_eq!(answer(Call::Refund, canned(201, &other)).await, Answer::Unknown);
}
