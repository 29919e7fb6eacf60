//! Invariants at rest: the gateway's own account, the order, and the confirmations in the queues.

use std::collections::BTreeMap;

use dev_stack::gateways::Standing;
use dev_stack::gateways::sandbox::Profile;
use quittance::domain::attempt::CaptureMode;
use quittance::domain::id::PaymentId;
use quittance::domain::ledger::{Capture, CaptureClass, Operation, Reason, Refund};
use quittance::domain::names::{CaptureId, ObjectId};
use quittance::domain::order::{Ending, Order, State};
use quittance::domain::phase::{OperationPhase, Phase};
use quittance::domain::status::PaymentStatus;

use crate::play::scenario::Webhooks;
use crate::play::script::{Messages, Player};
use crate::rest::{confirmed, disputes, refunds};
use crate::world::World;
use crate::world::gateway::Held;
use crate::world::ground::AMOUNT;

/// I21: where a void exists, no unwanted authorization is left to lapse.
pub(crate) fn no_hold_is_left(world: &World, webhooks: Webhooks) {
    if matches!(world.profile, Profile::PhonepeLike | Profile::RazorpayLike) {
        return;
    }
    let truth = world.truth();
    for object in truth.iter().filter(|object| object.standing == Standing::Held) {
        let state = world.state();
        let attempts = state.orders.values().flat_map(|order| &order.attempts);
        let known = attempts.clone().find(|(id, _)| object.reference == id.as_str());
        let wanted = known.is_some_and(|(_, a)| a.phase().is_live() && a.close.is_none());
        // No event reported it; only the list of the gateway's payments would show it.
        let id = ObjectId::new(&object.id);
        let unheard = webhooks == Webhooks::Lost && known.is_some_and(|(_, a)| !a.holds(&id));
        drop(state);
        if !wanted && !unheard {
            world.violate(format!("I21 {} is still held although unwanted", object.reference));
        }
    }
}

/// `listener` has received the confirmations of all orders.
pub(crate) fn check(player: &Player, listener: &Player, webhooks: Webhooks) {
    let world = &player.client.world;
    let all = player.objects();
    let mut objects = all.clone();
    let messages = &confirmed::of(&player.order, &listener.heard);
    let order = world.state().orders.get(&format!("O#{}", player.order)).cloned();
    strangers(world);
    let Some(order) = order else {
        return;
    };
    if webhooks == Webhooks::Lost {
        objects.retain(|object| !is_for_reconciliation(object, &order));
    }
    let mut wrong = Vec::new();
    pages(player, &order, &mut wrong);
    objects_of_attempts(player, &objects, &order, &mut wrong);
    captures(player, &objects, &order, &mut wrong);
    refunds::check(&objects, &order, messages, &mut wrong);
    disputes::check(&objects, &order, messages, &mut wrong);
    ends(&order, messages, &mut wrong);
    statuses(&order, &mut wrong);
    confirmed::check(&all, &order, messages, &mut wrong);
    confirmed::sequence(listener, messages, &mut wrong);
    for what in wrong {
        world.violate(what);
    }
}

/// I3: everything at the gateway belongs to an order.
fn strangers(world: &World) {
    let is_known = |object: &Held| {
        let payment = PaymentId::parse(&object.reference);
        payment.is_ok_and(|it| world.state().orders.contains_key(&format!("O#{}", it.order())))
    };
    if !world.truth().iter().all(is_known) {
        world.violate("I3 the gateway has a payment without an order".to_owned());
    }
}

/// The order has given it up, and no event reports it: only the list of the gateway's payments would show
/// it.
fn is_for_reconciliation(object: &Held, order: &Order) -> bool {
    let known = order.attempts.iter().find(|(id, _)| object.reference == id.as_str());
    known.is_some_and(|(_, attempt)| attempt.phase() == Phase::Abandoned)
}

/// I16: one page per attempt was ever handed out, the one in the item.
fn pages(player: &Player, order: &Order, wrong: &mut Vec<String>) {
    let pages = player.client.world.state().pages.clone();
    for (payment, tokens) in pages.into_iter().filter(|(payment, _)| player.owns(payment)) {
        if tokens.len() > 1 {
            wrong.push(format!("I16 {} pages of {payment} were handed out", tokens.len()));
        }
        let known = order.attempts.iter().find(|(id, _)| id.as_str() == payment);
        if known.is_none_or(|(_, attempt)| attempt.page.is_none()) {
            wrong.push(format!("I16 the page of {payment} is not in the item"));
        }
    }
}

fn objects_of_attempts(player: &Player, objects: &[Held], order: &Order, wrong: &mut Vec<String>) {
    let world = &player.client.world;
    let mut by_reference: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        let reference = object.reference.as_str();
        *by_reference.entry(reference).or_default() += 1;
        // Where there is a void, no authorization outlives its use; elsewhere it lapses.
        if object.standing == Standing::Held {
            wrong.push(format!("I21 {reference} is still authorized"));
        }
        let known = order.attempts.iter().find(|(id, _)| id.as_str() == reference);
        let Some((_, attempt)) = known else {
            wrong.push(format!("I3 {reference} has an object but no attempt"));
            continue;
        };
        if attempt.gateway != object.gateway {
            wrong.push(format!("I25 {reference} has an object at {}", object.gateway));
            continue;
        }
        let shown = attempt.objects.get(&ObjectId::new(&object.id));
        if object.standing == Standing::Captured && shown != Some(&Phase::Captured) {
            wrong.push(format!("I4 {reference} is captured but known as {shown:?}"));
        }
    }
    let keyed = !matches!(world.profile, Profile::NoKeys | Profile::RazorpayLike);
    for (reference, count) in by_reference {
        if count > 1 && !player.twins.contains(reference) {
            wrong.push(format!("I3 {reference} has {count} objects, keys: {keyed}"));
        }
    }
}

