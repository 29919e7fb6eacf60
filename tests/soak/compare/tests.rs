//! Tests of the checker: a sound world, and each offence in it.

use super::{Kind, compare};
use crate::world::{
    Confirmation, GivenBack, Object, Order, Payment, Promise, Records, Refund, TARGETS,
};

const ORDER: &str = "ORD_1";
const PAYMENT: &str = "PAY_1";

fn confirmation(target: &str, kind: &str, id: &str, amount: u64) -> Confirmation {
    Confirmation {
        target: target.to_owned(),
        id: id.to_owned(),
        kind: kind.to_owned(),
        order: ORDER.to_owned(),
        payment: PAYMENT.to_owned(),
        amount,
        ..Confirmation::default()
    }
}

fn confirmed_everywhere(kind: &str, id: &str, amount: u64) -> Vec<Confirmation> {
    TARGETS.iter().map(|target| confirmation(target, kind, id, amount)).collect()
}

/// An order of 75.00 that was paid and of which 25.00 were refunded, with every party informed.
fn sound() -> Records {
    let refund = Confirmation {
        refund: "RFD_1".to_owned(),
        ..confirmation("", "refund.completed", "msg_2", 2500)
    };
    let refunds =
        TARGETS.iter().map(|t| Confirmation { target: (*t).to_owned(), ..refund.clone() });
    let mut everything = confirmed_everywhere("payment.completed", "msg_1", 7500);
    everything.extend(refunds);
    let given_back = GivenBack {
        id: "re_1".to_owned(),
        reference: Some("RFD_1".to_owned()),
        amount: 2500,
        status: "succeeded".to_owned(),
    };
    let shown = Refund {
        id: "RFD_1".to_owned(),
        gateway_reference: "re_1".to_owned(),
        amount: 2500,
        status: "succeeded".to_owned(),
    };
    let payment = Payment {
        id: PAYMENT.to_owned(),
        status: "succeeded".to_owned(),
        captured: 7500,
        refunded: 2500,
        refunds: vec![shown],
    };
    let order = Order { status: "partially_refunded".to_owned(), payments: vec![payment] };
    Records {
        objects: vec![Object {
            reference: PAYMENT.to_owned(),
            order: ORDER.to_owned(),
            captured: 7500,
            refunds: vec![given_back],
        }],
        orders: [(ORDER.to_owned(), order)].into(),
        confirmations: everything,
        promises: vec![
            Promise::Order(ORDER.to_owned()),
            Promise::Payment { order: ORDER.to_owned(), payment: PAYMENT.to_owned() },
        ],
    }
}

/// The offences found after the sound world has been spoilt.
fn found(spoil: impl FnOnce(&mut Records)) -> Vec<(Kind, String)> {
    let mut world = sound();
    spoil(&mut world);
    compare(&world).into_iter().map(|offence| (offence.kind, offence.what)).collect()
}

fn order(world: &mut Records) -> &mut Order {
    world.orders.get_mut(ORDER).unwrap()
}

fn has(found: &[(Kind, String)], kind: Kind, part: &str) {
    assert!(found.iter().any(|(k, what)| *k == kind && what.contains(part)), "{found:?}");
}

#[test]
fn a_sound_world_has_no_offence() {
    assert_eq!(found(|_| {}), []);
}

#[test]
fn a_late_capture_that_was_given_back_is_no_offence() {
    let found = found(|world| {
        world.objects[0].refunds[0].amount = 7500;
        let order = order(world);
        order.status = "canceled".to_owned();
        order.payments[0].refunded = 7500;
        order.payments[0].refunds[0].amount = 7500;
        world.confirmations.retain(|it| it.kind == "refund.completed");
        world.confirmations.iter_mut().for_each(|it| it.amount = 7500);
    });
    assert_eq!(found, []);
}

#[test]
fn money_that_was_taken_and_not_booked_is_lost() {
    for status in ["created", "canceled", "expired"] {
        let found = found(|world| order(world).status = status.to_owned());
        has(&found, Kind::Lost, "5000 of 7500 captured is kept");
    }
    has(&found(|world| order(world).payments[0].captured = 0), Kind::Lost, "0 captured by us");
    has(&found(|world| order(world).payments.clear()), Kind::Lost, "the order does not");
    has(&found(|world| world.orders.clear()), Kind::Lost, "not to the API");
}

