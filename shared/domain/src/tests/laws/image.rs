//! Invariants of every image of an order, and of every step from one image to the next.

use crate::ledger::CaptureClass;
use crate::order::{Ending, Order, State};
use crate::phase::{OperationPhase, Phase};

pub(super) fn check(before: &Order, after: &Order) {
    one_attempt_is_live(after);
    unfinished_work_is_due(after);
    an_ended_order_closes(after);
    excess_is_given_back(after);
    nothing_falls(before, after);
}

fn one_attempt_is_live(order: &Order) {
    let live: Vec<_> = order.attempts.iter().filter(|(_, a)| a.phase().is_live()).collect();
    assert!(live.len() <= 1, "{live:?}");
    assert_eq!(order.live.as_ref(), live.first().map(|(id, _)| *id));
}

fn unfinished_work_is_due(order: &Order) {
    let held = order.attempts.values().any(|attempt| {
        !attempt.phase().is_live() && attempt.objects.keys().any(|object| attempt.holds(object))
    });
    let people_decide = order.has_open_review() && order.ending.is_some();
    let work = (order.state == State::Open && !people_decide)
        || order.live.is_some()
        || held
        || !order.outbox.is_empty()
        || order.operations.values().any(|op| op.phase().is_unproven() && !op.for_review)
        || order.refunds.values().any(|refund| refund.phase() == OperationPhase::Pending);
    assert_eq!(order.due_at.is_some(), order.due_s.is_some());
    assert_eq!(order.due_at.is_some(), work);
}

fn an_ended_order_closes(order: &Order) {
    let ending = order.state != State::Open || order.ending.is_some();
    let by_expiry = order.state == State::Expired || order.ending == Some(Ending::Expire);
    for attempt in order.attempts.values() {
        let spared = by_expiry && attempt.phase() == Phase::Authorized;
        let live = attempt.phase().is_live();
        assert!(!(ending && live && attempt.close.is_none() && !spared), "{attempt:?}");
        let payable =
            attempt.page.as_ref().is_some_and(|p| p.address.is_some() || p.token.is_some());
        assert!(live || !payable, "an ended attempt keeps its page");
    }
}

fn excess_is_given_back(order: &Order) {
    for (id, capture) in &order.captures {
        let covered = order.spent(id) >= capture.amount.amount_minor;
        assert!(!order.goes_back(id) || covered, "{id} {capture:?}");
    }
}

fn nothing_falls(before: &Order, after: &Order) {
    assert!(before.state == after.state || before.state == State::Open);
    assert!(before.winner.is_none() || before.winner == after.winner);
    assert_eq!(after.state == State::Paid, after.winner.is_some());
    for (id, was) in &before.attempts {
        let is = &after.attempts[id];
        assert!(is.phase() >= was.phase(), "{id}");
        assert!(was.close.is_none() || was.close == is.close, "{id}");
        assert!(was.objects.iter().all(|(object, phase)| &is.objects[object] >= phase), "{id}");
        let page = was.page.as_ref().map(|page| &page.object);
        assert!(page.is_none() || page == is.page.as_ref().map(|page| &page.object), "{id}");
    }
    for (id, was) in &before.captures {
        let is = &after.captures[id];
        assert_eq!((is.amount, &is.object), (was.amount, &was.object));
        let moot = was.class == CaptureClass::Review && after.state == State::Paid;
        let decided = is.class == CaptureClass::Review || moot;
        assert!(is.class == was.class || decided, "{id}");
    }
    assert!(before.refunds.iter().all(|(id, was)| after.refunds[id].phase() >= was.phase()));
    assert!(before.disputes.iter().all(|(id, was)| after.disputes[id].phase() >= was.phase()));
    assert!(before.operations.iter().all(|(id, was)| after.operations[id].phase() >= was.phase()));
}