fn captures(player: &Player, objects: &[Held], order: &Order, wrong: &mut Vec<String>) {
    let captured: Vec<&Held> =
        objects.iter().filter(|object| object.standing == Standing::Captured).collect();
    for object in &captured {
        let (id, amount, reference) = (&object.id, object.captured(), &object.reference);
        let Some(capture) = object.capture_id().and_then(|id| order.captures.get(&id)) else {
            wrong.push(format!("I2 the capture of {reference} is not known"));
            continue;
        };
        if capture.amount.amount_minor != amount {
            wrong.push(format!("I2 the capture of {reference} is known as {:?}", capture.amount));
        }
        let refunded = object.refunded();
        if refunded > amount {
            wrong.push(format!("I17 {refunded} of {amount} were refunded"));
        }
        let taken_back = object.lost();
        // Anything that can no longer be proven is for a person.
        let in_review =
            order.operations.values().any(|op| op.object.as_str() == id && op.for_review);
        let unwanted = capture.class == CaptureClass::Excess || order.state == State::Canceled;
        if unwanted && refunded + taken_back < amount && !in_review {
            wrong.push(format!("I17 {refunded} of the excess {amount} were refunded"));
        }
        if player.client.world.state().canceled.contains(reference)
            && !player.by_hand.contains(reference)
        {
            wrong.push(format!("I19 {reference} was canceled and captured"));
        }
    }
    if order.state == State::Paid && captured.is_empty() {
        wrong.push("I6 paid, but the gateway has captured nothing".to_owned());
    }
    if order.captures.len() > captured.len() {
        wrong.push("I2 a known capture does not exist at the gateway".to_owned());
    }
    let by_us = captured
        .iter()
        .filter(|object| !player.by_hand.contains(&object.reference) && !returned(order, object));
    if by_us.count() > 1 {
        wrong.push("I15 two objects were captured".to_owned());
    }
    let fitting = order.captures.values().filter(|c| c.class == CaptureClass::Fits).count();
    if fitting != usize::from(order.state == State::Paid) {
        wrong.push(format!("I2 {:?} with {fitting} captures that fit", order.state));
    }
    let right = captured.iter().any(|object| {
        let amount = object.captured();
        let attempt = order.attempts.iter().find(|(id, _)| id.as_str() == object.reference);
        let part = attempt.is_some_and(|(_, a)| a.mode == CaptureMode::Manual) && amount < AMOUNT;
        (amount == AMOUNT || part) && object.currency == "USD"
    });
    let missed = || order.captures.iter().all(|(id, capture)| is_missed(order, id, capture));
    if right && (order.state == State::Open || missed()) {
        wrong.push("I4 captured as ordered, but the order is not paid".to_owned());
    }
}

/// Whether a capture that does not match the order was refunded in full before any later payment began,
/// so that the order could be paid again.
fn returned(order: &Order, object: &Held) -> bool {
    let Some(id) = object.capture_id() else {
        return false;
    };
    let Some(capture) = order.captures.get(&id).filter(|it| it.class == CaptureClass::Review)
    else {
        return false;
    };
    let given_back =
        |refund: &&Refund| refund.capture == id && refund.phase() == OperationPhase::Done;
    let refunds = || order.refunds.values().filter(given_back);
    let Some(since) = refunds().map(|refund| refund.learnt_at).max() else {
        return false;
    };
    let began = order.attempts.get(&capture.attempt).map(|attempt| attempt.created_at);
    let later = order.attempts.values().filter(|attempt| Some(attempt.created_at) > began);
    refunds().map(|refund| refund.amount_minor).sum::<u64>() == capture.amount.amount_minor
        && later.into_iter().all(|attempt| attempt.created_at >= since)
}

/// Left to a person, and not because a due refund failed.
fn is_missed(order: &Order, id: &CaptureId, capture: &Capture) -> bool {
    let owed = |op: &Operation| op.capture.as_ref() == Some(id) && op.reason != Reason::Requested;
    capture.class == CaptureClass::Review && !order.operations.values().any(owed)
}

/// I23: a payment that reads as paid is the one that paid.
fn statuses(order: &Order, wrong: &mut Vec<String>) {
    for (id, attempt) in &order.attempts {
        let won = order.winner.as_ref().is_some_and(|winner| &winner.attempt == id);
        if (order.payment_status(id, attempt) == PaymentStatus::Succeeded) != won {
            wrong.push(format!("I23 {id} reads {:?}", order.payment_status(id, attempt)));
        }
    }
}

/// I20: every order ends and says so, or waits for a person's decision.
fn ends(order: &Order, messages: &Messages, wrong: &mut Vec<String>) {
    let people_decide = order.review_open.is_some() && order.ending == Some(Ending::Expire);
    if order.state == State::Open && !people_decide {
        wrong.push("I20 the order never ended".to_owned());
    }
    if order.due_at.is_some() || order.live.is_some() || !order.outbox.is_empty() {
        wrong.push("I11 at rest with work left".to_owned());
    }
    let word = match order.state {
        State::Open => return,
        State::Paid => "payment.completed",
        State::Expired => "order.expired",
        State::Canceled => "order.canceled",
    };
    for (target, received) in messages {
        let said = received.values().filter(|message| message["type"] == word).count();
        if said != 1 {
            wrong.push(format!("I5 {target} received {word} {said} times"));
        }
        for other in ["payment.completed", "order.expired", "order.canceled"] {
            if other != word && received.values().any(|message| message["type"] == other) {
                wrong.push(format!("I6 {target} received {other} about an order that is {word}"));
            }
        }
    }
}
