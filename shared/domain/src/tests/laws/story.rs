//! Stories of one order: its history so far, and the facts that a gateway then reports, in any order.

use proptest::prelude::*;

use super::super::{AUTO, MANUAL};
use super::gateway::{Object, Step, TOTAL, Taken, steps};
use super::image;
use crate::attempt::CaptureMode;
use crate::attempt::LEASE_SECONDS;
use crate::capabilities::{Capabilities, CapturedByUs, PageOnly};
use crate::claims::{close, end};
use crate::fact::Seen;
use crate::id::PaymentId;
use crate::ledger::OperationKind;
use crate::names::Nonce;
use crate::order::{Ending, Order, State};
use crate::phase::Phase;
use crate::reservations::claim_refund;
use crate::testing::{Case, FULL, at, captured, pending, usd};

/// What has happened before the gateway reports anything.
#[derive(Clone, Copy, Debug)]
enum Start {
    Fresh,
    Closing,
    ClosingOverPage,
    Canceled,
    CanceledOverPage,
    Expired,
    /// The attempt failed, and another one is live.
    AnotherLive,
    /// The attempt failed, and another one paid the order.
    PaidByAnother,
    /// Paid, and a refund is in progress.
    Refunding,
    /// Paid after its end, and the return is in progress.
    GivingBack,
}

const STARTS: [Start; 10] = [
    Start::Fresh,
    Start::Closing,
    Start::ClosingOverPage,
    Start::Canceled,
    Start::CanceledOverPage,
    Start::Expired,
    Start::AnotherLive,
    Start::PaidByAnother,
    Start::Refunding,
    Start::GivingBack,
];

/// One gateway of every kind that the rules distinguish.
const KINDS: [Capabilities; 5] = [
    FULL,
    Capabilities { cancel: false, page_life: false, void: false, ..FULL },
    Capabilities { captured_by_us: CapturedByUs::Always, cancel: false, ..FULL },
    Capabilities { void: false, page_only: PageOnly::Always, ..FULL },
    Capabilities { page_only: PageOnly::Never, ..FULL },
];

/// A story of one order: its start, and every fact that a gateway then reports, in true order.
#[derive(Clone, Debug)]
pub(super) struct Story {
    able: Capabilities,
    mode: CaptureMode,
    start: Start,
    pub(super) facts: Vec<Fact>,
}

/// A fact, and the attempt that it is about.
pub(super) type Fact = (PaymentId, Seen);

/// A story with this many objects. An attempt has more than one only if a repeat created another.
fn story(objects: usize, most: usize) -> impl Strategy<Value = Story> {
    let setting = (
        prop::sample::select(KINDS.to_vec()),
        prop::sample::select(vec![AUTO, MANUAL]),
        prop::sample::select(STARTS.to_vec()),
    );
    (setting, steps(most)).prop_map(move |((able, mode, start), steps)| {
        let facts = facts(able, mode, start, objects, &steps);
        Story { able, mode, start, facts }
    })
}

fn facts(
    able: Capabilities,
    mode: CaptureMode,
    start: Start,
    objects: usize,
    steps: &[(usize, Step)],
) -> Vec<Fact> {
    let case = begin(able, mode, start);
    let mut objects: Vec<Object> =
        (1..=objects).map(|n| Object::new(&format!("o{n}"), mode)).collect();
    // The first object goes through the events of the start.
    let first = &mut objects[0];
    match start {
        Start::AnotherLive | Start::PaidByAnother => drop(first.take(Step::End(Phase::Failed))),
        Start::Refunding | Start::GivingBack => {
            drop(first.take(Step::Authorize));
            drop(first.take(Step::Capture(Taken::AsAsked)));
        }
        Start::Fresh
        | Start::Closing
        | Start::ClosingOverPage
        | Start::Canceled
        | Start::CanceledOverPage
        | Start::Expired => {}
    }
    let asked = case.order.operations.iter().find(|(_, op)| op.kind == OperationKind::Refund);
    if let Some((id, op)) = asked {
        *first = first.clone().asked_to_refund(id.clone(), op.amount_minor);
    }
    let facts = steps.iter().filter_map(|(n, step)| {
        let n = n % objects.len();
        // The first object belongs to the first attempt, the others to the newest one.
        let attempt = if n == 0 { first_attempt(&case) } else { newest_attempt(&case, start) };
        Some((attempt, objects[n].take(*step)?))
    });
    facts.collect()
}

