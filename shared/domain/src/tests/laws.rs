//! Laws of `merge` and of what every write owes. They hold for any facts that a gateway can report, in any
//! order and with any repeats. Below them, tests of cases that a law has found.

mod gateway;
mod image;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use self::story::{Story, reordered};
use super::AUTO;
use crate::attempt::{Attempt, Close};
use crate::claims::end;
use crate::id::PaymentId;
use crate::ledger::{CaptureClass, Dispute, OperationKind};
use crate::money::Money;
use crate::names::{CaptureId, DisputeId, GatewayRefundId, ObjectId};
use crate::order::{Ending, Order, State, Winner};
use crate::phase::{OperationPhase, Phase};
use crate::testing::{Case, FULL, START, at, capture_of, captured, pending, refunded, usd};

type CaptureFact = (PaymentId, ObjectId, Money, CaptureClass);
type RefundFact = (CaptureId, u64, OperationPhase, bool);

/// The known facts, regardless of their source.
#[derive(Debug, PartialEq)]
struct Known {
    objects: BTreeMap<ObjectId, Phase>,
    authorized: BTreeMap<ObjectId, Money>,
    captures: BTreeMap<CaptureId, CaptureFact>,
    refunds: BTreeMap<GatewayRefundId, RefundFact>,
    disputes: BTreeMap<DisputeId, Dispute>,
}

fn known(order: &Order) -> Known {
    let captures = order
        .captures
        .iter()
        .map(|(id, c)| (id.clone(), (c.attempt.clone(), c.object.clone(), c.amount, c.class)));
    let refunds = order.refunds.iter().map(|(id, r)| {
        (id.clone(), (r.capture.clone(), r.amount_minor, r.phase(), r.operation.is_some()))
    });
    Known {
        objects: order.attempts.values().flat_map(|a| a.objects.clone()).collect(),
        authorized: order.attempts.values().flat_map(|a| a.authorized.clone()).collect(),
        captures: captures.collect(),
        refunds: refunds.collect(),
        disputes: order.disputes.clone(),
    }
}

/// The whole state of an order and one attempt, except for traces of how it came about: versions, times,
/// history, announcements, the last failed try and the first page.
#[derive(Debug, PartialEq)]
struct Whole {
    known: Known,
    state: State,
    winner: Option<Winner>,
    live: Option<PaymentId>,
    review_open: Option<bool>,
    phase: Phase,
    close: Option<Close>,
    failed: bool,
    owed: BTreeMap<(String, ObjectId), u64>,
}

fn whole(order: &Order) -> Whole {
    let attempt = &order.attempts[&PaymentId::from_number(&order.id, 0)];
    Whole {
        known: known(order),
        state: order.state,
        winner: order.winner.clone(),
        live: order.live.clone(),
        review_open: order.review_open,
        phase: attempt.phase(),
        close: attempt.close,
        failed: attempt.failure.is_some(),
        owed: owed(order, attempt),
    }
}

/// Unfinished operations by sum: a debt that shrank is withdrawn and owed again under another name.
fn owed(order: &Order, attempt: &Attempt) -> BTreeMap<(String, ObjectId), u64> {
    let mut owed = BTreeMap::new();
    for op in order.operations.values().filter(|op| op.phase().is_unproven()) {
        if op.kind == OperationKind::Void && held_and_ended(attempt, &op.object) {
            continue;
        }
        let what = format!("{:?} {:?}", op.kind, op.capture);
        *owed.entry((what, op.object.clone())).or_default() += op.amount_minor;
    }
    owed
}

/// Excluded: `authorized` and an ending of one object. If the hold is learnt after the ending, it may be real
/// and is voided to be safe (0007-a-hold-after-an-ending.md). If it is learnt before, it is gone.
fn held_and_ended(attempt: &Attempt, object: &ObjectId) -> bool {
    attempt.authorized.contains_key(object)
        && attempt.objects.get(object).is_some_and(|phase| phase.is_negative())
}

/// Excluded: an ending order that still waits for the gateway, which then reports two endings of the payment,
/// one of them a capture. The first one ends the order, and a capture after it is returned.
fn ends_by_the_first_of_two(story: &Story) -> bool {
    let captures: BTreeSet<_> =
        story.facts.iter().flat_map(|(_, seen)| &seen.captures).map(|c| &c.id).collect();
    let ended = story.facts.iter().any(|(_, seen)| seen.phase.is_some_and(Phase::is_negative));
    waits(story) && !captures.is_empty() && captures.len() + usize::from(ended) > 1
}

fn waits(story: &Story) -> bool {
    let case = story.begin();
    case.order.state == State::Open && case.order.ending.is_some()
}

/// With several objects, the winner may differ, and with it what the others owe.
fn settled(order: &Order) -> bool {
    let fits: Vec<_> = order.captures.values().filter(|c| c.class == CaptureClass::Fits).collect();
    let of_the_winner =
        |object: &ObjectId| order.winner.as_ref().is_some_and(|w| &w.object == object);
    let undecided = order.captures.keys().any(|id| order.awaits_decision(id));
    order.winner.is_some() != fits.is_empty()
        && fits.iter().all(|c| of_the_winner(&c.object))
        && !(undecided && order.state != State::Open)
}

/// The winner makes the other captures excess. Once the order has ended, captures that do not fit are excess
/// too.
fn without_classes(mut known: Known) -> Known {
    for (_, _, _, class) in known.captures.values_mut() {
        *class = CaptureClass::Excess;
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn facts_of_one_object_may_come_in_any_order((story, other) in reordered(1, 10)) {
        prop_assume!(!ends_by_the_first_of_two(&story));
        let (first, second) = (story.play(&story.facts), story.play(&other));
        prop_assert_eq!(whole(&first.order), whole(&second.order));
    }

    #[test]
    fn of_several_objects_the_same_one_wins_in_any_order((story, other) in reordered(3, 14)) {
        let (first, second) = (story.play(&story.facts), story.play(&other));
        prop_assert_eq!(
            without_classes(known(&first.order)),
            without_classes(known(&second.order))
        );
        prop_assert!(settled(&first.order) && settled(&second.order));
        if !waits(&story) {
            prop_assert_eq!(first.order.state, second.order.state);
        }
    }
}

#[test]
fn the_page_of_an_object_that_ended_is_not_handed_out() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o2", Phase::Pending));
    case.learn(&id, &at("o1", Phase::Canceled));
    case.learn(&id, &pending("o1"));
    assert_eq!(case.order.attempts[&id].page, None, "an old answer");
    case.learn(&id, &pending("o1"));
    assert!(case.order.live.is_some(), "o2 can still be paid");
    case.learn(&id, &pending("o2"));
    assert_eq!(case.order.attempts[&id].page.as_ref().unwrap().object.as_str(), "o2");
}

#[test]
fn the_rest_of_a_capture_refunded_in_part_by_a_person_is_still_owed() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, AUTO);
    case.learn(&id, &at("o1", Phase::Failed));
    case.change(|order| end(order, Ending::Cancel, START).unwrap());
    case.learn(&id, &captured("o1", usd(7500)));
    for n in 0..5 {
        case.learn(&id, &refunded("o1", &format!("r{n}"), 1000, None, OperationPhase::Done));
    }
    assert_eq!(case.order.captures[&capture_of("o1")].class, CaptureClass::Excess);
    let owed: Vec<u64> = case
        .order
        .operations
        .values()
        .filter(|op| op.phase().is_unproven())
        .map(|op| op.amount_minor)
        .collect();
    assert_eq!(owed, [2500]);
}
