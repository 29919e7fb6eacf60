//! Objects and events in the sandbox's format, and their translation.

use proptest::prelude::*;

use super::event::notice;
use super::{from_gateway, method, method_word, read, seen, to_gateway};
use crate::domain::attempt::Method;
use crate::domain::fact::Seen;
use crate::domain::money::{AMOUNT_MINOR_MAX, Currency, Money};
use crate::domain::names::GatewayRefundId;
use crate::domain::phase::{DisputePhase, OperationPhase, Phase};
use crate::ports::{Hinted, MappingError, Notice, Verified};

const COMPLETED: &str = include_str!("../fixtures/event_completed.json");
const REFUND: &str = include_str!("../fixtures/event_refund.json");
const DISPUTE: &str = include_str!("../fixtures/event_dispute.json");
const OBJECT: &str = "pay_0000000000000000000001Q7";

fn usd(amount: u64) -> Money {
    Money::new(amount, Currency::from_code("USD").unwrap())
}

fn object(json: &str) -> Result<Seen, MappingError> {
    seen(&read(json.as_bytes())?)
}

proptest! {
    #[test]
    fn an_amount_comes_back_as_it_went(amount in 1..=AMOUNT_MINOR_MAX) {
        for code in ["JPY", "USD", "INR", "KWD", "CLF"] {
            let money = Money::new(amount, Currency::from_code(code).unwrap());
            let sent = to_gateway(money).unwrap();
            prop_assert_eq!(sent.amount, amount, "never rounded");
            prop_assert_eq!(from_gateway(sent.amount, sent.currency), Ok(money));
        }
    }

    #[test]
    fn an_amount_out_of_range_is_not_sent(beyond in AMOUNT_MINOR_MAX + 1..) {
        for amount in [0, beyond] {
            prop_assert!(to_gateway(usd(amount)).is_none());
        }
    }
}

#[test]
fn every_method_has_a_word_of_its_own() {
    let all = [Method::Card, Method::Upi, Method::Netbanking, Method::Wallet, Method::BankTransfer];
    for one in all {
        assert_eq!(method(method_word(one)), Some(one));
    }
    assert_eq!(method("cash"), None);
}

#[test]
fn a_failed_try_leaves_the_page_to_be_paid() {
    let tried = object(include_str!("../fixtures/tried.json")).unwrap();
    assert_eq!(tried.phase, Some(Phase::Pending));
    assert_eq!(tried.failure.unwrap().code, "insufficient_funds");
    assert_eq!(tried.method, Some(Method::Card));
    assert!(tried.page.is_some_and(|page| page.token.is_some() && page.expires_at.is_some()));
}

#[test]
fn what_was_really_taken_is_the_capture() {
    let authorized = object(include_str!("../fixtures/authorized.json")).unwrap();
    assert_eq!((authorized.authorized, authorized.captures), (Some(usd(7500)), Vec::new()));
    let captured = include_str!("../fixtures/captured.json")
        .replace("\"amount_captured\": 7500", "\"amount_captured\": 7100")
        .replace("\"USD\"", "\"EUR\"");
    let captured = object(&captured).unwrap();
    let eur = Currency::from_code("EUR").unwrap();
    assert_eq!(captured.captures[0].amount, Money::new(7100, eur));
    assert_eq!(captured.authorized, None, "its currency can no longer be read");
}

#[test]
fn refunds_and_disputes_are_shown_with_the_payment() {
    let seen = object(include_str!("../fixtures/refunded.json")).unwrap();
    let refunds: Vec<_> =
        seen.refunds.iter().map(|r| (r.operation.is_some(), r.amount_minor, r.phase)).collect();
    let dashboard = (false, 500, OperationPhase::Pending);
    assert_eq!(refunds, [(true, 2500, OperationPhase::Done), dashboard]);
    assert!(seen.refunds.iter().all(|refund| refund.capture.as_str() == OBJECT));
    assert_eq!(seen.disputes[0].phase, DisputePhase::Open);
}

#[test]
fn a_long_sentence_of_theirs_is_cut() {
    let long = include_str!("../fixtures/failed.json").replace("The bank", &"b".repeat(5000));
    assert_eq!(object(&long).unwrap().failure.unwrap().message.chars().count(), 200);
}

