//! Violations that the checker of writes must notice although no mutant causes them: orders of real runs,
//! each with one error.

use quittance::domain::ledger::{CaptureClass, Operation, OperationKind};
use quittance::domain::names::{GatewayRefundId, MessageId, Nonce};
use quittance::domain::order::{Ending, Order, Outgoing, State};

use super::violations;
use crate::explore::run::acted;

/// An open page.
const LIVE: &str = "abandoned/full/in-order";
/// Captured and refunded.
const REFUNDED: &str = "refund-full/full/in-order";
/// An authorization that was not captured.
const HELD: &str = "authorize-capture-1/full/in-order";
/// Paid twice, with the second capture refunded by us.
const EXCESS: &str = "late-on-paid/full/in-order";

type Wrong = fn(&mut Order);

/// The run, the error made in the next version, and the checker's message.
const NOTICED: [(&str, Wrong, &str); 22] = [
    (LIVE, |order| order.live = None, "I1 live is None"),
    (LIVE, |order| order.due_at = None, "I10 unfinished and not due"),
    (LIVE, |order| order.version += 1, "I14 version"),
    (LIVE, |order| order.total.amount_minor += 1, "I14 what was ordered changed"),
    (LIVE, |order| order.state = State::Paid, "I6 paid without a capture that fits"),
    (LIVE, |order| order.state = State::Expired, "I20 the order ended over a live attempt"),
    (LIVE, |order| confirm(order), "I6 msg_x confirms what was not captured"),
    (REFUNDED, |order| order.state = State::Open, "I7 Paid became Open"),
    (REFUNDED, |order| order.winner = None, "I7 the winner changed"),
    (REFUNDED, |order| order.captures.clear(), "I7 the capture"),
    (REFUNDED, |order| set_each(order, "refs", "pending"), "I7 the refund"),
    (REFUNDED, |order| order.attempts.values_mut().for_each(|it| it.objects.clear()), "I7 object"),
    (REFUNDED, |order| set_each(order, "ops", "sending"), "I18"),
    (REFUNDED, |order| order.operations.clear(), "I18"),
    (
        REFUNDED,
        |order| order.captures.values_mut().for_each(|it| it.amount.amount_minor -= 1),
        "I6 the capture",
    ),
    (EXCESS, |order| order.operations.clear(), "I18"),
    (EXCESS, |order| again(order, |op| op.capture = None), "I17"),
    (EXCESS, |order| again(order, |_| {}), "I17"),
    (HELD, |order| order.attempts.clear(), "I7"),
    (HELD, |order| set_each(order, "atts", "pending"), "I7"),
    (HELD, |order| order.ending = Some(Ending::Cancel), "I19"),
    (HELD, |order| order.attempts.values_mut().for_each(|it| it.page = None), "I16 the page"),
];

/// Sets the phase of every entry of a map in the item.
fn set_each(order: &mut Order, map: &str, phase: &str) {
    let mut item = serde_json::to_value(&*order).unwrap();
    for entry in item[map].as_object_mut().unwrap().values_mut() {
        entry["ph"] = phase.into();
    }
    *order = serde_json::from_value(item).unwrap();
}

/// Adds a confirmation of something that has not happened.
fn confirm(order: &mut Order) {
    let body = r#"{"type":"payment.completed"}"#.to_owned();
    let out = Outgoing { sequence: 0, body, targets: [].into(), request: None };
    order.outbox.insert(MessageId::new("msg_x"), out);
}

/// The same operation again, under another name.
fn again(order: &mut Order, change: fn(&mut Operation)) {
    let known = order.operations.values().find(|op| op.kind == OperationKind::Refund).unwrap();
    let Operation { kind, attempt, object, amount_minor, reason, created_at, .. } = known;
    let mut op = Operation::owed(*kind, attempt, object, *amount_minor, *reason, *created_at);
    op.capture.clone_from(&known.capture);
    change(&mut op);
    let id = order.attempts.keys().next_back().cloned().unwrap();
    let id = quittance::domain::id::OperationId::foreign_refund(
        &id.order(),
        &GatewayRefundId::new("another"),
    );
    order.operations.insert(id, op);
}

/// The next write of an order, with no other change.
fn next(order: &Order) -> Order {
    let version = order.version + 1;
    Order { version, writer: Nonce("another".to_owned()), ..order.clone() }
}

#[test]
fn what_is_wrong_with_a_write_is_noticed() {
    for (run, make_wrong, expected) in NOTICED {
        let old = acted(run);
        let mut new = next(&old);
        assert_eq!(violations(Some(&old), &new), [""; 0], "{run} is not sound");
        make_wrong(&mut new);
        let found = violations(Some(&old), &new);
        let noticed = found.iter().any(|violation| violation.starts_with(expected));
        assert!(noticed, "{run}: {expected} was not noticed: {found:?}");
    }
}

#[test]
fn what_was_decided_stays_so() {
    let closing = |order: &mut Order| order.ending = Some(Ending::Cancel);
    let old = acted("authorize-cancel-order/full/in-order");
    let mut new = next(&old);
    new.ending = None;
    let found = violations(Some(&old), &new);
    assert!(found.contains(&"I19 an ending was withdrawn".to_owned()), "{found:?}");

    let mut old = acted(LIVE);
    confirm(&mut old);
    let mut new = next(&old);
    new.outbox.values_mut().for_each(|out| out.body.push(' '));
    let found = violations(Some(&old), &new);
    assert!(found.contains(&"I5 msg_x changed in the outbox".to_owned()), "{found:?}");

    let mut old = acted(LIVE);
    closing(&mut old);
    let mut new = next(&old);
    let (_, attempt) = acted(HELD).attempts.pop_first().unwrap();
    let id = quittance::domain::id::PaymentId::from_number(&old.id, 7);
    new.attempts.insert(id, attempt);
    let found = violations(Some(&old), &new);
    assert!(found.contains(&"I20 an attempt began on an ending order".to_owned()), "{found:?}");
}

#[test]
fn the_first_version_is_the_first() {
    let mut order = acted(LIVE);
    order.version = 2;
    assert_eq!(violations(None, &order), ["I14 the first version is 2"]);
}

#[test]
fn a_merchant_cannot_refund_an_excess_capture() {
    let old = acted(EXCESS);
    let mut new = next(&old);
    again(&mut new, |op| op.reason = quittance::domain::ledger::Reason::Requested);
    let found = violations(Some(&old), &new);
    assert!(new.captures.values().any(|capture| capture.class == CaptureClass::Excess));
    let taken = found.iter().any(|violation| violation.ends_with("takes an excess capture"));
    assert!(taken, "{found:?}");
}