fn first_attempt(case: &Case) -> PaymentId {
    PaymentId::from_number(&case.order.id, 0)
}

fn newest_attempt(case: &Case, start: Start) -> PaymentId {
    let n = usize::from(matches!(start, Start::AnotherLive | Start::PaidByAnother));
    PaymentId::from_number(&case.order.id, n)
}

/// The order as it is when the gateway starts to report.
fn begin(able: Capabilities, mode: CaptureMode, start: Start) -> Case {
    let mut case = Case::new(able);
    let id = case.attempt(0, mode);
    let (rules, now) = (case.rules.clone(), case.now);
    let ask = |order: &mut Order| drop(close(order, &id, &rules));
    let cancel = |order: &mut Order| end(order, Ending::Cancel, now).unwrap();
    match start {
        Start::Fresh => {}
        Start::Closing => drop(case.change(ask)),
        Start::ClosingOverPage => {
            case.learn(&id, &pending("o1"));
            case.change(ask);
        }
        Start::Canceled => drop(case.change(cancel)),
        Start::CanceledOverPage => {
            case.learn(&id, &pending("o1"));
            case.change(cancel);
        }
        Start::Expired => {
            case.now = case.order.expires_at;
            let now = case.now;
            case.change(|order| end(order, Ending::Expire, now).unwrap());
        }
        Start::AnotherLive => {
            case.learn(&id, &at("o1", Phase::Failed));
            case.attempt(1, mode);
        }
        Start::PaidByAnother => {
            case.learn(&id, &at("o1", Phase::Failed));
            let other = case.attempt(1, mode);
            case.learn(&other, &captured("other", usd(TOTAL)));
        }
        Start::Refunding => {
            case.learn(&id, &taken(mode));
            let new = case.operation("asked", Some(3000));
            case.change(|order| claim_refund(order, &id, &new, false).unwrap());
        }
        Start::GivingBack => {
            case.learn(&id, &at("o1", Phase::Failed));
            case.change(cancel);
            case.learn(&id, &taken(mode));
            send_all(&mut case);
        }
    }
    case
}

/// The first capture, named as `Object` names it.
fn taken(mode: CaptureMode) -> Seen {
    let mut seen = captured("o1", usd(TOTAL));
    if mode == MANUAL {
        seen.authorized = Some(usd(TOTAL));
    }
    seen
}

fn send_all(case: &mut Case) {
    let now = case.now;
    case.change(|order| {
        for op in order.operations.values_mut().filter(|op| op.phase().is_unproven()) {
            op.take(&Nonce("me".to_owned()), LEASE_SECONDS, now);
        }
    });
}

impl Story {
    pub(super) fn begin(&self) -> Case {
        begin(self.able, self.mode, self.start)
    }

    /// Learns these facts in this order, clearing the outbox after each, and checks the invariants of every
    /// image on the way.
    pub(super) fn play(&self, facts: &[Fact]) -> Case {
        let mut case = self.begin();
        for (id, seen) in facts {
            let before = case.order.clone();
            case.learn(id, seen);
            image::check(&before, &case.order);
            let before = case.order.clone();
            case.change(|order| order.outbox.clear());
            image::check(&before, &case.order);
            let settled = case.order.clone();
            case.learn(id, seen);
            assert_eq!(case.order, settled, "what is learnt twice is learnt once: {seen:?}");
        }
        let completed = case.confirmed.iter().filter(|what| **what == "payment.completed").count();
        assert_eq!(completed, usize::from(case.order.state == State::Paid));
        case
    }
}

/// The same facts in another order, some of them twice.
fn shuffled(facts: Vec<Fact>) -> impl Strategy<Value = Vec<Fact>> {
    let again = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    again.prop_flat_map(move |again| {
        let mut all = facts.clone();
        if !facts.is_empty() {
            all.extend(again.iter().map(|index| index.get(&facts).clone()));
        }
        Just(all).prop_shuffle()
    })
}

/// A story with this many objects and at most this many steps, and the same facts in another order.
pub(super) fn reordered(objects: usize, most: usize) -> impl Strategy<Value = (Story, Vec<Fact>)> {
    story(objects, most).prop_flat_map(|story| {
        let other = shuffled(story.facts.clone());
        (Just(story), other)
    })
}