fn mapped(body: &str, signed: bool) -> Result<Notice, MappingError> {
    notice(&Verified::vouch_for(body.as_bytes()), signed)
}

fn fact(body: &str) -> Seen {
    match mapped(body, true).unwrap() {
        Notice::Fact { seen, .. } => seen,
        other @ (Notice::Ignored | Notice::Hint { .. }) => panic!("no fact: {other:?}"),
    }
}

fn hint(body: &str, signed: bool) -> Hinted {
    match mapped(body, signed).unwrap() {
        Notice::Hint { hinted, .. } => hinted,
        other @ (Notice::Ignored | Notice::Fact { .. }) => panic!("no hint: {other:?}"),
    }
}

#[test]
fn a_signed_and_complete_event_is_a_fact() {
    let completed = fact(COMPLETED);
    assert_eq!((completed.phase, completed.captures.len()), (Some(Phase::Captured), 1));
    assert_eq!(completed.captures[0].id.as_str(), OBJECT);
    assert_eq!(completed.captures[0].amount, usd(7500));
    let authorized = fact(include_str!("../fixtures/event_authorized.json"));
    assert_eq!((authorized.authorized, authorized.captures), (Some(usd(7500)), Vec::new()));
    let tried = fact(include_str!("../fixtures/event_attempt_failed.json"));
    assert_eq!(tried.phase, Some(Phase::Pending));
    assert!(tried.failure.is_some());
}

#[test]
fn a_refund_or_dispute_reports_its_capture_too() {
    let refunded = fact(REFUND);
    assert_eq!((refunded.captures.len(), refunded.refunds.len()), (1, 1));
    assert_eq!(refunded.refunds[0].phase, OperationPhase::Done);
    assert!(refunded.refunds[0].operation.is_some());
    let disputed = fact(DISPUTE);
    assert_eq!(disputed.disputes[0].capture.as_str(), OBJECT);
    assert_eq!(disputed.disputes[0].phase, DisputePhase::Open);
}

#[test]
fn an_event_that_lacks_something_or_contradicts_itself_is_a_hint() {
    let captured = Hinted { phase: Some(Phase::Captured), ..Hinted::default() };
    assert_eq!(hint(include_str!("../fixtures/event_short.json"), true), captured);
    let doubtful = [
        COMPLETED.replace("\"amount\": 7500,", ""),
        COMPLETED.replace("\"amount\": 7500", "\"amount\": 0"),
        COMPLETED.replace("USD", "???"),
        COMPLETED.replace("succeeded", "failed"),
        COMPLETED.replace("succeeded", "captured"),
        COMPLETED.replace("ORD_7Q2M9X4KD1T8V3N6B0ZC", "ORD_00000000000000000000"),
        COMPLETED.replace(OBJECT, ""),
        DISPUTE.replace("\"dispute\"", "\"quarrel\""),
    ];
    for body in doubtful {
        assert_eq!(hint(&body, true), captured, "{body}");
    }
    let refund = GatewayRefundId::new("re_0000000000000000000001R1");
    let claimed = Hinted {
        phase: Some(Phase::Captured),
        refund: Some((refund, OperationPhase::Failed)),
        dispute: None,
    };
    assert_eq!(hint(&REFUND.replace("refund.completed", "refund.failed"), true), claimed);
}

#[test]
fn an_unsigned_event_is_never_more_than_a_hint() {
    for body in [COMPLETED, REFUND, DISPUTE] {
        assert_eq!(hint(body, false).phase, Some(Phase::Captured));
    }
}

#[test]
fn what_is_not_ours_is_ignored_and_what_cannot_be_read_is_an_error() {
    let not_ours = [
        COMPLETED.replace("PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A", "invoice-7"),
        COMPLETED.replace("payment_id", "invoice_id"),
        r#"{"event":"payout.paid","amount":"lots"}"#.to_owned(),
    ];
    for body in not_ours {
        assert_eq!(mapped(&body, true), Ok(Notice::Ignored), "{body}");
    }
    for body in ["", "not json", "[]", "{}"] {
        assert_eq!(mapped(body, true), Err(MappingError::Foreign), "{body}");
    }
    let changed = COMPLETED.replace("\"amount\": 7500", "\"amount\": \"75\"");
    assert_eq!(mapped(&changed, true), Err(MappingError::Unreadable));
}