#[test]
fn a_confirmation_that_a_target_did_not_get_is_lost() {
    for target in TARGETS {
        let silent = |kind: &'static str| {
            found(move |world| {
                world.confirmations.retain(|it| it.target != target || it.kind != kind);
            })
        };
        let (paid, refunded) = (silent("payment.completed"), silent("refund.completed"));
        has(&paid, Kind::Lost, &format!("payment.completed  did not reach {target}"));
        has(&refunded, Kind::Lost, &format!("refund.completed RFD_1 did not reach {target}"));
    }
    has(
        &found(|world| world.confirmations[0].dead = true),
        Kind::Lost,
        "was dead-lettered for deliveries",
    );
}

#[test]
fn money_in_review_is_lost_unless_every_target_is_informed() {
    let reviewed = |confirmations: Vec<Confirmation>| {
        found(|world| {
            world.objects[0].refunds.clear();
            let order = order(world);
            order.status = "expired".to_owned();
            order.payments[0].status = "review".to_owned();
            order.payments[0].refunds.clear();
            order.payments[0].refunded = 0;
            world.confirmations = confirmations;
        })
    };
    assert_eq!(reviewed(confirmed_everywhere("payment.review", "msg_1", 7500)), []);
    let silent = reviewed(Vec::new());
    has(&silent, Kind::Lost, "payment.review PAY_1 did not reach fulfilment");
}

#[test]
fn a_promise_that_was_not_kept_is_lost() {
    let refund = |payment: &str, refund: &str| Promise::Refund {
        order: ORDER.to_owned(),
        payment: payment.to_owned(),
        refund: refund.to_owned(),
    };
    for gone in [
        Promise::Order("ORD_2".to_owned()),
        Promise::Payment { order: ORDER.to_owned(), payment: "PAY_2".to_owned() },
        refund(PAYMENT, "RFD_2"),
        refund("PAY_2", "RFD_1"),
    ] {
        let found = found(|world| world.promises.push(gone));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, Kind::Lost);
    }
}

#[test]
fn two_captures_that_are_kept_are_doubled() {
    let second = Object {
        reference: "PAY_2".to_owned(),
        order: ORDER.to_owned(),
        captured: 7500,
        refunds: Vec::new(),
    };
    has(&found(|world| world.objects.push(second)), Kind::Doubled, "2 captures are kept");
}

#[test]
fn one_fact_under_two_ids_is_doubled() {
    for target in TARGETS {
        let again = confirmation(target, "payment.completed", "msg_9", 7500);
        let found = found(|world| world.confirmations.push(again));
        has(&found, Kind::Doubled, "\"msg_1\", \"msg_9\"");
    }
}

#[test]
fn one_key_with_two_names_is_doubled() {
    let found = found(|world| {
        world.promises.extend(["ORD_1", "ORD_2"].map(|name| Promise::Keyed {
            key: "orders k".to_owned(),
            order: ORDER.to_owned(),
            name: name.to_owned(),
        }));
    });
    has(&found, Kind::Doubled, "one key, two ids");
}

#[test]
fn a_wrong_refund_is_found() {
    let too_much = found(|world| world.objects[0].refunds[0].amount = 7501);
    has(&too_much, Kind::Doubled, "7501 of 7500 refunded");
    let twice = found(|world| {
        let again = GivenBack { id: "re_2".to_owned(), ..world.objects[0].refunds[0].clone() };
        world.objects[0].refunds.push(again);
    });
    has(&twice, Kind::Doubled, "RFD_1 was refunded twice");
    has(&twice, Kind::Lost, "the gateway refunded 2500 as re_2");
    let other_amount = found(|world| world.objects[0].refunds[0].amount = 2400);
    has(&other_amount, Kind::Invented, "at the gateway: succeeded with 2400");
    let failed = found(|world| world.objects[0].refunds[0].status = "failed".to_owned());
    has(&failed, Kind::Invented, "at the gateway: failed");
    let unknown = found(|world| world.objects[0].refunds.clear());
    has(&unknown, Kind::Invented, "RFD_1 succeeded but is unknown at the gateway");
    has(&unknown, Kind::Invented, "refund.completed of 2500 sent to notifications");
}

#[test]
fn what_has_no_capture_is_invented() {
    let found = found(|world| world.objects.clear());
    has(&found, Kind::Invented, "paid, but the gateway captured nothing");
    has(&found, Kind::Invented, "PAY_1 is succeeded but unknown at the gateway");
    has(&found, Kind::Invented, "payment.completed of 7500 sent to fulfilment");
}

#[test]
fn a_confirmation_of_another_amount_is_invented() {
    let found = found(|world| world.confirmations[1].amount = 7501);
    has(&found, Kind::Invented, "payment.completed of 7501 sent to fulfilment");
}
